"""What servers said over several polls, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.etiquette.servers import (
    ACROSS_HOSTS,
    SIGHTINGS,
    WITHIN_A_HOST,
    after_failure,
    heeded,
    leaves_etag_out,
    refused,
    saw_move,
)
from aggregator.model import HostPenalty, Refusal, Schedule, Validators
from tests.making import source

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERALD = source("herald")
NEW = "https://herald.example/new"
FIRST = Schedule(source_id="herald", next_poll=NOW)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.sampled_from([NEW, "https://x.example/", None]), st.booleans()), max_size=60
    ),
    st.booleans(),
)
def test_no_address_is_adopted_before_its_sightings_and_its_time(
    polls: list[tuple[float, str | None, bool]], same_host: bool
) -> None:
    schedule, now, row = FIRST, NOW, list[tuple[datetime, str | None]]()
    for hours, to, overlaps in polls:
        now += timedelta(hours=hours)
        schedule = saw_move(HERALD, schedule, to=to, same_host=same_host, overlaps=overlaps, now=now)
        counted = to if overlaps else None
        row = [*row, (now, counted)] if row and row[-1][1] == counted else [(now, counted)]
        if schedule.moved_to is not None:
            assert schedule.moved_to == counted
            assert len(row) >= SIGHTINGS
            assert now - row[0][0] >= (WITHIN_A_HOST if same_host else ACROSS_HOSTS)
            return


def test_an_address_with_a_secret_is_never_left() -> None:
    secret, schedule = replace(HERALD, url="https://herald.example/rss?key=hush"), FIRST
    for day in range(30):
        schedule = saw_move(secret, schedule, to=NEW, same_host=True, overlaps=True, now=NOW + day * DAY)
    assert (schedule.move, schedule.moved_to) == (None, None)


def test_an_adopted_address_is_left_after_three_failures_in_a_row() -> None:
    moved = replace(FIRST, moved_to=NEW)
    assert after_failure(replace(moved, failures=2)).moved_to == NEW
    assert after_failure(replace(moved, failures=3)).moved_to is None


@given(st.lists(st.booleans(), max_size=12), st.sampled_from(['"1"', '"1-gzip"', None]))
def test_an_etag_is_left_out_only_when_it_is_spoilt_and_a_time_is_there(same: list[bool], etag: str | None) -> None:
    schedule = replace(FIRST, validators=Validators(etag=etag, last_modified="then"))
    for one in same:
        schedule = heeded(schedule, etag=etag, same_body=one)
    three = any(all(same[start : start + 3]) and len(same[start : start + 3]) == 3 for start in range(len(same)))
    assert leaves_etag_out(schedule) == (etag == '"1-gzip"' and three)
    without = replace(schedule, validators=replace(schedule.validators, last_modified=None))
    assert not leaves_etag_out(without)


def refusal(path: str, at: datetime, **changes: object) -> Refusal:
    plain = Refusal(host="herald.example", url=f"https://herald.example/{path}", at=at, limited=True)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_one_address_speaks_for_itself_and_two_within_a_day_for_their_host() -> None:
    one = refused(refused(None, refusal("a", NOW)), refusal("a", NOW + HOUR))
    assert one.paused_until is None
    both = refused(one, refusal("b", NOW + 2 * HOUR))
    assert (both.paused_until, both.pauses) == (NOW + 3 * HOUR, 1)
    assert refused(one, refusal("b", NOW + 2 * DAY)).paused_until is None, "that was yesterday"


def test_the_pause_doubles_with_those_who_come_back_too_early_not_with_those_who_asked_before() -> None:
    paused = refused(refused(None, refusal("a", NOW)), refusal("b", NOW))
    again = refused(paused, refusal("c", NOW + timedelta(minutes=1)))
    assert (again.paused_until, again.pauses) == (paused.paused_until, 1)
    later = refused(again, refusal("c", NOW + 2 * HOUR))
    assert (later.paused_until, later.pauses) == (NOW + 4 * HOUR, 2)


def test_a_time_that_the_server_says_is_kept_up_to_a_month() -> None:
    held = refused(None, refusal("a", NOW))
    assert refused(held, refusal("b", NOW, retry_after=NOW + 3 * DAY)).paused_until == NOW + 3 * DAY
    assert refused(held, refusal("b", NOW, retry_after=NOW + 900 * DAY)).paused_until == NOW + 31 * DAY


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), min_size=1, max_size=40))
def test_a_pause_is_never_longer_than_a_day_without_the_servers_word(asked: list[tuple[str, float]]) -> None:
    held: HostPenalty | None = None
    now = NOW
    for path, hours in asked:
        now += timedelta(hours=hours)
        held = refused(held, refusal(path, now))
        assert held.paused_until is None or held.paused_until <= now + DAY


def test_a_503_is_no_limit_but_a_limit_is_remembered() -> None:
    unavailable = refused(None, refusal("a", NOW, limited=False))
    assert not unavailable.limited
    assert refused(refused(unavailable, refusal("b", NOW)), refusal("c", NOW, limited=False)).limited
