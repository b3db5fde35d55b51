"""Sightings and what we hold → verdicts: new, revised or unchanged, with the rule and the keys that decided (identity.md)."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from urllib.parse import urlsplit

from aggregator.dedupe.changes import changes, similar_titles
from aggregator.model import Content, Key, KeyKind, New, Revised, Sighting, Unchanged, Verdict, article_id
from aggregator.text import plain_text, tokens
from aggregator.urls import canonical_key

_FAR_APART = timedelta(hours=48)
_REUSED = timedelta(days=7)
# More entries than this share of a document at one address: it is the outlet's home page, or a feed's own mistake.
_SHARED_LINK, _FEW = 0.3, 3
_PAIRED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article that we hold. `content` is None for one that was purged: it keeps its identity and never comes back;
    `source_id` is the source it is attributed to (empty: not said)."""

    article_id: str
    content: Content | None
    published: datetime | None
    updated: datetime
    source_id: str = ""


def identity_keys(sighting: Sighting) -> tuple[Key, ...]:
    """What to look up, strongest first: the guid within its source, the canonical link, the link on its day, and without a
    guid a hash of what it says. The last two become an article's own only where nothing stronger tells it apart.
    """
    keys: list[Key] = []
    if sighting.guid:
        keys.append(Key(KeyKind.GUID, sighting.guid, sighting.source_id))
    if sighting.content.url:
        link = canonical_key(sighting.content.url)
        keys.append(Key(KeyKind.LINK, link))
        if sighting.published:
            keys.append(Key(KeyKind.LINK, f"{link} {sighting.published.astimezone(UTC):%Y-%m-%d}"))
    return tuple(keys) if sighting.guid else (*keys, _hash_key(sighting))


def decide(sightings: Sequence[Sighting], known: Mapping[Key, Known]) -> tuple[Verdict, ...]:
    """One verdict a sighting, in the order given; they are of one outlet. The order they stand in changes no identity."""
    desk = _Desk(known, sightings)
    verdicts: dict[int, Verdict] = {}
    for index in sorted(range(len(sightings)), key=lambda index: _standing(sightings[index])):
        verdicts[index] = desk.verdict(sightings[index])
    return tuple(verdicts[index] for index in range(len(sightings)))


def _standing(sighting: Sighting) -> tuple[object, ...]:
    """An order that does not depend on places in a document: two readings of one set decide alike."""
    published = sighting.published.timestamp() if sighting.published else 0.0
    return (published, sighting.guid or "", sighting.content.url or "", sighting.content.title, sighting.raw_hash)


class _Desk:
    """What is known while one document is decided: what the database holds, then what the document itself brought."""

    def __init__(self, known: Mapping[Key, Known], sightings: Sequence[Sighting]) -> None:
        self.known = dict(known)
        self.decided: set[str] = set()
        self.unreliable = _unreliable(sightings)

    def verdict(self, sighting: Sighting) -> Verdict:
        reliable = (key for key in identity_keys(sighting) if _undated(key) not in self.unreliable)
        keys = tuple(reliable) or (_hash_key(sighting),)
        key, held = self._match(keys, sighting)
        if held is None or key is None:
            return self._new(sighting, keys)
        own = self._own(keys, held.article_id)
        noticed = () if self._settled(held, sighting) else changes(held.content, sighting.content)
        self._remember(own, held.article_id, sighting, revised=bool(noticed))
        rule = _rule(key)
        if noticed:
            return Revised(sighting=sighting, keys=own, id=held.article_id, rule=rule, changes=noticed)
        return Unchanged(sighting=sighting, keys=own, id=held.article_id, rule=rule)

    def _match(self, keys: tuple[Key, ...], sighting: Sighting) -> tuple[Key | None, Known | None]:
        # Where a day has a key of its own, guid and link have named several articles.
        for key in sorted(keys, key=lambda key: not _is_daily(key)):
            held = self.known.get(key)
            # Only what has a key of its own can be told apart again at the next poll.
            if held is not None and not (any(map(_is_daily, keys)) and _another(key, held, sighting)):
                return key, held
        return None, None

    def _new(self, sighting: Sighting, keys: tuple[Key, ...]) -> New:
        lasting = tuple(key for key in keys if not _is_spare(key))
        free = tuple(key for key in lasting if key not in self.known)
        spare = tuple(key for key in keys if _is_spare(key))[:1]
        own = free if free and len(free) == len(lasting) else (*free, *spare)
        id = article_id(sighting.outlet_id, own[0].value)
        self._remember(own, id, sighting, revised=True)
        rule = "new" if len(free) == len(lasting) else "new, though its address or id once named another"
        return New(sighting=sighting, keys=own, id=id, rule=rule)

    def _own(self, keys: tuple[Key, ...], id: str) -> tuple[Key, ...]:
        """The keys that are this article's or nobody's: an alias never changes its owner."""
        return tuple(
            key for key in keys if (self.known[key].article_id == id if key in self.known else not _is_spare(key))
        )

    def _settled(self, held: Known, sighting: Sighting) -> bool:
        """Whether nothing said here can revise it: purged, decided by this document, or attributed to another source,
        whose shorter or longer telling would otherwise take turns with ours."""
        foreign = bool(held.source_id) and held.source_id != sighting.source_id
        return held.content is None or held.article_id in self.decided or foreign

    def _remember(self, keys: tuple[Key, ...], id: str, sighting: Sighting, *, revised: bool) -> None:
        self.decided.add(id)
        for key in keys:
            held = self.known.get(key)
            if held is None or revised:
                updated = (
                    held.updated if held else sighting.updated or sighting.published or datetime.min.replace(tzinfo=UTC)
                )
                self.known[key] = Known(
                    article_id=id,
                    content=sighting.content,
                    published=held.published if held else sighting.published,
                    updated=updated,
                    source_id=sighting.source_id,
                )


