"""A document's sightings → the keys that do not tell them apart, and what that and the verdicts teach of the outlet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from urllib.parse import parse_qsl, urlsplit

from aggregator.dedupe.clues import Clue, ClueKind, article_number, clues_of
from aggregator.dedupe.habits import NONE, Habit, Habits, Lesson
from aggregator.dedupe.keys import identity_keys, is_daily
from aggregator.dedupe.likeness import Known
from aggregator.model import Key, KeyKind, New, Sighting, Verdict
from aggregator.text import tokens
from aggregator.urls import canonical_key

# More entries than this share of a document at one address: it is the outlet's home page, or a feed's own mistake.
_SHARED_LINK, _FEW = 0.3, 3
_PAIRED = 20


def unreliable(sightings: Sequence[Sighting], habits: Habits = NONE) -> frozenset[Key]:
    """A guid on several links, a link on a third of all entries or on entries whose guids and headlines both differ."""
    links: defaultdict[Key, set[str]] = defaultdict(set)
    told: defaultdict[Key, set[tuple[str, str]]] = defaultdict(set)
    count: Counter[Key] = Counter()
    for sighting in sightings:
        content = sighting.content
        for key in identity_keys(sighting, habits):
            if key.kind in (KeyKind.GUID, KeyKind.ADDRESS):
                links[key].add(canonical_key(content.url) if content.url else content.title)
            elif key.kind is KeyKind.LINK and not is_daily(key):
                count[key] += 1
                told[key].add((sighting.guid or content.title, content.title))
    several = {key for key, entries in told.items() if len(entries) > 1 and _differ(sorted(entries))}
    guids = {key for key, targets in links.items() if len(targets) > 1}
    many = max(_FEW, _SHARED_LINK * len(sightings))
    shared = {key for key, times in count.items() if times > many or (times > 1 and _is_home(key.value))}
    return frozenset(guids | shared | several)


def lessons(
    sightings: Sequence[Sighting],
    verdicts: Sequence[Verdict],
    near: Mapping[Clue, Sequence[Known]],
    habits: Habits = NONE,
) -> tuple[Lesson, ...]:
    """What one document teaches; empty for most."""
    sums: Counter[tuple[Habit, str, str, bool]] = Counter()
    for habit, scope, value, agrees in (*_of_document(sightings, verdicts, habits), *_of_verdicts(verdicts, near)):
        sums[habit, scope, value, agrees] += 1
    learned = sorted({(habit, scope, value) for habit, scope, value, _agrees in sums})
    return tuple(
        Lesson(habit, scope, value, agree=sums[habit, scope, value, True], disagree=sums[habit, scope, value, False])
        for habit, scope, value in learned
    )


_Observed = Iterator[tuple[Habit, str, str, bool]]


def _of_document(sightings: Sequence[Sighting], verdicts: Sequence[Verdict], habits: Habits) -> _Observed:
    """What the document itself shows of its source."""
    if not sightings:
        return
    source = sightings[0].source_id
    # One mistake is no habit: two guids that stand twice, or most of the links.
    guids, links = _repeated_guids(sightings) > 2, _repeated_links(sightings) > _SHARED_LINK
    kinds = {key.kind for key in unreliable(sightings, habits)} if guids or links else set()
    if guids and KeyKind.GUID in kinds and source not in habits.guid_unreliable:
        yield Habit.GUID_UNRELIABLE, source, "", True
    if links and KeyKind.LINK in kinds and source not in habits.link_unreliable:
        yield Habit.LINK_UNRELIABLE, source, "", True
    held = [verdict for verdict in verdicts if not isinstance(verdict, New)]
    changed = sum(verdict.merge and verdict.sighting.guid is not None for verdict in held)
    if changed >= _FEW and changed * 2 > len(held) and source not in habits.guid_unreliable:
        yield Habit.GUID_CHANGES, source, "", True


def _repeated_guids(sightings: Sequence[Sighting]) -> int:
    links: defaultdict[str, set[str | None]] = defaultdict(set)
    for sighting in sightings:
        if sighting.guid:
            links[sighting.guid].add(sighting.content.url)
    return sum(len(several) for several in links.values() if len(several) > 1)


def _repeated_links(sightings: Sequence[Sighting]) -> float:
    count = Counter(sighting.content.url for sighting in sightings if sighting.content.url)
    return max(count.values(), default=0) / len(sightings) if len(sightings) > _FEW else 0.0


def _of_verdicts(verdicts: Sequence[Verdict], near: Mapping[Clue, Sequence[Known]]) -> _Observed:
    """Whether numbers, guids and parameters named what turned out to be one article."""
    named = {(_number(verdict.sighting), verdict.id) for verdict in verdicts}
    several = Counter(number for number, _id in named)
    for verdict in verdicts:
        sighting, new = verdict.sighting, isinstance(verdict, New)
        if not new and not near:
            continue
        clues = {clue.kind: near[clue] for clue in clues_of(sighting) if clue in near}
        others = {kind: [one for one in held if one.article_id != verdict.id] for kind, held in clues.items()}
        number = _number(sighting)
        if new and number:
            yield Habit.NUMBER, "", number[0], not others.get(ClueKind.NUMBER) and several[number] == 1
        for held in clues.get(ClueKind.GUID, ()):
            if held.source_id and held.source_id != sighting.source_id:
                yield Habit.SHARED_GUIDS, "", "", held.article_id == verdict.id
        for held in clues.get(ClueKind.PAGE, ()):
            parameter = _single_difference(sighting.content.url, held.content.url if held.content else None)
            if parameter and held.content:
                yield Habit.PARAMETER, "", parameter, tokens(held.content.title) == tokens(sighting.content.title)


def _number(sighting: Sighting) -> tuple[str, str] | None:
    return article_number(sighting.content.url) if sighting.content.url else None


def _single_difference(one: str | None, other: str | None) -> str | None:
    """The parameter in whose value alone two addresses of one page differ."""
    if not one or not other:
        return None
    left, right = (dict(parse_qsl(urlsplit(canonical_key(url)).query, keep_blank_values=True)) for url in (one, other))
    differing = {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}
    return differing.pop() if len(differing) == 1 else None


def _differ(entries: Sequence[tuple[str, str]]) -> bool:
    """Whether two (guid, title) have neither in common: side by side in one document, an edited title is another entry."""
    pairs = combinations(entries[:_PAIRED], 2)
    return any(one[0] != other[0] and tokens(one[1]) != tokens(other[1]) for one, other in pairs)


def _is_home(link: str) -> bool:
    parts = urlsplit(link.partition(" ")[0])
    return parts.path in ("", "/") and not parts.query
