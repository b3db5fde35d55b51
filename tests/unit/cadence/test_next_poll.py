"""When a source is polled next, and why then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import next_poll
from aggregator.model import Every, Health, Hints, Outlet, PollOutcome, Schedule, Source

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OUTLET = Outlet(id="andes-post", title="Andes Post", url="https://andes.example/")
SOURCE = Source(id="andes-post", outlet=OUTLET, url="https://andes.example/rss", public_url="https://andes.example/rss")
HELD = Schedule(
    source_id="andes-post",
    next_poll=NOW,
    first_document=False,
    last_success=NOW - timedelta(hours=1),
    articles_per_day=16.0,
    health=Health.WELL,
    since=NOW - timedelta(days=3),
)


def after(
    schedule: Schedule = HELD,
    *,
    source: Source = SOURCE,
    outcome: PollOutcome = PollOutcome.FRESH,
    hints: Hints = Hints(),  # noqa: B008  a value
    new: int = 0,
    jitter: float = 0.0,
    courteous: bool = True,
) -> Schedule:
    return next_poll(
        source, schedule, outcome=outcome, hints=hints, now=NOW, new=new, jitter=jitter, courteous=courteous
    )


def gap(schedule: Schedule) -> timedelta:
    return schedule.next_poll - NOW


def test_a_busier_source_is_polled_more_often_by_the_root_of_its_rate() -> None:
    calm = gap(after(replace(HELD, articles_per_day=1.0), outcome=PollOutcome.NOT_MODIFIED))
    busy = gap(after(replace(HELD, articles_per_day=16.0), outcome=PollOutcome.NOT_MODIFIED))
    assert 3.5 < calm / busy < 4.5


def test_the_bounds_hold() -> None:
    assert gap(after(replace(HELD, articles_per_day=1e6))) == SOURCE.every.min
    assert gap(after(replace(HELD, articles_per_day=1e-9))) == SOURCE.every.max


def test_a_fixed_interval_switches_adapting_off() -> None:
    fixed = replace(SOURCE, every=Every(min=timedelta(minutes=30), max=timedelta(minutes=30)))
    done = after(source=fixed, new=500)
    assert gap(done) == timedelta(minutes=30)
    assert done.why == "every 30 min, as configured"


def test_without_a_contact_we_come_at_most_hourly() -> None:
    assert gap(after(replace(HELD, articles_per_day=1e6), courteous=False)) == timedelta(hours=1)


def test_what_the_server_says_is_a_lower_bound_alone() -> None:
    late = after(hints=Hints(fresh_for=timedelta(hours=5)))
    assert gap(late) == timedelta(hours=5)
    assert late.why == "the server says it is fresh for 5 h"
    assert gap(after(hints=Hints(fresh_for=timedelta(seconds=1)))) == gap(after())
    assert gap(after(hints=Hints(fresh_for=timedelta(days=400)))) == timedelta(days=1)


def test_retry_after_is_honoured_up_to_a_month_and_kept() -> None:
    asked = after(outcome=PollOutcome.FAILED, hints=Hints(retry_after=NOW + timedelta(days=3)))
    assert gap(asked) == timedelta(days=3)
    assert asked.retry_after == NOW + timedelta(days=3)
    assert gap(after(outcome=PollOutcome.FAILED, hints=Hints(retry_after=NOW + timedelta(days=900)))) == timedelta(31)


def test_failures_back_off_by_doubling_and_one_success_forgets_them() -> None:
    schedule, gaps = HELD, []
    for _ in range(12):
        schedule = after(schedule, outcome=PollOutcome.FAILED)
        gaps.append(gap(schedule))
    assert gaps[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert gaps[-1] == timedelta(days=1)
    assert schedule.health is Health.FAILING
    assert after(schedule).failures == 0


def test_a_failure_keeps_what_was_learned() -> None:
    failed = after(outcome=PollOutcome.FAILED)
    assert (failed.articles_per_day, failed.last_success) == (HELD.articles_per_day, HELD.last_success)


def test_gone_is_gone() -> None:
    assert after(outcome=PollOutcome.GONE).health is Health.GONE


def test_since_moves_only_when_health_does() -> None:
    assert after().since == HELD.since
    assert after(outcome=PollOutcome.FAILED).since == NOW


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_jitter_is_added_and_at_most_a_tenth(jitter: float) -> None:
    plain, spread = gap(after()), gap(after(jitter=jitter))
    assert plain <= spread <= plain * 1.1
