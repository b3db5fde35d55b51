"""A changed configuration → what it would do to each channel before it goes live. Articles are read, nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from aggregator.model import Article, ChannelKind, Credit, Newsroom, Sighting, Source, Visibility
from aggregator.normalize import Rules
from aggregator.query import name_key
from aggregator.reconfigure.reclassify import rereading, said_of_sources
from aggregator.store import Store, Stored
from aggregator.syndicate.channels import Selector
from aggregator.text import tokens

Address = tuple[ChannelKind, str]

# Articles in one read of the database.
STEP = 200
_KINDS = ("outlets", "sources", "sections", "authors", "channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What two configurations have not in common of one kind, by id; `changed` names the keys, `renamed` are (old, new)."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A channel that would have `added` more articles and `removed` fewer than `articles`, of those that were read."""

    kind: ChannelKind
    slug: str
    articles: int
    added: int
    removed: int


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many articles were read so far, and how many of them are in each channel: as it is, and what would come and go."""

    read: int = 0
    held: Counter[Address] = field(default_factory=Counter)
    added: Counter[Address] = field(default_factory=Counter)
    removed: Counter[Address] = field(default_factory=Counter)

    def effects(self) -> tuple[Effect, ...]:
        """The channels that would change, by kind and slug."""
        changed = sorted(self.added.keys() | self.removed.keys(), key=lambda one: (_ORDER.index(one[0]), one[1]))
        return tuple(
            Effect(kind=one[0], slug=one[1], articles=self.held[one], added=self.added[one], removed=self.removed[one])
            for one in changed
        )


_ORDER = (ChannelKind.CHANNEL, ChannelKind.SECTION, ChannelKind.AUTHOR, ChannelKind.OUTLET, ChannelKind.SOURCE)


def differences(old: Newsroom, new: Newsroom) -> dict[str, Differences]:
    """What is added, removed and changed: `site`, then every kind of thing."""
    site = _changed(old.site, new.site)
    found = {"site": Differences(changed={"site": site} if site else {})}
    return found | {kind: _between(_by_id(old, kind), _by_id(new, kind)) for kind in _KINDS}


def _by_id(newsroom: Newsroom, kind: str) -> dict[str, Any]:
    things: Sequence[Any] = getattr(newsroom, kind)
    return {getattr(one, "id", None) or one.slug: one for one in things}


def _between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Differences:
    renamed = tuple(_renamed(old, new))
    former, latter = ({pair[at] for pair in renamed} for at in (0, 1))
    pairs = [(id, old[id], new[id]) for id in new if id in old] + [
        (after, old[before], new[after]) for before, after in renamed
    ]
    changes = {id: _changed(before, after) for id, before, after in pairs}
    return Differences(
        added=tuple(id for id in new if id not in old and id not in latter),
        removed=tuple(id for id in old if id not in new and id not in former),
        renamed=renamed,
        changed={id: keys for id, keys in changes.items() if keys},
    )


def _renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Sources are recognised by their address."""
    urls = {one.url: id for id, one in old.items() if isinstance(one, Source) and id not in new}
    for id, one in new.items():
        if id not in old and isinstance(one, Source) and one.url in urls:
            yield urls[one.url], id


def _changed(old: Any, new: Any) -> tuple[str, ...]:
    """The fields in which two differ; their values may be secrets, and are not said."""
    names = [one.name for one in fields(new) if one.name not in ("id", "slug", "public_url")]
    return tuple(sorted(name for name in names if _comparable(getattr(old, name)) != _comparable(getattr(new, name))))


def _comparable(value: Any) -> Any:
    """A source's outlet by its id: what changed of it is said once."""
    return getattr(value, "id", value)


async def effects(
    store: Store,
    new: Newsroom,
    *,
    old: Newsroom | None,
    in_force: bool,
    most: int,
    now: Callable[[], datetime],
) -> AsyncIterator[Tally]:
    """Read the newest `most` articles, and compare where they stand with where they would; after each step how far it is.

    Where they stand is what is stored, if `in_force`; else where `old` would put them.
    """
    tally, before = Tally(), None
    there = _Side(old, None, now) if old is not None else None
    here = _Side(new, old, now)
    again = not in_force or there is None or there.meaning != here.meaning
    while tally.read < most:
        page = await store.stored(limit=min(STEP, most - tally.read), before=before)
        if not page:
            return
        for one in page:
            # Between two configurations that read alike only the channels and who may see it differ.
            held = frozenset(
                map(here.renamed, one.places if in_force or there is None else there.places(one, again=again))
            )
            wanted = one.places if one.ruled else here.places(one, again=again)
            tally.held.update(held)
            tally.added.update(wanted - held)
            tally.removed.update(held - wanted)
        tally.read, before = tally.read + len(page), page[-1].article.key
        yield tally


