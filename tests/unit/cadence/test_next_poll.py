"""When a source is polled next, and why then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import next_poll
from aggregator.model import Every, Health, Hints, Outlet, PollOutcome, Schedule, Source, Vitals

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
    status: int | None = None,
    now: datetime = NOW,
) -> Schedule:
    return next_poll(
        source,
        schedule,
        outcome=outcome,
        hints=hints,
        now=now,
        new=new,
        jitter=jitter,
        courteous=courteous,
        status=status,
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


def test_only_the_server_and_the_claim_hold_back_a_poll_by_hand() -> None:
    claimed = replace(HELD, not_before=NOW + timedelta(minutes=5))
    assert after(claimed, outcome=PollOutcome.FAILED, status=404).not_before == claimed.not_before
    asked = after(claimed, outcome=PollOutcome.FAILED, hints=Hints(retry_after=NOW + timedelta(days=3)))
    assert asked.not_before == NOW + timedelta(days=3)
    assert after(hints=Hints(fresh_for=timedelta(hours=5))).not_before is None


def back_offs(schedule: Schedule, status: int | None, *, source: Source = SOURCE) -> list[timedelta]:
    """The pauses after a dozen failures one after the other."""
    gaps = []
    for _ in range(12):
        schedule = after(schedule, source=source, outcome=PollOutcome.FAILED, status=status)
        gaps.append(gap(schedule))
    return gaps


BUSY = replace(HELD, articles_per_day=1e6)


@pytest.mark.parametrize(
    ("status", "first", "longest"),
    [
        (None, timedelta(minutes=15), timedelta(days=1)),
        (502, timedelta(minutes=15), timedelta(days=1)),
        (429, timedelta(hours=1), timedelta(days=1)),
        (503, timedelta(hours=1), timedelta(days=1)),
        (404, timedelta(hours=1), timedelta(days=7)),
        (403, timedelta(hours=1), timedelta(days=7)),
        (200, timedelta(hours=1), timedelta(days=7)),
    ],
)
def test_failures_back_off_by_doubling_up_to_a_limit(status: int | None, first: timedelta, longest: timedelta) -> None:
    gaps = back_offs(BUSY, status)
    assert gaps[:4] == [first, first * 2, first * 4, first * 8]
    assert gaps[-1] == longest


def test_a_failure_never_brings_the_next_poll_forward() -> None:
    rare = replace(SOURCE, every=Every(min=timedelta(hours=6), max=timedelta(hours=6)))
    assert back_offs(HELD, None, source=rare)[:2] == [timedelta(hours=6), timedelta(hours=12)]
    monthly = replace(SOURCE, every=Every(min=timedelta(days=30), max=timedelta(days=30)))
    assert back_offs(HELD, None, source=monthly)[-1] == timedelta(days=30)


def test_after_a_month_of_failures_a_source_is_asked_once_a_week() -> None:
    broken = replace(HELD, vitals=Vitals(failing_since=NOW - timedelta(days=31)), failures=40)
    assert gap(after(broken, outcome=PollOutcome.FAILED)) == timedelta(days=7)


def test_one_success_forgets_all_failures() -> None:
    well = after(replace(HELD, failures=9), outcome=PollOutcome.NOT_MODIFIED)
    assert (well.failures, gap(well)) == (0, gap(after()))


def test_a_failure_keeps_what_was_learned() -> None:
    failed = after(outcome=PollOutcome.FAILED)
    assert (failed.articles_per_day, failed.last_success) == (HELD.articles_per_day, HELD.last_success)


def test_what_a_source_brings_is_learned_and_forgotten() -> None:
    schedule, now = replace(HELD, articles_per_day=None, last_success=NOW), NOW
    for _ in range(24 * 10):
        now += timedelta(hours=1)
        schedule = after(schedule, new=2, now=now)
    assert schedule.articles_per_day == pytest.approx(48, rel=0.15)
    for _ in range(24 * 10):
        now += timedelta(hours=1)
        schedule = after(schedule, outcome=PollOutcome.NOT_MODIFIED, now=now)
    assert schedule.articles_per_day == pytest.approx(48 * 0.1, rel=0.15)


def test_two_polls_within_minutes_teach_little() -> None:
    soon = replace(HELD, articles_per_day=None, last_success=NOW - timedelta(minutes=5))
    assert after(soon, new=3).articles_per_day == pytest.approx(4, abs=1)


def test_a_first_document_says_nothing_of_the_rate() -> None:
    first = after(Schedule(source_id="andes-post", next_poll=NOW), new=40)
    assert first.articles_per_day is None
    assert (gap(first), first.why) == (timedelta(hours=1), "how often it brings news is not known yet")


def test_the_explanation_is_a_sentence_that_names_what_decided() -> None:
    assert after(replace(HELD, articles_per_day=16.0)).why == "about 15.8 articles a day: every 45 min"
    assert after(BUSY).why.endswith(": at most every 15 min")
    assert after(replace(HELD, articles_per_day=0.0)).why.endswith(": at least every 24 h")
    assert after(outcome=PollOutcome.FAILED, status=404).why == "failed once: tried again after 60 min"
    asked = after(outcome=PollOutcome.FAILED, status=503, hints=Hints(retry_after=NOW + timedelta(hours=30)))
    assert asked.why == "the server asked to wait until 2026-06-02 18:00 UTC"


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_jitter_is_added_and_at_most_a_tenth(jitter: float) -> None:
    plain, spread = gap(after()), gap(after(jitter=jitter))
    assert plain <= spread <= plain * 1.1
