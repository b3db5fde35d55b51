"""Where to look for work: lately, and now and then everywhere."""

from __future__ import annotations

from datetime import timedelta

from aggregator.lasting import Glances
from tests.making import NOW

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_a_look_goes_everywhere_once_a_minute_and_minutes_back_in_between() -> None:
    glances = Glances()
    everywhere = [number for number in range(130) if glances.since(NOW + number * SECOND) is None]
    assert everywhere == [0, 60, 120]
    since = glances.since(NOW + 130 * SECOND)
    assert since is not None
    assert since <= NOW


def test_what_was_left_over_is_looked_for_everywhere_at_once() -> None:
    glances = Glances()
    assert glances.since(NOW) is None
    assert glances.since(NOW + SECOND) is not None
    glances.again()
    assert glances.since(NOW + 2 * SECOND) is None


def test_a_clock_that_was_put_back_hides_nothing() -> None:
    glances = Glances()
    assert glances.since(NOW) is None
    assert glances.since(NOW - MINUTE) is None
