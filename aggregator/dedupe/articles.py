"""Sightings and what we hold → verdicts: new, revised or unchanged, with the rule and the keys that decided (identity.md §2)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from aggregator.dedupe.changes import changes
from aggregator.dedupe.clues import Clue, ClueKind, article_number, clues_of
from aggregator.dedupe.habits import NONE, Habits
from aggregator.dedupe.keys import hash_key, identity_keys, is_daily, is_spare, link_key, undated
from aggregator.dedupe.likeness import Known, Likeness, compare, judge, similar_titles, told_twice, unlike
from aggregator.dedupe.unreliable import unreliable
from aggregator.model import Key, KeyKind, New, Revised, Sighting, Unchanged, Verdict, article_id

_FAR_APART = timedelta(hours=48)
_REUSED = timedelta(days=7)
_ELSEWHERE = timedelta(hours=1)
_RULES = {
    KeyKind.ARTICLE: "same id, by an instance of this program",
    KeyKind.GUID: "same guid",
    KeyKind.LINK: "same link",
    KeyKind.ADDRESS: "same guid but for scheme, host alias or version",
    KeyKind.HASH: "same words",
}
Near = Mapping[Clue, Sequence[Known]]
# A clue that more entries of one document share tells none of them apart: thousands made alike would be compared in pairs.
_MOST_ALIKE = 12


def decide(
    sightings: Sequence[Sighting], known: Mapping[Key, Known], near: Near | None = None, habits: Habits = NONE
) -> tuple[Verdict, ...]:
    """One verdict a sighting, in the order given; they are of one outlet. The order they stand in changes no identity.

    `known` are the owners of keys, `near` the articles that share a clue with what no key names (see `wanted_clues`).
    """
    desk = _Desk(known, near or {}, habits, sightings)
    verdicts: dict[int, Verdict] = {}
    keys = [desk.keys_of(sighting) for sighting in sightings]
    # What an article was merged from speaks for it where its own entry is gone.
    order = sorted(range(len(sightings)), key=lambda at: (_is_merged(keys[at], known), *_standing(sightings[at])))
    # First what its keys name: what the document shows under its own keys is none of the others.
    for index in order:
        if verdict := desk.recognised(sightings[index], keys[index]):
            verdicts[index] = verdict
    for index in order:
        if index not in verdicts:
            verdicts[index] = desk.verdict(sightings[index], keys[index])
    return tuple(verdicts[index] for index in range(len(sightings)))


def wanted_clues(sightings: Sequence[Sighting], known: Mapping[Key, Known], habits: Habits = NONE) -> frozenset[Clue]:
    """The clues to look up before `decide`: of sightings that no key names, and guids that their source shows first."""
    wanted: set[Clue] = set()
    for sighting in sightings:
        keys = identity_keys(sighting, habits)
        hits = [key for key in keys if key in known]
        if not hits or all(_another(key, known[key], sighting, habits) for key in hits):
            wanted.update(clues_of(sighting))
        elif not any(key.kind is KeyKind.GUID for key in hits):
            wanted.update(clue for clue in clues_of(sighting) if clue.kind is ClueKind.GUID)
    return frozenset(wanted)


def _standing(sighting: Sighting) -> tuple[object, ...]:
    """An order that does not depend on places in a document: two readings of one set decide alike."""
    published = sighting.published.timestamp() if sighting.published else 0.0
    said = sighting.content
    return (published, sighting.guid or "", said.url or "", said.title, said.summary, said.text, sighting.raw_hash)


def _is_merged(keys: Sequence[Key], known: Mapping[Key, Known]) -> bool:
    return next((known[key].merged for key in keys if key in known), False)


class _Desk:
    """What is known while one document is decided: what the database holds, then what the document itself brought."""

    def __init__(self, known: Mapping[Key, Known], near: Near, habits: Habits, sightings: Sequence[Sighting]) -> None:
        self.known, self.near, self.habits = dict(known), near, habits
        self.fresh: defaultdict[Clue, list[Known]] = defaultdict(list)
        self.decided: set[str] = set()
        self.unreliable = unreliable(sightings, habits)
        self.common = _common(sightings)

    def keys_of(self, sighting: Sighting) -> tuple[Key, ...]:
        """What the sighting is known by, without what the document gives to several entries."""
        keys = identity_keys(sighting, self.habits)
        return tuple(key for key in keys if undated(key) not in self.unreliable) or (hash_key(sighting),)

    def recognised(self, sighting: Sighting, keys: tuple[Key, ...]) -> Verdict | None:
        """The verdict where one of the sighting's keys names an article."""
        key, held = self._match(keys, sighting)
        if held is None or key is None:
            return None
        own = self._own(keys, held.article_id)
        if held.reserved:
            self._remember(own, held.article_id, sighting, revised=True)
            return New(sighting=sighting, keys=own, id=held.article_id, rule="as an operator decided")
        # Another guid at a known link joins what was two; without a guid the link is all that there ever was.
        joins = key.kind in (KeyKind.LINK, KeyKind.ADDRESS) and any(
            one.kind is KeyKind.GUID and one.scope == sighting.source_id and one not in self.known for one in keys
        )
        return self._again(sighting, own, held, _RULES[key.kind], merge=joins)

    def verdict(self, sighting: Sighting, keys: tuple[Key, ...]) -> Verdict:
        """The verdict where no key names what we held before: it is like something that we hold, or new."""
        if again := self.recognised(sighting, keys):
            return again
        if likely := self._likely(sighting):
            held, rule, like = likely
            own = self._own(keys, held.article_id)
            return self._again(sighting, own, held, rule, merge=True, scores=like.scores())
        return self._new(sighting, keys)

    def _match(self, keys: tuple[Key, ...], sighting: Sighting) -> tuple[Key | None, Known | None]:
        named = [key for key in keys if key in self.known]
        # Only what has a key of its own can be told apart again at the next poll.
        apart = bool(named) and any(map(is_daily, keys))
        # Where a day has a key of its own, guid and link have named several articles.
        for key in sorted(named, key=lambda key: not is_daily(key)):
            held = self.known[key]
            if not (apart and _another(key, held, sighting, self.habits)):
                return key, held
        return None, None

    def _again(
        self,
        sighting: Sighting,
        own: tuple[Key, ...],
        held: Known,
        rule: str,
        *,
        merge: bool,
        scores: tuple[tuple[str, float], ...] = (),
    ) -> Verdict:
        noticed = () if self._settled(held, sighting) else changes(held.content, sighting.content)
        self._remember(own, held.article_id, sighting, revised=bool(noticed))
        id = held.article_id
        if noticed:
            return Revised(sighting=sighting, keys=own, id=id, rule=rule, changes=noticed, merge=merge, scores=scores)
        return Unchanged(sighting=sighting, keys=own, id=id, rule=rule, merge=merge, scores=scores)

    def _new(self, sighting: Sighting, keys: tuple[Key, ...]) -> New:
        lasting = tuple(key for key in keys if not is_spare(key))
        free = tuple(key for key in lasting if key not in self.known)
        spare = tuple(key for key in keys if is_spare(key))[:1]
        own = free if free and len(free) == len(lasting) else (*free, *spare)
        # A second instance gives an article the id that the first gave it.
        id = sighting.stated_id or article_id(sighting.outlet_id, own[0].value)
        held = self._remember(own, id, sighting, revised=True)
        for clue in clues_of(sighting):
            self.fresh[clue] = [*self.fresh[clue][1 - _MOST_ALIKE :], held]
        rule = "new" if len(free) == len(lasting) else "new, though its address or id once named another"
        return New(sighting=sighting, keys=own, id=id, rule=rule)

    def _likely(self, sighting: Sighting) -> tuple[Known, str, Likeness] | None:
        """What the sighting is although no key says so: the most alike of those that share a clue, and the rule."""
        shared: defaultdict[str, set[ClueKind]] = defaultdict(set)
        candidates: dict[str, Known] = {}
        for clue in clues_of(sighting):
            # That they share a page tells of its parameters, not of them.
            for held in (*self.near.get(clue, ()), *self.fresh.get(clue, ())) if clue.kind is not ClueKind.PAGE else ():
                if held.content is not None:
                    shared[held.article_id].add(clue.kind)
                    candidates[held.article_id] = held
        if not candidates:
            return None
        recurring = _recurring(candidates, shared)
        number = article_number(sighting.content.url) if sighting.content.url else None
        found: list[tuple[tuple[float, float, str], Known, str, Likeness]] = []
        for id, held in candidates.items():
            like = compare(sighting, held, common=self.common)
            place = number[0] if number else ""
            rule = judge(like, shared[id], place=place, habits=self.habits, recurring=recurring)
            if rule and (id not in self.decided or told_twice(like)):
                found.append(((like.title + (like.text or 0.0), -_hours(like.apart), id), held, rule, like))
        if not found:
            return None
        _score, held, rule, like = max(found, key=lambda one: one[0])
        return held, rule, like

    def _own(self, keys: tuple[Key, ...], id: str) -> tuple[Key, ...]:
        """The keys that are this article's or nobody's: an alias never changes its owner."""
        return tuple(
            key for key in keys if (self.known[key].article_id == id if key in self.known else not is_spare(key))
        )

    def _settled(self, held: Known, sighting: Sighting) -> bool:
        """Whether nothing said here can revise it: purged, decided by this document, or attributed to another source,
        whose shorter or longer telling would otherwise take turns with ours."""
        foreign = bool(held.source_id) and held.source_id != sighting.source_id
        return held.content is None or held.article_id in self.decided or foreign

    def _remember(self, keys: tuple[Key, ...], id: str, sighting: Sighting, *, revised: bool) -> Known:
        self.decided.add(id)
        now_known = Known(
            article_id=id,
            content=sighting.content,
            published=sighting.published,
            updated=sighting.updated or sighting.published or datetime.min.replace(tzinfo=UTC),
            source_id=sighting.source_id,
        )
        for key in keys:
            held = self.known.get(key)
            if held is None or revised:
                self.known[key] = now_known if held is None else _revised(held, sighting)
        return now_known


