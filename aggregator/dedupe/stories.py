"""A new article and those of the last days → the story that it is part of, and why.

Two relations, neither of which takes anything away: `copy_of` (wire copy and reprints) and `same_story` (told again). A pair is
judged by a logistic function of few features, with coefficients that `python -m bench.stories_learning weights` learned; an
article joins the story that it resembles most on average, so that no chain of neighbours ties two events together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aggregator.dedupe.stories_window import Telling, Window

WINDOW_HOURS = 72.0
# A story goes on while its tellings follow one another within this time.
GAP_HOURS = 36.0
FEATURES = ("cosine", "less covered title", "better covered title", "days between", "one outlet", "two languages")
WEIGHTS = (7.98, 3.15, 5.28, -0.43, 0.78, 1.2)
BIAS = -4.94
JOIN = 0.75
MERGE = 0.95
_FLOOR = -3.0
# Copies: so much of the shorter beginning, and so many shingles, are in the other. Reprints share far less than 80 %.
_COPIED, _FEWEST_SHINGLES = 0.6, 15
_FEWEST_WORDS, _HEADLINE_HOURS = 5, 24.0
# Below this, two articles share too few words for one to be a copy: counting shingles can be spared.
_COPIES_COSINE = 0.35
# Headlines of one outlet that are equal or differ in little but their figures are of a series ("41 new cases", "51 new cases").
_TEMPLATE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An article is part of `story` because of `rule` (copy_of | same_story): of all told there it is nearest to article
    `nearest`; `sure` is 0…1. `merges` are other stories that now prove to be the same."""

    story: str
    rule: str
    nearest: str
    sure: float
    merges: tuple[str, ...] = ()


def join(telling: Telling, window: Window) -> Joined | None:
    """The story of a new article; None when it begins its own."""
    likeness: dict[str, float] = {}
    for other in window.near(telling):
        values = features(telling, other)
        if values[0] >= _COPIES_COSINE and copy_of(telling, other):
            return Joined(story=window.story_of(other.id), rule="copy_of", nearest=other.id, sure=1.0)
        likeness[other.id] = _odds(telling, other, values)
    ranked = _ranked(telling, window, likeness)
    if not ranked or ranked[0][0] < JOIN:
        return None
    story = ranked[0][1]
    nearest = max((one.id for one in window.members(story) if one.id in likeness), key=lambda id: (likeness[id], id))
    merges = tuple(other for average, other in ranked[1:] if average >= JOIN and _one_story(window, story, other))
    return Joined(
        story=story, rule="same_story", nearest=nearest, sure=round(_probability(ranked[0][0]), 2), merges=merges
    )


def _ranked(telling: Telling, window: Window, likeness: dict[str, float]) -> list[tuple[float, str]]:
    """The stories that come near, by the mean likeness of their newest tellings, best first."""
    stories = {window.story_of(id) for id, value in likeness.items() if value >= JOIN - 1}
    ranked: list[tuple[float, str]] = []
    for story in stories:
        members = window.members(story)
        if min(abs(telling.at - member.at) for member in members) > GAP_HOURS:
            continue
        for member in members:
            if member.id not in likeness:
                likeness[member.id] = score(telling, member)
        ranked.append((sum(likeness[member.id] for member in members) / len(members), story))
    return sorted(ranked, key=lambda one: (-one[0], one[1]))


def _one_story(window: Window, story: str, other: str) -> bool:
    """Whether two stories are one: all their newest tellings resemble each other on average. What an operator settled stays."""
    if window.settled(story) or window.settled(other):
        return False
    ours, theirs = window.members(story), window.members(other)
    total = sum(score(one, another) for one in ours for another in theirs)
    return total / (len(ours) * len(theirs)) >= MERGE


def score(one: Telling, other: Telling) -> float:
    """How likely two articles tell one story, as log-odds; bounded below."""
    return _odds(one, other, features(one, other))


def _odds(one: Telling, other: Telling, values: tuple[float, ...]) -> float:
    odds = BIAS
    for weight, value in zip(WEIGHTS, values, strict=True):
        odds += weight * value
    return _FLOOR if odds <= _FLOOR or _series(one, other) else odds


def features(one: Telling, other: Telling) -> tuple[float, ...]:
    """What a pair is judged by: see FEATURES."""
    cosine = ours = theirs = 0.0
    for term in one.terms.keys() & other.terms.keys():
        here, there = one.terms[term], other.terms[term]
        cosine += here.share * there.share
        weight = min(here.weight, there.weight)
        if here.in_title:
            ours += weight
        if there.in_title:
            theirs += weight
    cosine /= one.length * other.length
    ours /= one.title_mass
    theirs /= other.title_mass
    return (
        cosine,
        min(ours, theirs),
        max(ours, theirs),
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
