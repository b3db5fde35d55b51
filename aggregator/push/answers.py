"""What a callback or a hub answered → what becomes of the subscription, the question or the ping. Pure.

Who fails is tried again after 1 minute, 5 and 30 minutes, 2, 6 and 12 hours: within a day. Then that edition is given up, and a
later one is tried once a day until the lease ends. What is delivered then holds all that changed since the last that arrived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.model import Intent, Mode, OutsideHub, Subscription

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
DAILY = timedelta(days=1)
# How often a callback that cannot be reached is asked whether it means it, and how long we wait before that.
_QUESTIONS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
# A hub that is down is tried for as long as there is something to tell it.
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer: its `status` and the start of its `body`; or none, and why, as an `error` without addresses. `retry_after`
    are the seconds that it asks us to wait."""

    status: int | None = None
    body: bytes = b""
    error: str = ""
    retry_after: int | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def why(self) -> str:
        """What was wrong, in a clause."""
        return self.error or f"answered {self.status}"


def after_delivery(held: Subscription, edition: str, heard: Heard, now: datetime) -> Subscription | None:
    """The subscription after an edition (its entity tag) was sent; None where it is over (WebSub §7: 410)."""
    if heard.status == HTTPStatus.GONE:
        return None
    if heard.taken:
        return replace(held, told=edition, told_at=now, due=now, skipped="", failures=0, failing_since=None, error="")
    failed = replace(
        held, failures=held.failures + 1, failing_since=held.failing_since or now, error=heard.why, due=now + DAILY
    )
    if held.failures >= len(BACKOFF):
        return replace(failed, skipped=edition)
    asked = timedelta(seconds=min(heard.retry_after or 0, DAILY.total_seconds()))
    return replace(failed, due=now + max(BACKOFF[held.failures], asked))


def given_up(held: Subscription) -> bool:
    """Whether an edition was given up."""
    return held.failures > len(BACKOFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The callback means it: the subscription begins, goes on by these terms, or ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """The callback could not be reached: it is asked again then."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The callback did not confirm: nothing comes of it. `reason` is told to the callback, unless it is empty."""

    reason: str = ""


def after_question(intent: Intent, challenge: str, heard: Heard, now: datetime) -> Confirmed | AskAgain | Refused:
    """What becomes of an intent once its callback was asked, with this challenge, or told (WebSub §5.2, §5.3)."""
    if heard.status is None and intent.attempts < len(_QUESTIONS):
        return AskAgain(at=now + _QUESTIONS[intent.attempts])
    if intent.mode is Mode.DENIED or heard.status is None:
        return Refused()
    if heard.taken and heard.body == challenge.encode():
        return Confirmed()
    if intent.mode is Mode.UNSUBSCRIBE:
        return Refused()
    said = "another body than hub.challenge" if heard.taken else f"status {heard.status}"
    return Refused(reason=f"the callback did not confirm: it answered {said}")


def after_ping(held: OutsideHub, heard: Heard, now: datetime) -> OutsideHub:
    """How somebody else's hub is after it was told of a change."""
    if heard.taken:
        return replace(held, told=now, due=now, failures=0, since=None, error="")
    if not is_down(heard):
        return held
    pause = BACKOFF[min(held.failures, len(BACKOFF) - 1)]
    asked = timedelta(seconds=heard.retry_after or 0)
    return replace(
        held,
        failures=held.failures + 1,
        since=held.since or now,
        error=heard.why,
        due=now + min(max(pause, asked), LONGEST_PAUSE),
    )


def is_down(heard: Heard) -> bool:
    """Whether a hub's answer is about itself and not about the topic: to tell it again later can help."""
    status = heard.status
    waits = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in waits
