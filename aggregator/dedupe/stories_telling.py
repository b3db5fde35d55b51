"""What an article tells: its terms, and how much each says of it.

A mark, what a term is in a telling, is the number that is stored: how usual the term is (-ln of that, in sixteenths) above two
bits for where it stands, and below two for what it names. Dictionaries of numbers are also what a garbage collector need not
look into, and a window holds many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

IN_TITLE, IN_TEXT = 1, 2
NAMED, PLACED = 1 << 10, 1 << 11  # printed as a name; part of the name of a place or a people
STEP = 16  # weights are sixteenths of a nat in one byte
# There are few different ones: every telling points to these.
MARKS = tuple(range(PLACED << 1))
# By mark: how much a term says, and its share in the whole, where the title counts twice.
WEIGHTS = tuple(mark >> 2 & 255 for mark in MARKS)
SHARES = tuple(WEIGHTS[mark] * (2 * (mark & IN_TITLE) + (mark >> 1 & 1)) for mark in MARKS)
_HEAVY = 12


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """An article in a window. `at` is in hours since 1970; `terms` have their marks; `lead` has hashes of four bytes, sorted (see
    `stories_words`); `countries` are the codes of those that it may be set in. `length` is that of the vector of shares,
    `title_mass` the weight of the title, `heavy` the weightiest terms, each with its part of the length."""

    id: str
    outlet: str
    language: str
    at: float
    headline: str
    terms: dict[str, int]
    lead: bytes
    countries: frozenset[str] = frozenset()
    length: float = field(init=False)
    title_mass: int = field(init=False)
    heavy: tuple[tuple[str, float], ...] = field(init=False)

    @property
    def below(self) -> list[str]:
        """The terms that stand in the text and not in the title."""
        return [term for term, mark in self.terms.items() if not mark & IN_TITLE]

    def __post_init__(self) -> None:
        shares = [SHARES[mark] for mark in self.terms.values()]
        length = math.sqrt(sum([share * share for share in shares])) or 1.0
        heavy = sorted(zip([-share for share in shares], self.terms, strict=True))[:_HEAVY]
        object.__setattr__(self, "length", length)
        titled = sum([WEIGHTS[mark] for mark in self.terms.values() if mark & IN_TITLE])
        object.__setattr__(self, "title_mass", titled or 1)
        object.__setattr__(self, "heavy", tuple([(term, -share / length) for share, term in heavy]))
