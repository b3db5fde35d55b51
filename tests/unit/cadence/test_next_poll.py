"""When a source is polled next, and why then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from aggregator.cadence import Brought, Terms, after_push, next_poll
from aggregator.model import Binding, Every, Health, Hints, Outlet, PollOutcome, Rhythm, Schedule, Source, Vitals

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OUTLET = Outlet(id="andes-post", title="Andes Post", url="https://andes.example/")
SOURCE = Source(id="andes-post", outlet=OUTLET, url="https://andes.example/rss", public_url="https://andes.example/rss")


def rhythm(per_day: float, **known: Any) -> Rhythm:
    """Of a source watched for four weeks that brings so many articles a day, at any time alike."""
    counts: dict[str, Any] = {
        "articles": per_day * 29 - 1,
        "days": 28.0,
        "polls": 99,
        "latest": NOW - timedelta(hours=2),
    }
    return Rhythm(at=NOW - timedelta(hours=1), folded=NOW.date(), **(counts | known))


HELD = Schedule(
    source_id="andes-post",
    next_poll=NOW,
    first_document=False,
    last_success=NOW - timedelta(hours=1),
    rhythm=rhythm(16.0),
    health=Health.WELL,
    since=NOW - timedelta(days=3),
)
BUSY = replace(HELD, rhythm=rhythm(1e6))


def after(
    schedule: Schedule = HELD,
    *,
    source: Source = SOURCE,
    outcome: PollOutcome = PollOutcome.FRESH,
    hints: Hints = Hints(),  # noqa: B008  a value
    dates: Sequence[datetime | None] = (),
    entries: int = 0,
    status: int | None = None,
    now: datetime = NOW,
    **terms: Any,
) -> Schedule:
    return next_poll(
        source,
        schedule,
        outcome=outcome,
        hints=hints,
        now=now,
        brought=Brought(dates=dates, entries=entries) if entries or dates else None,
        terms=Terms(**({"few": timedelta(0)} | terms)),
        status=status,
    )


def binding(schedule: Schedule) -> Binding | None:
    return schedule.forecast.binding if schedule.forecast else None


def gap(schedule: Schedule) -> timedelta:
    return schedule.next_poll - NOW


def test_a_busier_source_is_polled_more_often_by_the_root_of_its_rate() -> None:
    calm = gap(after(replace(HELD, rhythm=rhythm(1.0))))
    busy = gap(after(replace(HELD, rhythm=rhythm(16.0))))
    assert 3.5 < calm / busy < 4.5


def test_the_dearer_a_poll_the_longer_we_wait_by_the_root_of_its_price() -> None:
    assert 1.8 < gap(after(price=12.0)) / gap(after(price=3.0)) < 2.2


def test_what_a_hub_tells_us_of_is_polled_for_safety() -> None:
    assert 3.2 < gap(after(pushed=12.0)) / gap(after()) < 3.8


def test_a_poll_for_safety_says_so() -> None:
    assert after(pushed=12.0).why.startswith("expects ")
    assert ", which its hub brings: polled for safety" in after(pushed=12.0).why
    assert "hub" not in after(pushed=1.0).why


def test_a_push_is_learned_and_moves_no_poll() -> None:
    pushed = after_push(HELD, dates=[NOW - timedelta(minutes=1), None], now=NOW)
    assert pushed.rhythm
    assert HELD.rhythm
    assert pushed.rhythm.articles == pytest.approx(HELD.rhythm.articles + 2, rel=0.01)
    assert (pushed.rhythm.polls, pushed.rhythm.at) == (HELD.rhythm.polls, NOW)
    assert replace(pushed, rhythm=None, articles_per_day=None) == replace(HELD, rhythm=None, articles_per_day=None)


def test_the_bounds_hold() -> None:
    assert gap(after(BUSY)) == SOURCE.every.min
    assert gap(after(replace(HELD, rhythm=rhythm(0.04)), price=1e4)) == SOURCE.every.max


def test_a_fixed_interval_switches_adapting_off() -> None:
    fixed = replace(SOURCE, every=Every(min=timedelta(minutes=30), max=timedelta(minutes=30)))
    done = after(BUSY, source=fixed)
    assert gap(done) == timedelta(minutes=30)
    assert done.why == "every 30 min, as configured"


def test_without_a_contact_we_come_at_most_hourly() -> None:
    done = after(BUSY, courteous=False)
    assert gap(done) == timedelta(hours=1)
    assert done.why.endswith(": at most every 60 min without a contact address")


def test_a_source_of_few_articles_rests_an_hour() -> None:
    assert gap(after(replace(HELD, rhythm=rhythm(5.0)), price=0.1, few=timedelta(hours=1))) == timedelta(hours=1)
    assert gap(after(replace(HELD, rhythm=rhythm(7.0)), price=0.1, few=timedelta(hours=1))) < timedelta(hours=1)


@pytest.mark.parametrize(("silent", "rest"), [(61, timedelta(days=1)), (181, timedelta(days=3))])
def test_a_silent_source_is_asked_daily_and_then_every_three_days(silent: int, rest: timedelta) -> None:
    done = after(replace(HELD, rhythm=rhythm(16.0, latest=NOW - timedelta(days=silent))))
    assert gap(done) == rest
    assert done.why.startswith("silent since 2")


def test_we_come_before_a_full_document_could_lose_anything() -> None:
    narrow = after(replace(HELD, rhythm=rhythm(48.0, window=2)), price=1e3)
    assert gap(narrow) <= timedelta(minutes=40)
    assert binding(narrow) is Binding.WINDOW
    assert narrow.why.endswith(": before half of the 2 entries that it shows are new")


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
    assert (failed.rhythm, failed.last_success) == (HELD.rhythm, HELD.last_success)


def test_what_a_source_brings_is_learned_and_forgotten() -> None:
    schedule, now = replace(HELD, rhythm=rhythm(4.0)), NOW
    for _ in range(24 * 60):
        now += timedelta(hours=1)
        schedule = after(schedule, dates=(now - timedelta(minutes=9), now - timedelta(minutes=5)), now=now)
    assert schedule.articles_per_day == pytest.approx(48, rel=0.25)
    for _ in range(24 * 60):
        now += timedelta(hours=1)
        schedule = after(schedule, outcome=PollOutcome.NOT_MODIFIED, now=now)
    assert schedule.articles_per_day == pytest.approx(48 / 5, rel=0.25)


def test_of_a_document_that_is_held_back_only_the_news_beside_it_is_learned() -> None:
    held = after(outcome=PollOutcome.HELD)
    assert (held.rhythm, held.articles_per_day) == (HELD.rhythm, after(outcome=PollOutcome.FAILED).articles_per_day)
    beside = after(outcome=PollOutcome.HELD, dates=(NOW - timedelta(minutes=5),) * 20)
    assert beside.articles_per_day is not None
    assert held.articles_per_day is not None
    assert beside.articles_per_day > held.articles_per_day
    assert beside.rhythm is not None
    assert HELD.rhythm is not None
    assert beside.rhythm.window == HELD.rhythm.window


def test_the_hours_in_which_news_comes_are_learned() -> None:
    schedule, now = replace(HELD, rhythm=rhythm(4.0)), NOW
    for hour in range(24 * 28):
        now = NOW + timedelta(hours=hour + 1)
        mornings = (now - timedelta(minutes=10),) * 4 if now.hour == 7 else ()
        schedule = after(schedule, dates=mornings, entries=20, now=now)
    morning = after(schedule, now=now.replace(hour=6, minute=30) + timedelta(days=1), price=30.0)
    assert morning.next_poll.time() == time(6, 55)
    assert "weekdays 6–7 h UTC" in morning.why
    evening = after(schedule, now=now.replace(hour=18) + timedelta(days=1), price=30.0)
    assert evening.next_poll - now.replace(hour=18) - timedelta(days=1) > timedelta(hours=3)


def test_a_first_document_tells_the_rate_by_its_dates() -> None:
    first = Schedule(source_id="andes-post", next_poll=NOW)
    known = after(first, dates=[NOW - timedelta(hours=hours) for hours in range(40)], entries=40)
    assert known.articles_per_day == pytest.approx(40 / (39 / 24), rel=0.5)
    pinned = after(first, dates=[NOW - timedelta(days=days) for days in (1, 2, 3000)], entries=3)
    assert pinned.articles_per_day == pytest.approx(2 / 28, abs=0.12)
    assert after(first, dates=[None] * 9, entries=9).articles_per_day == 1.0


def test_a_source_is_met_three_times_before_its_rhythm_counts() -> None:
    first = after(Schedule(source_id="andes-post", next_poll=NOW), dates=[NOW] * 9, entries=9)
    assert (gap(first), binding(first)) == (timedelta(minutes=30), Binding.START)
    assert first.why == "how often it brings news is not known yet: asked again after 30 min"
    second = after(replace(first, first_document=False), now=NOW + timedelta(minutes=30))
    assert second.next_poll == NOW + timedelta(minutes=90)
    third = after(second, now=NOW + timedelta(minutes=90))
    assert binding(third) is not Binding.START


def test_a_busy_day_brings_us_sooner() -> None:
    assert gap(after(dates=[NOW - timedelta(minutes=9)] * 12, entries=20)) < gap(after())


def test_the_explanation_is_a_sentence_that_names_what_decided() -> None:
    assert after().why == "expects 0.6 articles/h now (16 a day)"
    assert after(BUSY).why.endswith(": at most every 15 min")
    assert after(replace(HELD, rhythm=rhythm(0.04)), price=1e4).why.endswith(": at least every 24 h")
    assert after(outcome=PollOutcome.FAILED, status=404).why == "failed once: tried again after 60 min"
    asked = after(outcome=PollOutcome.FAILED, status=503, hints=Hints(retry_after=NOW + timedelta(hours=30)))
    assert asked.why == "the server asked to wait until 2026-06-02 18:00 UTC"
    early = after(hints=Hints(fresh_for=timedelta(minutes=2)))
    assert early.why == "expects 0.6 articles/h now (16 a day); the server allows 12:02"


def test_what_a_document_says_of_itself_counts_for_an_hour_and_is_remembered() -> None:
    daily = after(BUSY, dates=[NOW], entries=1, hints=Hints(ttl=timedelta(days=1)))
    assert (gap(daily), daily.why) == (timedelta(hours=1), "its ttl says 60 min")
    again = after(replace(daily, last_poll=NOW), outcome=PollOutcome.NOT_MODIFIED, now=NOW + timedelta(hours=1))
    assert again.why == "its ttl says 60 min"
    weekly = after(BUSY, dates=[NOW], entries=1, hints=Hints(update_interval=timedelta(days=7)))
    assert (gap(weekly), weekly.why) == (timedelta(hours=1), "it says that it changes every 60 min")


def test_hours_and_days_that_a_document_asks_to_skip_are_skipped() -> None:
    night = after(BUSY, dates=[NOW], entries=1, hints=Hints(skip_hours=frozenset(range(12, 18))))
    assert (night.next_poll, binding(night)) == (NOW.replace(hour=18), Binding.SKIPPED)
    assert night.why.endswith("; it asks to skip the hours before")
    monday = after(BUSY, dates=[NOW], entries=1, hints=Hints(skip_days=frozenset({NOW.weekday()})))
    assert monday.next_poll == NOW.replace(hour=0) + timedelta(days=1)
    never = Hints(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    assert gap(after(BUSY, dates=[NOW], entries=1, hints=never)) == SOURCE.every.min


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_jitter_is_added_and_at_most_a_tenth(jitter: float) -> None:
    plain, spread = gap(after()), gap(after(jitter=jitter))
    assert plain <= spread <= plain * 1.1
