"""The articles of the last days, by the terms they share: what a new article is compared with.

A window is nothing but the tellings it holds: one that was filled from the database answers as the one that saw them come.
Term weights are fixed when an article arrives and rounded as they are stored.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from heapq import heappop, heappush, nlargest
from math import log

from aggregator.dedupe.stories_telling import IN_TEXT, IN_TITLE, MARKS, NAMED, PLACED, STEP, WEIGHTS, Telling
from aggregator.dedupe.stories_words import RARE, Wording, usual

# Headlines at large count as this many of the window: with few articles the table speaks, with many the news of the day.
_AT_LARGE = 300
_UNUSUAL = 1.25  # as often a term counts as seen that is not in the table
# A term in so large a part of an outlet's texts, but not in their titles, is its furniture ("Subscribe to our channel"): what is
# news stands in titles.
_FURNITURE, _FEWEST = 0.3, 4
# What bounds the memory (about 5 kB a telling) and the work for one article.
LIMIT = 20_000
_CLEANING = 1_000  # removals after which counts of nothing are dropped
_LOOKED_AT = 70
_CANDIDATES = 5
_LEAST_SHARED = 0.1  # a smaller part of the cosine in the weightiest terms makes no story
_MEMBERS = 12
# A word is a story's own when it is so rare in headlines at large, and so many of the articles that have it now are of the story.
_ITS_OWN, _SEVERAL = 0.85, 2

# An article that a term is heavy in, by its time: (hours, id, share of the term in the whole).
Posting = tuple[float, str, float]


class Window:
    """Tellings and the stories that they are of. Not safe for threads: it belongs to who writes."""

    def __init__(self) -> None:
        self._tellings: dict[str, Telling] = {}
        self._story: dict[str, str] = {}
        self._members: dict[str, dict[str, Telling]] = defaultdict(dict)
        self._newest: dict[str, list[Telling]] = {}  # what `members` found, while it is true
        self._settled: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._postings: dict[str, list[Posting]] = defaultdict(list)
        self._below: dict[str, Counter[str]] = defaultdict(Counter)  # by outlet, in texts but not in titles
        self._sizes: Counter[str] = Counter()
        self._likeness: dict[str, dict[str, float]] = defaultdict(dict)
        self._oldest: list[tuple[float, str]] = []
        self._removed = 0

    def __len__(self) -> int:
        return len(self._tellings)

    def __contains__(self, id: str) -> bool:
        return id in self._tellings

    def weigh(self, wording: Wording, *, id: str, outlet: str, language: str, at: float) -> Telling:
        """The telling that an article would be here and now."""
        places = dict.fromkeys(wording.text, IN_TEXT)
        for term in wording.title:
            places[term] = places.get(term, 0) | IN_TITLE
        for named, terms in ((NAMED, wording.names), (PLACED, wording.places)):
            for term in terms & places.keys():
                places[term] |= named
        counts, at_large = self._counts.get, _at_large().get
        # No term is more usual than articles are many: weights are never below nothing.
        most = log(_AT_LARGE + len(self._tellings) + 2) * STEP + 0.5
        marks = {
            term: MARKS[int(most - log(at_large(term, _UNUSUAL) + counts(term, 0)) * STEP) << 2 | place]
            for term, place in places.items()
        }
        for term, weight in self._furniture(outlet, places).items():
            marks[term] = MARKS[min(weight, WEIGHTS[marks[term]]) << 2 | places[term]]
        return Telling(
            id=id,
            outlet=outlet,
            language=language,
            at=at,
            headline=wording.headline,
            terms=marks,
            lead=wording.lead,
            countries=wording.countries,
        )

    def _furniture(self, outlet: str, places: Mapping[str, int]) -> dict[str, int]:
        """The terms of an article that say little in this outlet, and how little."""
        size = self._sizes[outlet] + 1
        if size < _FEWEST:
            return {}
        least = max(_FEWEST, _FURNITURE * size)
        often = [
            (term, count) for term, count in zip(places, map(self._below[outlet].get, places), strict=True) if count
        ]
        counted = [(term, count + (not places[term] & IN_TITLE)) for term, count in often if count >= least - 1]
        return {term: int(log(size / count) * STEP + 0.5) for term, count in counted if count >= least}

    def add(self, telling: Telling, story: str, *, settled: bool = False) -> None:
        """Take in an article; one that is here already is replaced. `settled`: an operator decided its story."""
        self.remove(telling.id)
        self._tellings[telling.id] = telling
        self._enter(story, telling)
        if settled:
            self._settled.add(telling.id)
        self._counts.update(telling.terms.keys())
        self._below[telling.outlet].update(telling.below)
        self._sizes[telling.outlet] += 1
        for term, share in telling.heavy:
            posting, postings = (telling.at, telling.id, share), self._postings[term]
            if not postings or postings[-1] < posting:
                postings.append(posting)  # nearly always: articles come in the order of their time, and go in it
            else:
                insort(postings, posting)
        heappush(self._oldest, (telling.at, telling.id))

    def remove(self, id: str) -> None:
        """Let go of an article, if it is here."""
        telling = self._tellings.pop(id, None)
        if telling is None:
            return
        self._settled.discard(id)
        self._likeness.pop(id, None)
        self._leave(self._story.pop(id), id)
        _subtract(self._counts, telling.terms)
        _subtract(self._below[telling.outlet], telling.below)
        self._sizes[telling.outlet] -= 1
        self._removed += 1
        if self._removed % _CLEANING == 0:
            self._clean()
        for term, _share in telling.heavy:
            postings = self._postings[term]
            del postings[0 if postings[0][1] == id else bisect_left(postings, (telling.at, id))]
            if not postings:
                del self._postings[term]

    def _clean(self) -> None:
        """Drop the counts of terms that are gone: together, which costs less than each at its time."""
        for counts in (self._counts, *self._below.values()):
            for term in [term for term, count in counts.items() if not count]:
                del counts[term]

    def _enter(self, story: str, telling: Telling) -> None:
        self._newest.pop(story, None)
        self._story[telling.id] = story
        self._members[story][telling.id] = telling

    def _leave(self, story: str, id: str) -> None:
        self._newest.pop(story, None)
        members = self._members[story]
        del members[id]
        if not members:
            del self._members[story]

    def move(self, id: str, story: str, *, settled: bool = False) -> None:
        """Say that an article is of another story, if it is here."""
        if id in self._tellings:
            self._leave(self._story[id], id)
            self._enter(story, self._tellings[id])
            if settled:
                self._settled.add(id)

    def unite(self, stories: Iterable[str], moved: Iterable[str], story: str) -> None:
        """Say that all tellings of `stories`, and those `moved`, are of `story` now."""
        for id in [*(id for one in stories for id in self.whole(one)), *moved]:
            if self._story.get(id, story) != story:
                self.move(id, story)

    def likeness(self, one: str, other: str, reckon: Callable[[], float]) -> float:
        """How like two tellings that are here are, reckoned once."""
        known = self._likeness[one]
        if other not in known:
            known[other] = reckon()
        return known[other]

    def forget(self, before: float) -> None:
        """Let go of everything older than `before`, in hours since 1970, and of the oldest where there are too many."""
        while self._oldest and (self._oldest[0][0] < before or len(self._tellings) > LIMIT):
            at, id = heappop(self._oldest)
            if id in self._tellings and self._tellings[id].at == at:
                self.remove(id)

    def story_of(self, id: str) -> str:
        return self._story[id]

    def members(self, story: str) -> Sequence[Telling]:
        """The newest tellings of a story, newest first: a bounded number."""
        members = self._members.get(story, {})
        if len(members) < _SEVERAL:
            return list(members.values())
        if story not in self._newest:
            self._newest[story] = nlargest(_MEMBERS, members.values(), key=_when)
        return self._newest[story]

    def whole(self, story: str) -> Collection[str]:
        """The ids of all tellings of a story that are here."""
        return tuple(self._members[story]) if story in self._members else ()

    def own(self, story: str, terms: Iterable[str] | None = None) -> frozenset[str]:
        """Of `terms`, or of all that a story says, the rare words that several of its tellings have and hardly any others."""
        size = len(self._members.get(story, ()))
        if size < _SEVERAL:
            return frozenset()
        if terms is None:
            terms = {term for member in self.members(story) for term in member.terms}
        counts, most, share = self._counts.get, size / _ITS_OWN, usual().get
        rare = [term for term in terms if _SEVERAL <= counts(term, 0) <= most and share(term, 0) <= RARE]
        members = self.members(story) if rare else []
        told = [(term, sum([term in member.terms for member in members])) for term in rare]
        least = _ITS_OWN * len(members) / size
        return frozenset([term for term, times in told if times >= max(_SEVERAL, least * counts(term, 0))])

    def settled(self, story: str) -> bool:
        """Whether an operator decided about any telling of a story."""
        return story in self._members and not self._settled.isdisjoint(self._members[story])

    def near(self, telling: Telling) -> list[Telling]:
        """A bounded number of tellings that share the weightiest terms with one, best first."""
        found: dict[str, float] = defaultdict(float)
        rest = _LOOKED_AT
        for term, weight in telling.heavy:
            if (postings := self._postings.get(term)) is None:
                continue
            for _at, id, share in postings[-rest:]:
                found[id] += weight * share
            rest -= len(postings)
            if rest <= 0:
                break
        found.pop(telling.id, None)
        likely = sorted([(-shared, id) for id, shared in found.items() if shared >= _LEAST_SHARED])
        return [self._tellings[id] for _shared, id in likely[:_CANDIDATES]]


@cache
def _at_large() -> dict[str, float]:
    """Term → how often it counts as seen before anything was."""
    return {term: _AT_LARGE * share + _UNUSUAL for term, share in usual().items()}


def _subtract(counts: Counter[str], terms: Iterable[str]) -> None:
    for term in terms:
        counts[term] -= 1


def _when(telling: Telling) -> tuple[float, str]:
    return telling.at, telling.id