def _revised(held: Known, sighting: Sighting) -> Known:
    return Known(
        article_id=held.article_id,
        content=sighting.content,
        published=held.published,
        updated=held.updated,
        source_id=sighting.source_id,
    )


def _another(key: Key, held: Known, sighting: Sighting, habits: Habits) -> bool:
    """Whether `key` names another article than it once did: a guid used again, a page written anew at its old address."""
    if held.content is None or key.kind is KeyKind.HASH or is_daily(key):
        return False
    if held.published is None or sighting.published is None:
        return False
    apart = abs(held.published - sighting.published)
    if key.kind is KeyKind.LINK:
        return apart > _FAR_APART and not similar_titles(held.content.title, sighting.content.title)
    if apart > _REUSED and not similar_titles(held.content.title, sighting.content.title):
        return True
    # A guid that stands with another link, title, text and date has been given to another article.
    links = [content.url and link_key(content.url, habits) for content in (held.content, sighting.content)]
    moved = bool(links[0] and links[1]) and links[0] != links[1]
    return moved and apart > _ELSEWHERE and unlike(held.content, sighting.content)


def _recurring(candidates: Mapping[str, Known], shared: Mapping[str, set[ClueKind]]) -> bool:
    """Whether the title is one that comes again and again: held on two days or more ("Morning briefing")."""
    titled = [held for id, held in candidates.items() if ClueKind.TITLE in shared[id]]
    return len({held.published.date() for held in titled if held.published}) > 1


def _common(sightings: Sequence[Sighting]) -> frozenset[str]:
    """Summaries and pictures that several entries of the document have: an outlet's advertisement, its logo."""
    contents = [sighting.content for sighting in sightings]
    said = Counter(content.summary for content in contents if content.summary)
    said.update(content.picture.url for content in contents if content.picture)
    # Two may be one article told twice.
    return frozenset(words for words, times in said.items() if times > 2)


def _hours(apart: timedelta | None) -> float:
    return apart.total_seconds() / 3600 if apart is not None else 24.0
