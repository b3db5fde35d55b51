"""Reuse: what a publisher says of it (Signal), and how much of an article may be shown (Allowance)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

# Characters of a summary, unless an operator says otherwise.
SUMMARY_LENGTH = 300


class Republish(StrEnum):
    """How much of an article a source lets us show; each includes the ones before it."""

    TITLE = "title"
    SUMMARY = "summary"
    FULL = "full"

    @property
    def rank(self) -> int:
        return ("title", "summary", "full").index(self.value)

    def narrowed(self, other: Republish | None) -> Republish:
        """The narrower of the two: a channel may only narrow what a source allows."""
        return self if other is None or self.rank <= other.rank else other

    def widened(self, other: Republish) -> Republish:
        """The wider of the two."""
        return self if self.rank >= other.rank else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much of an article may be shown. `summary_length` is in characters; `mining` says whether its words may be handed to
    those who analyse texts by machine, in tables and the like."""

    republish: Republish = Republish.FULL
    summary_length: int | None = None
    pictures: bool = True
    mining: bool = True

    def narrowed(self, other: Allowance) -> Allowance:
        """What both allow."""
        lengths = [one for one in (self.summary_length, other.summary_length) if one is not None]
        return Allowance(
            republish=self.republish.narrowed(other.republish),
            summary_length=min(lengths, default=None),
            pictures=self.pictures and other.pictures,
            mining=self.mining and other.mining,
        )

    def widened(self, other: Allowance) -> Allowance:
        """What either allows."""
        lengths = (self.summary_length, other.summary_length)
        return Allowance(
            republish=self.republish.widened(other.republish),
            summary_length=None if None in lengths else max(length for length in lengths if length is not None),
            pictures=self.pictures or other.pictures,
            mining=self.mining or other.mining,
        )

    @property
    def unbounded(self) -> bool:
        """Whether nothing is withheld."""
        return self == EVERYTHING

    def only(self, republish: Republish | None) -> Allowance:
        """This, and no more than `republish`."""
        return replace(self, republish=self.republish.narrowed(republish))


EVERYTHING = Allowance()


class Standard(StrEnum):
    """The ways in which publishers say to machines what may be done with their work."""

    RSL = "rsl"  # https://rslstandard.org/rsl
    TDM = "tdm"  # https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
    ROBOTS = "robots"  # X-Robots-Tag and <meta name=robots>


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that a publisher says of reuse: `said` in the words of its standard, `where` it stood (the evidence).

    `said` of robots is the directive (`noai`, `max-snippet:50`); of tdm `reserved` or `not reserved`, with the policy's address;
    of rsl `prohibits USES`, `permits USES`, `payment TYPE`, or `licence ADDRESS` where these stand elsewhere. `about` is the
    pattern of addresses that it speaks of, "" for all.
    """

    standard: Standard
    said: str
    where: str
    about: str = ""

    def __str__(self) -> str:
        of = f" of {self.about}" if self.about else ""
        return f"{self.standard.value}: {self.said}{of} ({self.where})"
