"""What becomes of subscriptions, questions and hubs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import ChannelKind, Intent, Mode, OutsideHub, Subscription, Topic
from aggregator.push.answers import (
    BACKOFF,
    DAILY,
    AskAgain,
    Confirmed,
    Heard,
    Refused,
    after_delivery,
    after_ping,
    after_question,
    given_up,
    is_down,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPIC = Topic(kind=ChannelKind.SECTION, slug="peru", format="atom")
HELD = Subscription(
    topic=TOPIC, callback="https://reader.example/cb", since=NOW, until=NOW + timedelta(days=10), told="one", due=NOW
)
ASKED = Intent(mode=Mode.SUBSCRIBE, topic=TOPIC, callback="https://reader.example/cb", asked=NOW)

heard = st.builds(
    Heard,
    status=st.none() | st.integers(100, 599),
    error=st.sampled_from(["", "no connection"]),
    retry_after=st.none() | st.integers(0, 10**8),
)


def test_tries_end_within_a_day() -> None:
    assert sum(BACKOFF, timedelta(0)) <= timedelta(days=1)
    assert BACKOFF[:4] == tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))


@settings(deadline=None)
@given(st.lists(heard, max_size=30))
def test_whatever_a_callback_answers_a_subscription_waits_forgets_nothing_and_is_over_only_by_410(
    answers: list[Heard],
) -> None:
    held, now, told = HELD, NOW, "one"
    for number, answer in enumerate(answers):
        after = after_delivery(held, f"edition {number}", answer, now)
        if after is None:
            assert answer.status == 410
            return
        assert answer.status != 410
        told = f"edition {number}" if answer.taken else told
        assert after.told == told
        assert (after.failures == 0) == answer.taken == (after.failing_since is None)
        assert now <= after.due <= now + DAILY
        assert (after.skipped == f"edition {number}") == given_up(after)
        held, now = after, after.due


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Heard(status=200, body=b"challenge"), Confirmed()),
        (Heard(status=299, body=b"challenge"), Confirmed()),
        (Heard(status=301, body=b"challenge"), Refused(reason="the callback did not confirm: it answered status 301")),
        (Heard(status=404), Refused(reason="the callback did not confirm: it answered status 404")),
        (
            Heard(status=200, body=b"challenge "),
            Refused(reason="the callback did not confirm: it answered another body than hub.challenge"),
        ),
        (Heard(error="no connection"), AskAgain(at=NOW + timedelta(seconds=10))),
    ],
)
def test_a_callback_confirms_by_2xx_and_exactly_the_challenge(
    answer: Heard, outcome: Confirmed | AskAgain | Refused
) -> None:
    assert after_question(ASKED, "challenge", answer, NOW) == outcome


@settings(deadline=None)
@given(heard, st.sampled_from(Mode), st.integers(0, 9))
def test_a_question_comes_to_an_end(answer: Heard, mode: Mode, attempts: int) -> None:
    intent = Intent(mode=mode, topic=TOPIC, callback="https://r.example/", asked=NOW, attempts=attempts)
    outcome = after_question(intent, "challenge", answer, NOW)
    if isinstance(outcome, AskAgain):
        assert answer.status is None
        assert attempts < 3
    if isinstance(outcome, Confirmed):
        assert mode is not Mode.DENIED
        assert answer.body == b"challenge"


@settings(deadline=None)
@given(st.lists(heard, max_size=20))
def test_a_hub_that_is_down_is_tried_at_least_every_six_hours_and_never_within_a_minute(answers: list[Heard]) -> None:
    held, now = OutsideHub(url="https://hub.example/", due=NOW), NOW
    for answer in answers:
        held = after_ping(held, answer, now)
        assert (held.failures > 0) >= (is_down(answer) and not answer.taken)
        if is_down(answer) and not answer.taken:
            assert timedelta(minutes=1) <= held.due - now <= timedelta(hours=6)
        now = max(now, held.due)
