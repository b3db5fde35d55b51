"""The articles of the last days, by the terms they share: what a new article is compared with.

A window is nothing but the tellings it holds: one that was filled from the database answers as the one that saw them come.
Term weights are fixed when an article arrives and rounded as they are stored.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush, nlargest, nsmallest

from aggregator.dedupe.stories_words import Wording, usual

# Headlines at large count as this many of the window: with few articles the table speaks, with many the news of the day.
_AT_LARGE = 300
# A term in so large a part of an outlet's articles is its furniture ("Subscribe to our channel").
_FURNITURE, _FEWEST = 0.35, 4
_STEP = 16  # weights are stored as sixteenths of a nat in one byte
_TERMS_ASKED = 10
_POSTINGS = 200
_CANDIDATES = 40
_MEMBERS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """An article in a window. `at` is in hours since 1970; `weights` are of its terms (-ln of how usual each is);
    `title` and `text` say where a term stands. `vector` has length 1, the title counting twice; `title_mass` is the weight of
    the title."""

    id: str
    outlet: str
    language: str
    at: float
    headline: str
    title: frozenset[str]
    text: frozenset[str]
    weights: dict[str, float]
    lead: frozenset[int]
    vector: dict[str, float] = field(init=False, repr=False)
    title_mass: float = field(init=False)

    def __post_init__(self) -> None:
        title, text = self.title, self.text
        raw = {term: weight * (2 * (term in title) + (term in text)) for term, weight in self.weights.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        object.__setattr__(self, "vector", {term: weight / length for term, weight in raw.items()})
        object.__setattr__(self, "title_mass", sum(self.weights[term] for term in title) or 1.0)


class Window:
    """Tellings and the stories that they are of. Not safe for threads: it belongs to who writes."""

    def __init__(self) -> None:
        self._tellings: dict[str, Telling] = {}
        self._story: dict[str, str] = {}
        self._members: dict[str, dict[str, Telling]] = defaultdict(dict)
        self._settled: set[str] = set()
        self._postings: dict[str, dict[str, Telling]] = defaultdict(dict)
        self._outlets: dict[str, Counter[str]] = defaultdict(Counter)
        self._sizes: Counter[str] = Counter()
        self._oldest: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._tellings)

    def __contains__(self, id: str) -> bool:
        return id in self._tellings

    def weigh(self, wording: Wording, *, id: str, outlet: str, language: str, at: float) -> Telling:
        """The telling that an article would be here and now."""
        terms = dict.fromkeys((*wording.title, *wording.text))
        return Telling(
            id=id,
            outlet=outlet,
            language=language,
            at=at,
            headline=wording.headline,
            title=frozenset(wording.title),
            text=frozenset(wording.text),
            weights={term: unpack(pack(self._weight(term, outlet))) for term in terms},
            lead=wording.lead,
        )

    def _weight(self, term: str, outlet: str) -> float:
        here = len(self._postings[term]) if term in self._postings else 0
        share = (_AT_LARGE * usual().get(term, 0.0) + here + 1.25) / (_AT_LARGE + len(self._tellings) + 2)
        size = self._sizes[outlet]
        own = self._outlets[outlet][term] + 1 if size else 1
        if own >= _FEWEST and own >= _FURNITURE * (size + 1):
            share = max(share, own / (size + 1))
        return -math.log(min(share, 0.999))

    def add(self, telling: Telling, story: str, *, settled: bool = False) -> None:
        """Take in an article; one that is here already is replaced. `settled`: an operator decided its story."""
        self.remove(telling.id)
        self._tellings[telling.id] = telling
        self._story[telling.id] = story
        self._members[story][telling.id] = telling
        if settled:
            self._settled.add(telling.id)
        for term in telling.weights:
            self._postings[term][telling.id] = telling
        self._outlets[telling.outlet].update(telling.weights.keys())
        self._sizes[telling.outlet] += 1
        heappush(self._oldest, (telling.at, telling.id))

    def remove(self, id: str) -> None:
        """Let go of an article, if it is here."""
        telling = self._tellings.pop(id, None)
        if telling is None:
            return
        self._settled.discard(id)
        self._leave(self._story.pop(id), id)
        counts = self._outlets[telling.outlet]
        for term in telling.weights:
            postings = self._postings[term]
            del postings[id]
            if not postings:
                del self._postings[term]
            counts[term] -= 1
            if not counts[term]:
                del counts[term]
        self._sizes[telling.outlet] -= 1

    def _leave(self, story: str, id: str) -> None:
        members = self._members[story]
        del members[id]
        if not members:
            del self._members[story]

    def move(self, id: str, story: str, *, settled: bool = False) -> None:
        """Say that an article is of another story, if it is here."""
        if id in self._tellings:
            self._leave(self._story[id], id)
            self._story[id] = story
            self._members[story][id] = self._tellings[id]
            if settled:
                self._settled.add(id)

    def forget(self, before: float) -> None:
        """Let go of everything older than `before`, in hours since 1970."""
        while self._oldest and self._oldest[0][0] < before:
            _at, id = heappop(self._oldest)
            if id in self._tellings and self._tellings[id].at < before:
                self.remove(id)

    def story_of(self, id: str) -> str:
        return self._story[id]

    def members(self, story: str) -> list[Telling]:
        """The newest tellings of a story, newest first: a bounded number."""
        return nlargest(_MEMBERS, self._members[story].values(), key=_when) if story in self._members else []

    def whole(self, story: str) -> Collection[str]:
        """The ids of all tellings of a story that are here."""
        return tuple(self._members[story]) if story in self._members else ()

    def settled(self, story: str) -> bool:
        """Whether an operator decided about any telling of a story."""
        return story in self._members and not self._settled.isdisjoint(self._members[story])

    def near(self, telling: Telling) -> Iterator[Telling]:
        """A bounded number of tellings that share the most telling terms with one, best first."""
        asked = nsmallest(_TERMS_ASKED, telling.vector.items(), key=lambda item: (-item[1], item[0]))
        found: dict[str, float] = defaultdict(float)
        for term, weight in asked:
            postings = self._postings.get(term)
            if not postings:
                continue
            ids = postings.keys() if len(postings) <= _POSTINGS else self._newest(postings)
            for id in ids:
                found[id] += weight * postings[id].vector[term]
        best = nsmallest(_CANDIDATES, found.items(), key=lambda item: (-item[1], item[0]))
        return (self._tellings[id] for id, _shared in best if id != telling.id)

    @staticmethod
    def _newest(postings: dict[str, Telling]) -> list[str]:
        return [telling.id for telling in nlargest(_POSTINGS, postings.values(), key=_when)]


def _when(telling: Telling) -> tuple[float, str]:
    return telling.at, telling.id


def pack(weight: float) -> int:
    """A weight as it is stored: one byte."""
    return min(255, max(1, round(weight * _STEP)))


def unpack(stored: int) -> float:
    return stored / _STEP
