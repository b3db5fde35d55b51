"""Tellings and how like each two are → groups of those that tell one thing, and what that changes in the stories they were of.

Groups grow from the likest pair on (agglomerative clustering), so what came early and was judged with little to go by is judged
again with everything that came since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

# A group's likeness to another is so much of that of the nearest two, and for the rest of the mean of all.
_NEAREST = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """`stories` are one story now, with the tellings `moved`, which leave other stories for it. Without `stories` the tellings
    moved are a story of their own, in the order of their time."""

    stories: tuple[str, ...]
    moved: tuple[str, ...]


def linked(values: Sequence[float]) -> float:
    """How like two groups are, from how like their members are: log-odds."""
    return _NEAREST * max(values) + (1 - _NEAREST) * sum(values) / len(values)


def groups(ids: Sequence[str], likeness: Callable[[str, str], float], *, two: float, more: float) -> list[list[str]]:
    """The groups of which no two are as like as they have to be to be one: `two` ids alone, `more` of them. Members are in the
    order of `ids`."""
    members = {id: [id] for id in ids}
    sums = {pair: likeness(*pair) for pair in combinations(ids, 2)}
    nearest = dict(sums)
    surplus = {pair: value - two for pair, value in sums.items()}
    while surplus:
        best, (one, other) = max(zip(surplus.values(), surplus, strict=True))
        if best < 0:
            break
        members[one] += members.pop(other)
        del sums[one, other], surplus[one, other]
        for third in members:
            if third != one:
                into, gone = ((a, b) if (a, b) in sums else (b, a) for a, b in ((one, third), (other, third)))
                sums[into] += sums.pop(gone)
                nearest[into] = max(nearest[into], nearest.pop(gone))
                del surplus[gone]
                mean = sums[into] / (len(members[one]) * len(members[third]))
                surplus[into] = _NEAREST * nearest[into] + (1 - _NEAREST) * mean - more
    place = {id: number for number, id in enumerate(ids)}
    return [sorted(group, key=place.__getitem__) for group in members.values()]


def regroupings(found: Sequence[Sequence[str]], stories: Mapping[str, str]) -> list[Regrouping]:
    """What becomes of `stories` (telling → story; a new telling has none) when the groups are as `found`.

    A story goes on where most of its tellings are, the first of them where two groups have as many.
    """
    heirs: dict[str, int] = {}
    shares = [Counter(stories[id] for id in group if id in stories) for group in found]
    for story in dict.fromkeys(stories.values()):
        heirs[story] = max(range(len(found)), key=lambda at: (shares[at][story], -_first(found[at], story, stories)))
    result = []
    for at, group in enumerate(found):
        own = tuple(story for story in shares[at] if heirs[story] == at)
        moved = tuple(id for id in group if id in stories and stories[id] not in own)
        if len(own) > 1 or moved:
            result.append(Regrouping(stories=own, moved=moved))
    return result


def _first(group: Sequence[str], story: str, stories: Mapping[str, str]) -> int:
    """The place of the story's first telling of a group among all tellings."""
    places = {id: number for number, id in enumerate(stories)}
    return min((places[id] for id in group if stories.get(id) == story), default=len(places))
