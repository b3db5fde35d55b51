"""A new article and those of the last days → the story that it is part of, and why.

Two relations, neither of which takes anything away: `copy_of` (wire copy and reprints) and `same_story` (told again). A pair is
judged by a logistic function of few features, with coefficients that `python -m bench.stories_learning weights` learned; an
article joins the story that it resembles most on average, so that no chain of neighbours ties two events together. What a story
has nearly to itself, the name of who died, of the ship that sank, speaks for it beyond what the pair has in common.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from operator import mul

from aggregator.dedupe.stories_contradiction import contradict
from aggregator.dedupe.stories_grouping import Regrouping, groups, linked, regroupings
from aggregator.dedupe.stories_telling import IN_TITLE, SHARES, WEIGHTS, Telling
from aggregator.dedupe.stories_window import Window

WINDOW_HOURS = 72.0
# A story goes on while its tellings follow one another within this time.
GAP_HOURS = 36.0
FEATURES = ("cosine", "less covered title", "better covered title", "days between", "one outlet", "two languages")
# Two articles are a story when it is likelier than not. Three and more need less on average: odds are cut off below, where most
# pairs of a large story are (the mourning and the trial have little in common).
PAIR, JOIN = 0.3, -1.1
_FLOOR = -3.0
# So much more likely is a pair that has two words which a story has nearly to itself.
_OWN, _FEWEST_OWN = 2.0, 2
# Stories so near, and so many of them, are looked at again when an article comes.
_NEAR, _STORIES = -1.75, 3
# Copies: so much of the shorter beginning, and so many shingles, are in the other. Reprints share far less than 80 %.
_COPIED, _FEWEST_SHINGLES = 0.6, 15
_FEWEST_WORDS, _HEADLINE_HOURS = 5, 24.0
# Below this, two articles share too few words for one to be a copy: counting shingles can be spared.
_COPIES_COSINE = 0.35
# Headlines of one outlet that are equal or differ in little but their figures are of a series ("41 new cases", "51 new cases").
_TEMPLATE = 0.75


@dataclass(frozen=True, slots=True)
class Judge:
    """What tells a pair of one story from others: coefficients of a logistic function of FEATURES."""

    weights: tuple[float, ...]
    bias: float


JUDGE = Judge((14.49, 1.7, 2.36, -1.03, 0.33, 1.48), -6.16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An article is part of the story of article `nearest` because of `rule` (copy_of | same_story); `sure` is 0…1.
    `regroupings` come before that: what else is now seen to be one story, or two."""

    rule: str
    nearest: str
    sure: float
    regroupings: tuple[Regrouping, ...] = ()


def join(telling: Telling, window: Window, judge: Judge = JUDGE) -> Joined | None:
    """The story of a new article; None when it begins its own."""
    likeness: dict[str, float] = {}
    for other in window.near(telling):
        values = features(telling, other)
        if values[0] >= _COPIES_COSINE and copy_of(telling, other):
            return Joined(rule="copy_of", nearest=other.id, sure=1.0)
        likeness[other.id] = _odds(telling, other, values, judge)
    near = _near(telling, window, likeness, judge)
    if not near:
        return None
    best, story = near[0]
    again = [one for _value, one in near if not window.settled(one)]
    if window.settled(story) or (again == [story] and len(window.whole(story)) == 1):
        mates = [one.id for one in window.members(story)]
        return _joined(mates, likeness) if best >= _least(mates) else None
    return _regrouped(telling, window, again, likeness, judge)


def _joined(mates: Sequence[str], likeness: Mapping[str, float], changes: Sequence[Regrouping] = ()) -> Joined:
    """The article is of one story with `mates`."""
    values = {id: likeness[id] for id in mates}
    sure = round(_probability(linked(list(values.values())) - _least(mates)), 2)
    nearest = max(values, key=lambda id: (values[id], id))
    return Joined(rule="same_story", nearest=nearest, sure=sure, regroupings=tuple(changes))


def _least(mates: Sequence[str]) -> float:
    """How like an article has to be to those that it joins."""
    return PAIR if len(mates) == 1 else JOIN


def _near(telling: Telling, window: Window, likeness: dict[str, float], judge: Judge) -> list[tuple[float, str]]:
    """The stories that come near, by how like them the article is, best first; `likeness` learns of every telling looked at."""
    found: list[tuple[float, str]] = []
    like = {window.story_of(id) for id, value in likeness.items() if value >= _NEAR}
    for story in {window.story_of(id) for id in likeness}:
        own = window.own(story, telling.terms)
        if story not in like and len(own) < _FEWEST_OWN:
            continue
        members = window.members(story)
        if min([abs(telling.at - member.at) for member in members]) > GAP_HOURS:
            continue
        for member in members:
            if member.id not in likeness:
                likeness[member.id] = score(telling, member, judge)
            likeness[member.id] += _lift(own & member.terms.keys(), telling, member)
        if (value := linked([likeness[member.id] for member in members])) >= _NEAR:
            found.append((value, story))
    return sorted(found, key=lambda one: (-one[0], one[1]))[:_STORIES]


