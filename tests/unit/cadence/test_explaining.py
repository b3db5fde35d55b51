"""How much news the rhythm of a source explains."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import most_news
from aggregator.cadence.rhythm import new_rhythm
from aggregator.model import Rhythm, Schedule

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def schedule(*, a_day: float, ago: timedelta) -> Schedule:
    rhythm: Rhythm = replace(new_rhythm(NOW - ago), articles=a_day * 41 - 1, days=40.0)
    return Schedule(source_id="a", next_poll=NOW, rhythm=rhythm, last_poll=NOW - ago)


@pytest.mark.parametrize(
    ("a_day", "hours", "most"),
    [(0, 24, 4), (24, 1, 7), (24, 24, 42), (200, 0.25, 10), (200, 24, 246), (1, 1, 4)],
)
def test_it_is_what_was_to_be_expected_and_three_deviations_more(a_day: float, hours: float, most: int) -> None:
    assert most_news(schedule(a_day=a_day, ago=timedelta(hours=hours)), NOW) == pytest.approx(most, abs=1)


def test_a_source_that_we_know_nothing_of_may_bring_a_few() -> None:
    assert most_news(Schedule(source_id="a", next_poll=NOW), NOW) == 3


def test_a_clock_that_went_back_explains_no_more_than_always() -> None:
    assert most_news(schedule(a_day=1000, ago=-timedelta(days=3)), NOW) == 3