def _another(key: Key, held: Known, sighting: Sighting) -> bool:
    """Whether `key` names another article than it once did: a guid used again, a page written anew at its old address."""
    if held.content is None or key.kind is KeyKind.HASH or _is_daily(key):
        return False
    if held.published is None or sighting.published is None:
        return False
    apart = abs(held.published - sighting.published)
    least = _REUSED if key.kind is KeyKind.GUID else _FAR_APART
    return apart > least and not similar_titles(held.content.title, sighting.content.title)


def _is_daily(key: Key) -> bool:
    return key.kind is KeyKind.LINK and " " in key.value


def _is_spare(key: Key) -> bool:
    return key.kind is KeyKind.HASH or _is_daily(key)


def _undated(key: Key) -> Key:
    return Key(key.kind, key.value.partition(" ")[0]) if _is_daily(key) else key


def _unreliable(sightings: Sequence[Sighting]) -> frozenset[Key]:
    """Keys that do not tell entries of this document apart: a guid on several links, a link on a third of all entries or
    on entries whose guids and headlines both differ."""
    links: defaultdict[Key, set[str]] = defaultdict(set)
    told: defaultdict[Key, set[tuple[str, str]]] = defaultdict(set)
    count: Counter[Key] = Counter()
    for sighting in sightings:
        for key in identity_keys(sighting):
            if key.kind is KeyKind.GUID:
                links[key].add(canonical_key(sighting.content.url) if sighting.content.url else sighting.content.title)
            elif key.kind is KeyKind.LINK and not _is_daily(key):
                count[key] += 1
                told[key].add((sighting.guid or sighting.content.title, sighting.content.title))
    several = {key for key, entries in told.items() if _differ(sorted(entries))}
    guids = {key for key, targets in links.items() if len(targets) > 1}
    many = max(_FEW, _SHARED_LINK * len(sightings))
    shared = {key for key, times in count.items() if times > many or (times > 1 and _is_home(key.value))}
    return frozenset(guids | shared | several)


def _differ(entries: Sequence[tuple[str, str]]) -> bool:
    """Whether two (guid, title) have neither in common: side by side in one document, an edited title is another entry."""
    pairs = combinations(entries[:_PAIRED], 2)
    return any(one[0] != other[0] and tokens(one[1]) != tokens(other[1]) for one, other in pairs)


def _is_home(link: str) -> bool:
    parts = urlsplit(link.partition(" ")[0])
    return parts.path in ("", "/") and not parts.query


def _rule(key: Key) -> str:
    return {KeyKind.GUID: "same guid", KeyKind.LINK: "same link", KeyKind.HASH: "same words"}[key.kind]


def _hash_key(sighting: Sighting) -> Key:
    content = sighting.content
    words = "\n".join((content.title, plain_text(content.summary or content.text), sighting.raw_published or ""))
    return Key(KeyKind.HASH, hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest())
