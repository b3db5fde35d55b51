"""The budget of polls comes out in polls that are made, whatever servers ask for and documents can hold."""

from __future__ import annotations

import heapq
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import Brought, Demand, Terms, next_poll, prices
from aggregator.model import Hints, Outlet, PollOutcome, Rhythm, Schedule, Source

START = datetime(2026, 6, 1, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
BUDGET = 14.0
OUTLET = Outlet(id="outlet", title="Outlet", url="https://outlet.example/")
# Articles a day, entries in the document, what the server says of its freshness.
SOURCES = [
    (rate, window, Hints(fresh_for=fresh))
    for rate, window, fresh in [
        (8, 30, None), (12, 30, None), (30, 3, None), (40, 4, None), (60, 6, None), (20, 2, None),
        (15, 30, timedelta(hours=1)), (50, 40, timedelta(minutes=20)),
    ]
]  # fmt: skip


def polls_a_day(weeks: int, *, heeding: bool) -> float:
    """Polls a source and day in the last of so many weeks, by prices that heed the polls that were made, or do not."""
    chance = random.Random(5)
    sources = [
        Source(id=f"s{n}", outlet=OUTLET, url=f"https://{n}.example/", public_url="") for n in range(len(SOURCES))
    ]
    schedules = [Schedule(source_id=source.id, next_poll=START, first_document=False) for source in sources]
    queue = [(START, number) for number in range(len(sources))]
    end, made, terms, priced = START + weeks * WEEK, 0, Terms(), START
    while (at := queue[0][0]) < end:
        if at >= priced:
            known = [schedule.rhythm if heeding else unheeded(schedule.rhythm) for schedule in schedules]
            demands = [Demand(source=one, rhythm=rhythm, host=None) for one, rhythm in zip(sources, known, strict=True)]
            terms, priced = Terms(price=prices(demands, budget=BUDGET, courteous=True, now=at).everywhere), at + DAY / 4
        number = queue[0][1]
        rate, window, hints = SOURCES[number]
        gap = (at - (schedules[number].last_poll or at - DAY / 24)) / DAY
        came = sum(chance.random() < rate * gap / 40 for _ in range(40))
        schedules[number] = next_poll(
            sources[number],
            schedules[number],
            outcome=PollOutcome.FRESH,
            hints=hints,
            now=at,
            terms=replace(terms, jitter=chance.random()),
            brought=Brought(dates=[None] * came, entries=window),
        )
        heapq.heapreplace(queue, (schedules[number].next_poll, number))
        made += at >= end - WEEK
    return made / 7 / len(sources)


def unheeded(rhythm: Rhythm | None) -> Rhythm | None:
    return rhythm and replace(rhythm, made=0.0, paper=0.0)


def test_the_budget_comes_out_in_polls_that_are_made() -> None:
    assert polls_a_day(3, heeding=True) == pytest.approx(BUDGET, rel=0.04)


def test_on_paper_alone_it_would_not() -> None:
    assert abs(polls_a_day(2, heeding=False) / BUDGET - 1) > 0.08


def test_what_a_stop_left_undone_is_not_reckoned() -> None:
    source = Source(id="s", outlet=OUTLET, url="https://s.example/", public_url="")
    schedule, at = Schedule(source_id="s", next_poll=START), START
    for _ in range(30):
        schedule = next_poll(
            source, schedule, outcome=PollOutcome.NOT_MODIFIED, hints=Hints(), now=at, terms=Terms(), brought=None
        )
        at = schedule.next_poll
    before = schedule.rhythm
    assert before is not None
    after = next_poll(
        source, schedule, outcome=PollOutcome.NOT_MODIFIED, hints=Hints(), now=at + 3 * DAY, terms=Terms()
    ).rhythm
    assert after is not None
    assert after.paper - before.paper < 2, "three days without us are no days of too few polls"