class _Side:
    """One configuration, asked where an article would stand."""

    def __init__(self, newsroom: Newsroom, before: Newsroom | None, now: Callable[[], datetime]) -> None:
        rules = Rules.of(newsroom)
        self._sources, self._channels = newsroom.source_by_id, newsroom.channel_by_slug
        renamed = differences(before, newsroom)["sources"].renamed if before else ()
        self._new_ids = dict(renamed)
        self._reread = rereading(newsroom, rules)
        self._selects = Selector.of(newsroom, now)
        self._profiles = {profile.slug for profile in newsroom.authors}
        self._gone = {one.slug: name_key(one.name) for one in (before.authors if before else ())}
        self._bearers = {
            (name_key(name), outlet): profile.slug
            for profile in newsroom.authors
            for name in (profile.name, *profile.aliases)
            for outlet in profile.outlets or ("",)
        }
        self.meaning = (rules.meaning, said_of_sources(newsroom), frozenset(self._bearers.items()))

    def renamed(self, address: Address) -> Address:
        """A source's address under the id that it has now."""
        kind, slug = address
        return (kind, self._new_ids.get(slug, slug)) if kind is ChannelKind.SOURCE else address

    def places(self, one: Stored, *, again: bool) -> frozenset[Address]:
        """The channels that would show the article; `again`: read it again, as its sections and authors may be others."""
        told = [
            (replace(said, source_id=self._new_ids.get(said.source_id, said.source_id)), why) for said, why in one.told
        ]
        article = self._read(one.article, [self._reread(*said) for said in told]) if again else one.article
        visibility = self._visibility(one.article, [said.source_id for said, _ in told])
        article = replace(article, visibility=visibility)
        selected = [slug for slug in self._selects(article) if self._may_carry(slug, visibility)]
        found = {(ChannelKind.CHANNEL, slug) for slug in selected}
        if visibility is Visibility.PUBLIC:
            found |= {(ChannelKind.SECTION, slug) for slug in article.sections}
            found |= {(ChannelKind.AUTHOR, credit.slug) for credit in article.credits if credit.slug}
            found |= {(ChannelKind.OUTLET, self._outlet(article))}
            found |= {(ChannelKind.SOURCE, said.source_id) for said, _ in told if not self._closed(said.source_id)}
        return frozenset(found)

    def _read(self, article: Article, sightings: Sequence[Sighting]) -> Article:
        named = [one for one in sightings if one.credits]
        speaking = next((one for one in named if one.source_id == article.source_id), named[0] if named else None)
        found = speaking.credits if speaking else ()
        # A credit may be stored under the author's name, not the printed one: then its place says whose it is.
        by_name = {name_key(credit.name): credit.slug for credit in article.credits}
        in_order = (
            [credit.slug for credit in article.credits] if len(article.credits) == len(found) else [None] * len(found)
        )
        slugs = [by_name.get(name_key(credit.name)) or slug for credit, slug in zip(found, in_order, strict=True)]
        named_now = [
            self._credited(one, article, slug) for one, slug in zip(found, slugs, strict=True)
        ] or article.credits
        return replace(
            article,
            sections=tuple(sorted({slug for one in sightings for slug in one.sections})),
            countries=tuple(sorted({code for one in sightings for code in one.countries})),
            credits=tuple({credit.slug or credit.name: credit for credit in named_now}.values()),
        )

    def _credited(self, credit: Credit, article: Article, before: str | None) -> Credit:
        """By whom a profile says it is; else by whom it was, unless that profile no longer bears the name. One that is gone
        leaves its address to whoever is called as it was: of several outlets' it is not known yet whose."""
        key = name_key(credit.name)
        bearer = self._bearers.get((key, article.outlet.id)) or self._bearers.get((key, ""))
        slug = bearer or before
        aliased = slug in self._gone and self._gone[slug] != key
        if not bearer and (slug is None or slug in self._profiles or aliased):
            own = "-".join(tokens(credit.name))
            slug = f"{own}-{article.outlet.id}" if own in self._profiles else own
        return replace(credit, slug=slug)

    def _visibility(self, article: Article, source_ids: Sequence[str]) -> Visibility:
        """As the sources allow; one that left the configuration allows what it did."""
        sources = [self._sources[id] for id in source_ids if id in self._sources]
        gone = len(sources) < len(source_ids)
        if not sources or (gone and article.visibility is Visibility.PUBLIC):
            return article.visibility
        kept = [source for source in sources if not source.withdrawn]
        if not kept:
            return Visibility.WITHDRAWN
        return Visibility.PRIVATE if all(source.private for source in kept) else Visibility.PUBLIC

    def _closed(self, source_id: str) -> bool:
        source = self._sources.get(source_id)
        return source is not None and (source.private or source.withdrawn)

    def _outlet(self, article: Article) -> str:
        source = self._sources.get(self._new_ids.get(article.source_id, article.source_id))
        return source.outlet.id if source else article.outlet.id

    def _may_carry(self, slug: str, visibility: Visibility) -> bool:
        channel = self._channels[slug]
        if channel.removed or visibility is Visibility.WITHDRAWN:
            return False
        return visibility is Visibility.PUBLIC or channel.private
