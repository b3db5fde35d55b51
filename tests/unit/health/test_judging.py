"""How a source is, since when, and why we think so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.errors import Trouble
from aggregator.health.judging import advice, is_problem, judge, judge_push, meaning
from aggregator.model import Health, Poll, PollOutcome, Request, Schedule, Vitals

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WELL = Schedule(
    source_id="herald",
    next_poll=NOW,
    health=Health.WELL,
    since=NOW - 20 * DAY,
    vitals=Vitals(
        seconds=0.5,
        last_news=NOW - timedelta(hours=3),
        longest_silence=timedelta(hours=14),
        watched_since=NOW - 20 * DAY,
    ),
)


def polled(outcome: PollOutcome, *, at: datetime = NOW, seconds: float = 0.4, **changes: Any) -> Poll:
    requests = (Request(host="herald.example", seconds=seconds),)
    return Poll(source_id="herald", started=at, finished=at, outcome=outcome, requests=requests, **changes)


def after(before: Schedule, poll: Poll, **shown: Any) -> Schedule:
    return judge(before, before, poll, **shown)


def failed(trouble: Trouble, error: str = "no answer", *, at: datetime = NOW) -> Poll:
    return polled(PollOutcome.FAILED, at=at, trouble=trouble, error=error)


@pytest.mark.parametrize(
    ("trouble", "health"),
    [
        (Trouble.UNREACHABLE, Health.FAILING),
        (Trouble.INSECURE, Health.FAILING),
        (Trouble.LATE, Health.FAILING),
        (Trouble.BROKEN, Health.FAILING),
        (Trouble.STATUS, Health.FAILING),
        (Trouble.NO_FEED, Health.FAILING),
        (Trouble.FORBIDDEN, Health.FAILING),
        (Trouble.BLOCKED, Health.BLOCKED),
        (Trouble.HTML, Health.HTML),
        (Trouble.EMPTY, Health.EMPTY),
    ],
)
def test_what_went_wrong_has_a_word_and_its_error_is_the_evidence(trouble: Trouble, health: Health) -> None:
    done = after(WELL, failed(trouble, "so it was"))
    assert (done.health, done.evidence, done.since) == (health, "so it was", NOW)


def test_every_word_says_what_it_means_and_what_to_do() -> None:
    for health in Health:
        assert meaning(health)
        assert advice(health).endswith(".")
    assert {health for health in Health if not is_problem(health)} == {Health.NEW, Health.WELL, Health.DISABLED}


def test_since_is_when_the_word_began() -> None:
    first = after(WELL, failed(Trouble.STATUS))
    second = after(first, failed(Trouble.INSECURE, "no secure connection (TLS)", at=NOW + DAY))
    assert (second.health, second.since, second.evidence) == (Health.FAILING, NOW, "no secure connection (TLS)")
    assert after(WELL, polled(PollOutcome.NOT_MODIFIED)).since == WELL.since


def test_a_month_of_failures_of_any_kind_is_dormant() -> None:
    schedule = after(WELL, failed(Trouble.STATUS))
    for day in range(1, 31):
        assert schedule.health is not Health.DORMANT
        schedule = after(schedule, failed((Trouble.BLOCKED, Trouble.HTML)[day % 2], at=NOW + day * DAY))
    assert (schedule.health, schedule.since) == (Health.DORMANT, NOW + 30 * DAY)
    well = after(schedule, polled(PollOutcome.FRESH, at=NOW + 31 * DAY, entries=3))
    assert (well.health, well.vitals.failing_since) == (Health.WELL, None)


def test_gone_is_gone() -> None:
    assert after(WELL, polled(PollOutcome.GONE, error="HTTP 410 Gone")).health is Health.GONE


def test_a_document_that_broke_off_is_partial() -> None:
    done = after(WELL, polled(PollOutcome.PARTIAL, entries=2, error="the document broke off in line 7"))
    assert (done.health, done.evidence) == (Health.PARTIAL, "the document broke off in line 7")


def test_a_feed_without_entries_is_empty_until_it_has_some() -> None:
    empty = after(WELL, polled(PollOutcome.FRESH))
    assert empty.health is Health.EMPTY
    assert after(empty, polled(PollOutcome.NOT_MODIFIED)).health is Health.EMPTY
    assert after(empty, polled(PollOutcome.FRESH, entries=1)).health is Health.WELL


def test_a_note_on_a_document_is_the_evidence_until_the_next_one() -> None:
    empty = after(WELL, polled(PollOutcome.FRESH), note="every entry in it (6) was dropped")
    assert (empty.health, empty.evidence) == (Health.EMPTY, "every entry in it (6) was dropped")
    noted = after(WELL, polled(PollOutcome.FRESH, entries=2_000), note="only the first 2,000 are read")
    for schedule in (empty, noted):
        same = after(schedule, polled(PollOutcome.NOT_MODIFIED))
        assert (same.health, same.evidence) == (schedule.health, schedule.evidence)
        well = after(same, polled(PollOutcome.FRESH, entries=3))
        assert (well.health, well.evidence) == (Health.WELL, "")
    assert (noted.health, noted.since) == (Health.WELL, WELL.since)


@pytest.mark.parametrize("outcome", [PollOutcome.FRESH, PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY])
def test_a_source_that_redirects_for_good_has_moved(outcome: PollOutcome) -> None:
    done = after(WELL, polled(outcome, entries=3), moved_to="https://herald.example/feed")
    assert (done.health, done.evidence) == (Health.MOVED, "it redirects to https://herald.example/feed for good")


def test_a_source_that_is_asked_at_its_new_address_has_moved_until_the_configuration_says_so() -> None:
    moved = after(replace(WELL, moved_to="https://herald.example/feed"), polled(PollOutcome.FRESH, entries=3))
    assert (moved.health, moved.since) == (Health.MOVED, NOW)
    assert moved.evidence == "it is asked at https://herald.example/feed, where it used to redirect"
    assert after(replace(moved, moved_to=None), polled(PollOutcome.NOT_MODIFIED)).health is Health.WELL
    assert after(moved, failed(Trouble.LATE, "timed out")).health is Health.FAILING, "that matters more"


def test_answers_near_the_limit_are_slow_and_one_slow_answer_is_not() -> None:
    once = after(WELL, polled(PollOutcome.NOT_MODIFIED, seconds=25.0))
    assert once.health is Health.WELL
    schedule = WELL
    for _ in range(4):
        schedule = after(schedule, polled(PollOutcome.NOT_MODIFIED, seconds=18.0))
    assert (schedule.health, schedule.evidence) == (Health.SLOW, "its answers take longer than 10 s in the mean")
    for _ in range(4):
        schedule = after(schedule, polled(PollOutcome.NOT_MODIFIED, seconds=0.3))
    assert schedule.health is Health.WELL


def test_a_source_that_answers_between_timeouts_is_slow() -> None:
    late = after(WELL, failed(Trouble.LATE, "timed out after 60 s"))
    assert late.health is Health.FAILING
    assert after(late, polled(PollOutcome.FRESH, entries=3)).health is Health.SLOW


def test_a_source_is_stale_when_silent_beyond_its_rhythm_and_never_over_a_weekend() -> None:
    def silent(time: timedelta) -> Schedule:
        return after(WELL, polled(PollOutcome.NOT_MODIFIED, at=NOW + time))

    assert silent(timedelta(hours=44)).health is Health.WELL
    stale = silent(timedelta(hours=46))
    assert stale.health is Health.STALE
    assert stale.evidence == "nothing new since 2026-06-01 09:00 UTC; it used to be silent for 14 h at the longest"
    assert after(stale, polled(PollOutcome.NOT_MODIFIED, at=NOW + 9 * DAY)).evidence == stale.evidence


def test_a_weekly_source_may_be_silent_for_weeks() -> None:
    weekly = replace(WELL, vitals=replace(WELL.vitals, longest_silence=7 * DAY))
    assert after(weekly, polled(PollOutcome.NOT_MODIFIED, at=NOW + 20 * DAY)).health is Health.WELL
    assert after(weekly, polled(PollOutcome.NOT_MODIFIED, at=NOW + 22 * DAY)).health is Health.STALE


def test_what_we_did_not_watch_is_not_called_silence() -> None:
    new = Schedule(source_id="herald", next_poll=NOW)
    dates = [NOW - (400 + day) * DAY for day in range(20)]
    first = after(new, polled(PollOutcome.FRESH, entries=20, new=20), published=dates)
    assert (first.health, first.vitals.watched_since, first.vitals.last_news) == (Health.WELL, NOW, dates[0])
    assert after(first, polled(PollOutcome.NOT_MODIFIED, at=NOW + DAY)).health is Health.WELL
    assert after(first, polled(PollOutcome.NOT_MODIFIED, at=NOW + 4 * DAY)).health is Health.STALE


def test_the_rhythm_is_learned_from_the_dates_of_the_first_document_but_not_from_its_tail() -> None:
    new = Schedule(source_id="herald", next_poll=NOW)
    dates = [*(NOW - timedelta(hours=5 * n) for n in range(20)), NOW - 900 * DAY]
    first = after(new, polled(PollOutcome.FRESH, entries=21, new=21), published=dates)
    assert first.vitals.longest_silence == timedelta(hours=5)


def test_the_longest_silence_is_learned_and_forgotten() -> None:
    longer = after(WELL, polled(PollOutcome.FRESH, entries=9, new=1, at=NOW + DAY), published=[NOW + DAY])
    assert longer.vitals.longest_silence == timedelta(hours=27)
    schedule = longer
    for hour in range(24 * 60):
        at = NOW + DAY + timedelta(hours=hour)
        schedule = after(schedule, polled(PollOutcome.FRESH, entries=9, new=1, at=at), published=[at])
    assert schedule.vitals.longest_silence is not None
    assert timedelta(hours=12) < schedule.vitals.longest_silence < timedelta(hours=15)


def test_dates_of_the_future_are_no_news_yet() -> None:
    done = after(WELL, polled(PollOutcome.FRESH, entries=1), published=[NOW + 40 * DAY])
    assert done.vitals.last_news == WELL.vitals.last_news


def test_a_source_that_is_held_stays_so_until_a_document_of_it_is_stored() -> None:
    held = after(WELL, polled(PollOutcome.HELD, error="212 articles older than its history"))
    assert (held.health, held.evidence) == (Health.HELD, "212 articles older than its history")
    for poll in (polled(PollOutcome.NOT_MODIFIED), polled(PollOutcome.SAME_BODY), failed(Trouble.STATUS)):
        assert after(held, poll).health is Health.HELD
        assert after(held, poll).evidence == held.evidence
    assert after(held, polled(PollOutcome.FRESH, entries=3)).health is Health.WELL


def test_a_push_breaks_a_silence_and_says_nothing_of_how_a_source_answers() -> None:
    day = timedelta(days=1)
    vitals = Vitals(last_news=NOW - 40 * day, watched_since=NOW - 90 * day, seconds=3.0, failing_since=NOW - day)
    push = Poll(source_id="herald", started=NOW, finished=NOW, outcome=PollOutcome.PUSHED, new=1)

    def pushed(health: Health) -> Schedule:
        before = Schedule(
            source_id="herald", next_poll=NOW, health=health, since=NOW - day, evidence="x", vitals=vitals
        )
        return judge_push(before, before, push, published=[NOW - timedelta(minutes=2)])

    stale = pushed(Health.STALE)
    assert (stale.health, stale.since, stale.evidence) == (Health.WELL, NOW, "")
    assert stale.vitals.last_news == NOW - timedelta(minutes=2)
    for health in (Health.FAILING, Health.BLOCKED, Health.HELD, Health.SLOW, Health.WELL):
        after = pushed(health)
        assert (after.health, after.since, after.evidence) == (health, NOW - day, "x")
        assert (after.vitals.seconds, after.vitals.failing_since) == (3.0, NOW - day)
