"""How far a hub is trusted, for any history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence.trust import GRACE, PUSHED, broke_word, dearer, kept_word, missed
from aggregator.model.lease import FIRST_TRUST

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
trusts = st.floats(0, 1)
counts = st.integers(0, 500)
spans = st.timedeltas(timedelta(0), timedelta(days=60))


@given(st.lists(st.tuples(st.booleans(), counts)))
def test_trust_and_what_it_costs_keep_within_their_bounds(history: list[tuple[bool, int]]) -> None:
    trust = FIRST_TRUST
    for kept, count in history:
        trust = kept_word(trust, count) if kept else broke_word(trust, count)
        assert 0 <= trust <= 1
        assert 1 <= dearer(trust) <= PUSHED


@given(trusts, counts)
def test_what_is_missed_halves_trust_and_what_is_brought_never_lowers_it(trust: float, count: int) -> None:
    assert broke_word(trust, 1) == trust / 2
    assert broke_word(trust, count) <= trust <= kept_word(trust, count)
    assert kept_word(trust, 0) == broke_word(trust, 0) == trust


@given(trusts)
def test_trust_is_lost_faster_than_it_is_earned(trust: float) -> None:
    assert kept_word(broke_word(trust, 1), 1) <= trust or trust < 0.1


@given(trusts)
def test_four_misses_bring_a_source_back_to_the_ordinary_clock(trust: float) -> None:
    assert dearer(broke_word(trust, 4)) == 1


def test_a_hub_that_misses_every_second_article_counts_for_nothing_and_one_that_misses_none_for_all() -> None:
    trust = 1.0
    for _ in range(50):
        trust = broke_word(kept_word(trust, 1), 1)
    assert dearer(trust) == 1
    for _ in range(100):
        trust = kept_word(trust, 1)
    assert dearer(trust) > 11.8


def test_a_hub_that_misses_every_tenth_article_counts_for_a_third() -> None:
    trust = 1.0
    for _ in range(50):
        trust = broke_word(kept_word(trust, 9), 1)
    assert 0.2 < trust < 0.45


@given(st.lists(st.none() | spans.map(lambda span: NOW - span)), spans, st.none() | spans)
def test_no_more_is_missed_than_was_found(
    dates: list[datetime | None], held_for: timedelta, since: timedelta | None
) -> None:
    last = None if since is None else NOW - since
    count = missed(dates, verified=NOW - held_for, last_success=last, now=NOW)
    assert 0 <= count <= len(dates)
    assert count <= sum(date is None or date <= NOW - GRACE for date in dates)


@given(st.lists(st.none() | spans.map(lambda span: NOW - span)))
def test_a_lease_that_was_verified_just_now_missed_nothing(dates: list[datetime | None]) -> None:
    assert missed(dates, verified=NOW, last_success=NOW - timedelta(hours=1), now=NOW) == 0


def test_what_appeared_while_the_lease_held_should_have_been_pushed() -> None:
    def count(*dates: datetime | None, last: timedelta = timedelta(hours=2)) -> int:
        return missed(dates, verified=NOW - timedelta(days=1), last_success=NOW - last, now=NOW)

    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    assert count(NOW - hour) == 1
    assert count(NOW - minute) == 0, "it may be under way"
    assert count(NOW - timedelta(days=3)) == 1, "dated back, and yet not in the last document"
    assert count(NOW - timedelta(days=3), last=timedelta(days=2)) == 0, "there before the lease"
    assert count(NOW - hour, last=timedelta(days=2)) == 1, "dated since the lease"
    assert count(None) == 1
    assert count(None, last=minute) == count(None, last=timedelta(days=2)) == 0
    assert count(NOW + hour) == 1, "a clock that runs ahead"
