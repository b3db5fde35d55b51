"""Trace, scale → when a peer's policy polls it. Each knows what it would: the articles that came before each of its polls.

All keep to the bounds of our configuration, so that they differ in judgement alone; `scale` is turned until their polls are
equal in number. Times are seconds since the window's start; read in the peers' sources in 2025.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from aggregator.cadence.intensity import intensity
from aggregator.cadence.planning import Bounds, best_moment
from bench.cadence.traces import Trace

DAY = 86400.0
LEAST, MOST = 900.0, DAY
END = 56 * DAY
# A Monday, as all windows begin with.
MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
# How many entries a document holds; WordPress shows 10, most newspapers 20 to 50.
WINDOW = 20

Policy = Callable[[Trace, float], list[float]]


def fixed(trace: Trace, scale: float) -> list[float]:
    """Every `scale` seconds, each source from a moment of its own on."""
    phase = crc32(trace.name.encode()) / 2**32 * scale
    return [phase + scale * number for number in range(math.ceil((END + MOST) / scale))]


def grid(trace: Trace, scale: float) -> list[float]:
    """lemon24/reader: an interval on a grid, all sources at once, which is after a tick of an hour's even part."""
    return [scale * number for number in range(math.ceil((END + MOST) / scale))]


def miniflux(trace: Trace, scale: float) -> list[float]:
    """Miniflux, `entry_frequency`: 7 days ÷ (the week's articles × factor), the week extrapolated from its mean gap."""

    def interval(came: int, now: float) -> float:
        week = trace.times[bisect_left(trace.times, now - 7 * DAY) : came]
        if len(week) < 2:
            return MOST
        mean = (week[-1] - week[0]) / len(week)
        return (mean or 7 * DAY / len(week)) / scale

    return list(_adaptive(trace, interval))


def commafeed(trace: Trace, scale: float) -> list[float]:
    """CommaFeed: a part of the mean gap between the entries of the document; after 7, 14, 30 silent days four, eight, sixteen
    times as long as otherwise at most."""

    def interval(came: int, now: float) -> float:
        shown = (*trace.before, *trace.times[max(0, came - WINDOW) : came])[-WINDOW:]
        if len(shown) < 2:
            return MOST
        silent = now - shown[-1]
        for days, part in ((30, 1), (14, 2), (7, 4)):
            if silent > days * DAY:
                return MOST / part
        return (shown[-1] - shown[0]) / (len(shown) - 1) * scale

    return list(_adaptive(trace, interval))


def square_root(trace: Trace, scale: float) -> list[float]:
    """By the root of the rate alone, with the memory of our clock but no time of day: cadence without its hours."""
    half_life = 28 * DAY
    count, watched, last, seen = 0.0, 0.0, 0.0, 0

    def interval(came: int, now: float) -> float:
        nonlocal count, watched, last, seen
        kept = 0.5 ** ((now - last) / half_life)
        count, watched = count * kept + came - seen, watched * kept + (now - last) / DAY
        last, seen = now, came
        return scale / math.sqrt((1 + count) / (1 + watched))

    return list(_adaptive(trace, interval))


def oracle(trace: Trace, scale: float) -> list[float]:
    """Told beforehand what each source will bring in each hour of working days and weekends, it polls by the root of that."""
    counts = [0.0] * 48
    for time in trace.times:
        counts[_hour(time)] += 1
    roots = [math.sqrt(count / (40 if hour < 24 else 16) * 24) for hour, count in enumerate(counts)]
    polls, at = [0.0], 0.0
    while at < END + MOST:
        at = _credited(roots, at, scale)
        polls.append(at)
    return polls


def _credited(roots: list[float], at: float, scale: float) -> float:
    """When the root of the intensity has summed up to `scale` since `at`, within the bounds."""
    credit, now = 0.0, at
    while credit < scale and now < at + MOST:
        edge = (now // 3600 + 1) * 3600
        root = roots[_hour(now)]
        step = min(edge - now, (scale - credit) / root * DAY if root else math.inf)
        credit, now = credit + root * step / DAY, now + step
        if step <= 0:
            break
    return min(max(now, at + LEAST), at + MOST)


def _hour(time: float) -> int:
    """Windows begin on a Monday at midnight."""
    return int(time // 3600) % 24 + (24 if time // DAY % 7 >= 5 else 0)


def _adaptive(trace: Trace, interval: Callable[[int, float], float]) -> Iterator[float]:
    """`interval` of how many articles came by now, within the bounds."""
    now = 0.0
    while now < END + MOST:
        yield now
        now += min(max(interval(bisect_left(trace.times, now), now), LEAST), MOST)
    yield now


def planning_oracle(trace: Trace, scale: float) -> list[float]:
    """Our own choice of moments, told beforehand what each source will bring in each five minutes of working days and weekends:
    what no clock that has to learn can reach."""
    place = [int(time % DAY // 300) + (288 if time // DAY % 7 >= 5 else 0) for time in trace.times]
    known = intensity(tuple(sorted((one, float(count)) for one, count in Counter(place).items())))
    bounds = Bounds(timedelta(seconds=LEAST), timedelta(seconds=MOST))
    polls, at = [0.0], 0.0
    while at < END + MOST:
        now = MONDAY + timedelta(seconds=at)
        moment = best_moment(known, len(trace.times) / 56, theta=scale, bounds=bounds, window=WINDOW, now=now)
        at += moment.rest.total_seconds()
        polls.append(at)
    return polls


@dataclass(frozen=True, slots=True)
class Peer:
    """A policy; with which scale it comes to about so many polls a source and day, and to which power of the scale."""

    policy: Policy
    start: Callable[[float], float]
    power: float = -1.0


PEERS: dict[str, Peer] = {
    "fixed interval": Peer(fixed, lambda polls: DAY / polls),
    "reader, on a grid": Peer(grid, lambda polls: DAY / polls),
    "Miniflux, entry_frequency": Peer(miniflux, lambda polls: polls / 7, 0.7),
    "CommaFeed": Peer(commafeed, lambda polls: 4 / polls, -0.7),
    "square root of the rate": Peer(square_root, lambda polls: 2 * DAY / polls),
    "oracle": Peer(oracle, lambda polls: 1.6 / polls),
    "oracle that plans as we do": Peer(planning_oracle, lambda polls: 1.1 / polls**2, -0.5),
}
