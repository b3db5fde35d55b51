"""What a source does and says → when to poll it next, and why then."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model import Health, Hints, PollOutcome, Schedule, Source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Caps on what servers may ask for: misconfigured caches say years (fetching rule 14).
LONGEST_FRESHNESS = DAY
LONGEST_RETRY_AFTER = timedelta(days=31)
LONGEST_BACKOFF = DAY
LONGEST_JITTER = timedelta(minutes=10)
# √ of the rate, so that equal polls bring the least delay (τ ∝ 1/√λ): a source of 16 articles a day comes every 45 minutes.
_MINUTES_AT_ONE_A_DAY = 180.0
_MEMORY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A lower bound for the next poll, with the words that explain it."""

    at: datetime
    why: str


def next_poll(
    source: Source,
    schedule: Schedule,
    *,
    outcome: PollOutcome,
    hints: Hints,
    now: datetime,
    new: int,
    jitter: float,
    courteous: bool,
) -> Schedule:
    """The schedule after a poll that ended at `now` with `outcome` and `new` articles.

    `jitter` in 0…1 is how much of the spread is added; without `courteous` (no contact address) we come at most hourly.
    """
    failed = outcome in (PollOutcome.FAILED, PollOutcome.GONE)
    failures = schedule.failures + 1 if failed else 0
    rate = schedule.articles_per_day if failed else _rate(schedule, new, now)
    policy, why = _policy(source, failures=failures, rate=rate, courteous=courteous)
    bounds = [_Bound(now + policy, why), *_asked(hints, now)]
    winner = max(bounds, key=lambda bound: bound.at)
    spread = min(policy * 0.1, LONGEST_JITTER) * jitter
    health = _health(outcome)
    retry_after = min(hints.retry_after, now + LONGEST_RETRY_AFTER) if hints.retry_after else None
    return replace(
        schedule,
        next_poll=winner.at + spread,
        why=winner.why,
        not_before=winner.at,
        retry_after=retry_after,
        last_poll=now,
        last_success=schedule.last_success if failed else now,
        failures=failures,
        health=health,
        since=schedule.since if health is schedule.health and schedule.since else now,
        interval_seconds=policy.total_seconds(),
        articles_per_day=rate,
    )


def _policy(source: Source, *, failures: int, rate: float | None, courteous: bool) -> tuple[timedelta, str]:
    least = source.every.min if courteous else max(source.every.min, HOUR)
    if failures:
        pause = min(max(least, HOUR / 4) * 2 ** min(failures - 1, 16), max(LONGEST_BACKOFF, least))
        return pause, f"failed {failures} times in a row" if failures > 1 else "failed once"
    if source.every.fixed:
        return least, f"every {_words(least)}, as configured"
    wanted = timedelta(minutes=_MINUTES_AT_ONE_A_DAY / math.sqrt(max(rate or 1.0, 0.01)))
    bounded = max(least, min(source.every.max, wanted))
    return bounded, f"about {rate or 0:.1f} articles a day: every {_words(bounded)}"


def _asked(hints: Hints, now: datetime) -> list[_Bound]:
    """What the server asked for: lower bounds alone."""
    bounds = []
    if hints.fresh_for is not None:
        fresh = min(hints.fresh_for, LONGEST_FRESHNESS)
        bounds.append(_Bound(now + fresh, f"the server says it is fresh for {_words(fresh)}"))
    if hints.retry_after is not None:
        until = min(hints.retry_after, now + LONGEST_RETRY_AFTER)
        bounds.append(_Bound(until, f"the server asked to wait until {until:%Y-%m-%d %H:%M} UTC"))
    return bounds


def _rate(schedule: Schedule, new: int, now: datetime) -> float | None:
    """Articles a day: a mean that forgets with a half-life of two weeks. A first document says nothing of the rate."""
    if schedule.first_document or schedule.last_success is None:
        return schedule.articles_per_day
    gap = max(now - schedule.last_success, timedelta(seconds=1))
    keep = 0.5 ** (gap / _MEMORY)
    # Over a long memory of T days the mean moves by new/T; short gaps move it little.
    weight = 1 - keep
    seen = new / (gap / DAY)
    before = schedule.articles_per_day if schedule.articles_per_day is not None else seen
    return float(before * keep + seen * weight)


def _health(outcome: PollOutcome) -> Health:
    if outcome is PollOutcome.GONE:
        return Health.GONE
    if outcome is PollOutcome.FAILED:
        return Health.FAILING
    return Health.PARTIAL if outcome is PollOutcome.PARTIAL else Health.WELL


def _words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.1f} h".replace(".0 h", " h")
