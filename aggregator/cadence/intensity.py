"""A source's habit → how many articles it brings at each time of the day, relative to its mean.

A day has 288 bins of five minutes, a week two kinds of day. Most sources bring too little to fill them, so each level is drawn
towards the one above it by pseudo-articles: kind of day → hour of the day → hour on that kind of day → minutes of the hour,
such as the full hour at which many outlets publish → minutes of the day, such as the print edition put online at 7:00.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aggregator.cadence.rhythm import BIN, BINS, DAY, bin_of
from aggregator.model import Rhythm

HOURS, PER_HOUR = 24, BINS // 24
# Share of the week: working days, weekend.
_SHARES = (5 / 7, 2 / 7)
# Pseudo-articles that speak for the level above.
_DAYS, _HOURS, _MINUTES, _BINS = 10.0, 20.0, 20.0, 50.0

# Articles without which the hours of a day say nothing.
_TELLING = 5.0


@dataclass(frozen=True, slots=True)
class Intensity:
    """`bins` (576: as `bin_of` counts them) and `hours` (48), each relative to the mean of the week; `roots` of the hours."""

    bins: tuple[float, ...]
    hours: tuple[float, ...]
    roots: tuple[float, ...]

    def between(self, start: datetime, end: datetime) -> float:
        """The integral over a span, in days of mean intensity."""
        weeks = max(timedelta(0), end - start) // _WEEK
        total, time = weeks * (_WEEK / DAY), start.astimezone(UTC) + weeks * _WEEK
        while time < end:
            edge = time + BIN - (time - _EPOCH) % BIN
            upto = min(edge, end)
            total += self.bins[bin_of(time)] * ((upto - time) / DAY)
            time = upto
        return total


_WEEK = timedelta(days=7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# A source is asked for at each poll, its habit changes once a day; enough for a bench that runs some hundreds side by side.
@lru_cache(maxsize=1024)
def intensity(habit: tuple[tuple[int, float], ...]) -> Intensity:
    """What a habit (see `Rhythm`) says; without any, the same at all times."""
    hours, counts = hours_of(habit), [0.0] * BINS
    for place, count in habit:
        counts[place % BINS] += count
    within = _within_hours(counts)
    bins = [hours[kind * HOURS + place // PER_HOUR] * within[place] for kind in (0, 1) for place in range(BINS)]
    return Intensity(bins=tuple(bins), hours=tuple(hours), roots=tuple(map(math.sqrt, hours)))


def hours_of(habit: Iterable[tuple[int, float]]) -> list[float]:
    """The 48 hours alone, which cost a tenth."""
    sums = [0.0] * (2 * HOURS)
    for place, count in habit:
        sums[place // PER_HOUR] += count
    return _hours([_smoothed(sums[:HOURS]), _smoothed(sums[HOURS:])])


def by_hour(rhythm: Rhythm) -> tuple[float, ...]:
    """How many articles came in each hour of the day (UTC), as counts that forget; nothing where they are too few to tell."""
    hours = [0.0] * HOURS
    for place, count in (*rhythm.habit, *((place, 1.0) for place in rhythm.fresh)):
        hours[place % BINS // PER_HOUR] += count
    return tuple(hours) if sum(hours) >= _TELLING else ()


def _hours(counts: Sequence[Sequence[float]]) -> list[float]:
    """48 hours, from the counts of each kind of day."""
    total = sum(map(sum, counts))
    daily = [(a + b + _DAYS / HOURS) / (total + _DAYS) for a, b in zip(*counts, strict=True)]
    hours = []
    for own, share in zip(counts, _SHARES, strict=True):
        kind = (sum(own) + _DAYS * share) / (total + _DAYS) / share
        hours += [
            kind * (count + _HOURS * usual) / (sum(own) + _HOURS) * HOURS
            for count, usual in zip(own, daily, strict=True)
        ]
    return hours


def _within_hours(counts: Sequence[float]) -> list[float]:
    """288 bins of any day, relative to the mean of their hour."""
    total = math.fsum(counts)
    minutes = [(sum(counts[minute::PER_HOUR]) + _MINUTES / PER_HOUR) / (total + _MINUTES) for minute in range(PER_HOUR)]
    sums = [(hour + _DAYS / HOURS) / (total + _DAYS) for hour in _smoothed(_sums(counts))]
    bins = [count + _BINS * sums[place // PER_HOUR] * minutes[place % PER_HOUR] for place, count in enumerate(counts)]
    return [value * PER_HOUR / hour for hour, part in zip(_sums(bins), _parts(bins), strict=True) for value in part]


def _parts(bins: Sequence[float]) -> list[Sequence[float]]:
    return [bins[start : start + PER_HOUR] for start in range(0, BINS, PER_HOUR)]


def _sums(bins: Sequence[float]) -> list[float]:
    return [sum(part) for part in _parts(bins)]


def _smoothed(hours: Sequence[float]) -> list[float]:
    """¼, ½, ¼ around the clock."""
    return [hours[h - 1] / 4 + hours[h] / 2 + hours[(h + 1) % HOURS] / 4 for h in range(HOURS)]
