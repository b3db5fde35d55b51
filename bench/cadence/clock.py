"""Traces, a budget → when our own clock polls them: the functions of the service, driven by a made-up time."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.cadence import Brought, Demand, Terms, next_poll, prices
from aggregator.model import Hints, Outlet, PollOutcome, Schedule, Source
from bench.cadence.policies import END, MONDAY, MOST, WINDOW
from bench.cadence.traces import Trace

_OUTLET = Outlet(id="outlet", title="Outlet", url="https://outlet.example/")
_NO_REST = timedelta(0)
# The service sets its price every quarter of an hour; in eight weeks little changes within an hour of them.
_PRICED_EVERY = 6 * 3600.0


@dataclass(slots=True)
class _Polled:
    trace: Trace
    dates: list[datetime]
    source: Source
    schedule: Schedule
    seen: int = 0
    polls: list[float] = field(default_factory=list)


def our_clock(traces: Sequence[Trace], budget: float, *, seed: int = 1) -> list[list[float]]:
    """The polls of each trace, where all share `budget` polls a source and day. Neither hosts nor the wish to spare quiet sources
    count here: the bounds of the configuration alone, as for all policies."""
    chance = random.Random(seed)
    polled = [_polled(number, trace) for number, trace in enumerate(traces)]
    # As after a start: all are due, spread by chance.
    queue = [(chance.uniform(0, 1800), number) for number in range(len(polled))]
    heapq.heapify(queue)
    price, priced = prices((), budget=budget, courteous=True, few=_NO_REST, now=MONDAY).everywhere, 0.0
    while queue[0][0] < END + MOST:
        at, number = queue[0]
        if at >= priced:
            price, priced = _price(polled, budget, at), at + _PRICED_EVERY
        one, terms = polled[number], Terms(price=price, jitter=chance.random(), few=_NO_REST)
        _poll(one, at, terms)
        heapq.heapreplace(queue, ((one.schedule.next_poll - MONDAY).total_seconds(), number))
    return [[*one.polls, (one.schedule.next_poll - MONDAY).total_seconds()] for one in polled]


def _polled(number: int, trace: Trace) -> _Polled:
    address = f"https://outlet.example/{number}"
    source = Source(id=f"source-{number}", outlet=_OUTLET, url=address, public_url=address)
    schedule = Schedule(source_id=source.id, next_poll=MONDAY, first_document=bool(trace.before))
    return _Polled(trace, [MONDAY + timedelta(seconds=time) for time in trace.times], source, schedule)


def _price(polled: Sequence[_Polled], budget: float, at: float) -> float:
    demands = [
        Demand(source=one.source, rhythm=one.schedule.rhythm, host=None) for one in polled if one.schedule.rhythm
    ]
    return prices(demands, budget=budget, courteous=True, few=_NO_REST, now=MONDAY + timedelta(seconds=at)).everywhere


def _poll(one: _Polled, at: float, terms: Terms) -> None:
    came = bisect_left(one.trace.times, at)
    dates: list[datetime | None] = list(one.dates[one.seen : came])
    if one.schedule.first_document:
        dates = [*(MONDAY + timedelta(seconds=time) for time in one.trace.before), *dates]
    new = came > one.seen or one.schedule.first_document
    one.schedule = next_poll(
        one.source,
        one.schedule,
        outcome=PollOutcome.FRESH if new else PollOutcome.NOT_MODIFIED,
        hints=Hints(),
        now=MONDAY + timedelta(seconds=at),
        terms=terms,
        brought=Brought(dates=dates, entries=WINDOW) if new else None,
    )
    if new:
        one.schedule = replace(one.schedule, first_document=False)
    one.seen = came
    one.polls.append(at)
