"""Span: the stretch of time that one archive page covers: a month, or a half, a quarter, an eighth … of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.model.article import listed_of, lowest_key

_NAME = re.compile(r"(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])(?:-([01]{1,64}))?")


@dataclass(frozen=True, slots=True)
class Span:
    """The order keys from `low` to below `high`. `name` is the month, `2026-01`, and for a part of it the halves that lead
    there: `2026-01-10` is the first half of the second half of January."""

    name: str
    low: int
    high: int

    @classmethod
    def month(cls, year: int, month: int) -> Span:
        """A calendar month in UTC."""
        after = (year + month // 12, month % 12 + 1)
        low, high = (lowest_key(datetime(*first, 1, tzinfo=UTC)) for first in ((year, month), after))
        return cls(f"{year:04}-{month:02}", low, high)

    @classmethod
    def ever(cls) -> Span:
        """All of time: no page's own span."""
        return cls("ever", 0, 2**63 - 1)

    @classmethod
    def named(cls, name: str) -> Span | None:
        """The span of a name; None for what is none."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        span = cls.month(int(found[1]), int(found[2]))
        for digit in found[3] or "":
            if span.high - span.low < 2:
                return None
            span = span.half(digit == "1")
        return span

    @classmethod
    def around(cls, key: int, near: Sequence[int], most: int) -> Span:
        """The span of the page that holds `key`: its month, halved until it holds no more than `most` keys. `near` are the
        `most` keys on each side of `key`, or all where there are fewer: more are not needed to count up to `most`."""
        listed = listed_of(key)
        span, inside = cls.month(listed.year, listed.month), {key, *near}
        while len(inside := {one for one in inside if one in span}) > most:
            span = span.half(key >= span.middle)
        return span

    @property
    def month_name(self) -> str:
        return self.name[:7]

    @property
    def middle(self) -> int:
        return (self.low + self.high) // 2

    def half(self, second: bool) -> Span:
        """Its first or its second half."""
        dash = "" if "-" in self.name[5:] else "-"
        low, high = (self.middle, self.high) if second else (self.low, self.middle)
        return Span(f"{self.name}{dash}{int(second)}", low, high)

    def __contains__(self, key: int) -> bool:
        return self.low <= key < self.high
