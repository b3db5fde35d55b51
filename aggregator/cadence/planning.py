"""Rhythm, the price of a poll, bounds → the moment at which the next poll is worth most.

Where λ(t) articles a day come, one that came at s and is found at b waited b−s: a poll costs ∫λ(s)(b−s)ds since the last one,
plus θ for itself. A steady source costs least, √(2θλ) a day, when it is polled every √(2θ/λ): the square-root rule (Sia, Cho
and Cho, "Efficient monitoring algorithm for fast news alerts", 2007). That least cost is the going rate, and the next poll is
where what has been spent, less the going rate of the time it bought, is lowest. Articles that come in bursts are met just
after the burst, which no rule by rates alone finds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.cadence.intensity import PER_HOUR, Intensity
from aggregator.cadence.rhythm import BIN, BINS, DAY, WEEKEND
from aggregator.model import Binding

# Of the entries that a document holds, no more than this may be new when we come: the rest is for what nobody expected.
_OF_WINDOW = 0.5
_BIN_DAYS = BIN / DAY


@dataclass(frozen=True, slots=True)
class Bounds:
    """Never sooner than `least` and never later than `most` after the last poll, and why those."""

    least: timedelta
    most: timedelta
    floor: Binding = Binding.FLOOR
    ceiling: Binding = Binding.CEILING


@dataclass(frozen=True, slots=True)
class Moment:
    """How long to rest, what decided, and how many times the mean intensity there is until then."""

    rest: timedelta
    binding: Binding
    factor: float


def best_moment(
    intensity: Intensity, rate: float, *, theta: float, bounds: Bounds, window: int | None, now: datetime
) -> Moment:
    """When to poll next after `now`: at `least`, at the end of one of the five-minute bins after it, or at `most`.

    `rate`: articles a day at an intensity of 1; `theta`: article·days; `window`: how many entries a document holds.
    """
    least, most = bounds.least / DAY, max(bounds.least, bounds.most) / DAY
    going = math.sqrt(2 * theta / rate)
    steepest, room = going * max(intensity.roots), _room(window, rate)
    came = waited = worth = elapsed = met = 0.0
    lowest, best, reach, hurried, end = math.inf, least, 0.0, False, bounds.ceiling
    for upto, here, root in _steps(intensity, now, least, most):
        step, elapsed = upto - elapsed, upto
        waited += step * (came + here * step / 2)
        came += here * step
        worth += step * root
        if elapsed < least:
            continue
        if came > room and met:
            end = Binding.WINDOW
            break
        if (value := waited - going * worth) < lowest:
            hurried = not met and came > going * root
            lowest, best, reach = value, elapsed, came
        met = elapsed
        if came > steepest:  # waiting only costs more from here on
            end = Binding.POLICY
            break
    binding = bounds.floor if hurried else end if best == met else Binding.POLICY
    return Moment(rest=timedelta(days=best), binding=binding, factor=reach / best)


def _room(window: int | None, rate: float) -> float:
    return math.inf if window is None else window * _OF_WINDOW / rate


def _steps(intensity: Intensity, now: datetime, least: float, most: float) -> Iterator[tuple[float, float, float]]:
    """Bin after bin from `now` to `most`, cut at `least`: days to its end, its intensity, the root of its hour's."""
    utc = now.astimezone(UTC)
    into = timedelta(hours=utc.hour, minutes=utc.minute, seconds=utc.second, microseconds=utc.microsecond)
    weekday, place, at = utc.weekday(), into // BIN, 0.0
    edge = (BIN - into % BIN) / DAY
    while at < most:
        index = place + (BINS if weekday >= WEEKEND else 0)
        here, root = intensity.bins[index], intensity.roots[index // PER_HOUR]
        if at < least < edge:
            yield least, here, root
        upto = min(edge, most)
        yield upto, here, root
        at, edge, place = upto, edge + _BIN_DAYS, place + 1
        if place == BINS:
            place, weekday = 0, (weekday + 1) % 7