def _regrouped(
    telling: Telling, window: Window, stories: Sequence[str], likeness: Mapping[str, float], judge: Judge
) -> Joined | None:
    """The story of an article among several, or among several tellings, which are judged again with it."""
    pool = sorted([one for story in stories for one in window.members(story)], key=lambda one: (one.at, one.id))
    known = {one.id: one for one in pool}
    own = frozenset[str]().union(*[window.own(story) for story in stories])
    said = {one.id: own & one.terms.keys() for one in pool}

    def alike(one: str, other: str) -> float:
        if other == telling.id:
            return likeness[one]
        value = window.likeness(one, other, lambda: score(known[one], known[other], judge))
        return value + _lift(said[one] & said[other], known[one], known[other])

    found = groups([*known, telling.id], alike, two=PAIR, more=JOIN)
    mates = next(group for group in found if telling.id in group)[:-1]
    if not mates:
        return None
    return _joined(mates, likeness, regroupings(found, {one: window.story_of(one) for one in known}))


def score(one: Telling, other: Telling, judge: Judge = JUDGE) -> float:
    """How likely two articles tell one story, as log-odds; bounded below."""
    return _odds(one, other, features(one, other), judge)


def _odds(one: Telling, other: Telling, values: tuple[float, ...], judge: Judge) -> float:
    odds = judge.bias + sum(map(mul, judge.weights, values))
    return _FLOOR if odds <= _FLOOR or _apart(one, other) else odds


def _lift(own: Set[str], one: Telling, other: Telling) -> float:
    """What it adds to the odds of a pair that both have these words, which a story has nearly to itself."""
    return _OWN if len(own) >= _FEWEST_OWN and not _apart(one, other) else 0.0


def features(one: Telling, other: Telling) -> tuple[float, ...]:
    """What a pair is judged by: see FEATURES."""
    cosine = ours = theirs = 0
    for term in one.terms.keys() & other.terms.keys():
        here, there = one.terms[term], other.terms[term]
        cosine += SHARES[here] * SHARES[there]
        weight = min(WEIGHTS[here], WEIGHTS[there])
        if here & IN_TITLE:
            ours += weight
        if there & IN_TITLE:
            theirs += weight
    covered, other_covered = ours / one.title_mass, theirs / other.title_mass
    return (
        cosine / (one.length * other.length),
        min(covered, other_covered),
        max(covered, other_covered),
        abs(one.at - other.at) / 24,
        float(one.outlet == other.outlet),
        float(one.language != other.language),
    )


def copy_of(one: Telling, other: Telling) -> bool:
    """Whether one is the other's text again in another outlet: wire copy or a reprint."""
    if one.outlet == other.outlet:
        return False
    if one.lead and other.lead:
        ours, theirs = _shingles(one.lead), _shingles(other.lead)
        shared = len(ours & theirs)
        return shared >= _FEWEST_SHINGLES and shared >= _COPIED * min(len(ours), len(theirs))
    # Where one of them is a headline and nothing else, the headline has to do.
    same = one.headline == other.headline and one.headline.count(" ") + 1 >= _FEWEST_WORDS
    return same and abs(one.at - other.at) <= _HEADLINE_HOURS


def _shingles(lead: bytes) -> frozenset[bytes]:
    return frozenset(lead[at : at + 4] for at in range(0, len(lead), 4))


def _apart(one: Telling, other: Telling) -> bool:
    """Whether they are no story, however alike they are."""
    return _series(one, other) or contradict(one, other)


def _series(one: Telling, other: Telling) -> bool:
    if one.outlet != other.outlet:
        return False
    if one.headline == other.headline:
        return True
    ours, theirs = one.headline.split(), other.headline.split()
    if {word for word in ours if word.isdigit()} == {word for word in theirs if word.isdigit()}:
        return False
    words, others = ({word for word in title if not word.isdigit()} for title in (ours, theirs))
    return len(words & others) >= max(2, _TEMPLATE * max(len(words), len(others)))


def _probability(odds: float) -> float:
    """Of a guess, which is never certain."""
    return min(0.99, 1 / (1 + math.exp(-odds)))
