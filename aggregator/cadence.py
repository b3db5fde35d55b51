"""What a source does and says → when to poll it next, and why then."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model import Hints, PollOutcome, Schedule, Source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Caps on what servers may ask for: misconfigured caches say years (fetching rule 14).
LONGEST_FRESHNESS = DAY
LONGEST_RETRY_AFTER = timedelta(days=31)
LONGEST_JITTER = timedelta(minutes=10)
# After a month of failures a source is asked once a week (fetching rule 25).
DORMANT_AFTER, DORMANT = timedelta(days=30), timedelta(days=7)
# √ of the rate, so that equal polls bring the least delay (τ ∝ 1/√λ): a source of 16 articles a day comes every 45 minutes.
_MINUTES_AT_ONE_A_DAY = 180.0
# What we suppose of a source whose rate was never measured, and how long what was measured counts (its half-life).
_USUAL_RATE = 4.0
_MEMORY = timedelta(days=3)
_TOO_MANY, _UNAVAILABLE = 429, 503


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
    status: int | None = None,
) -> Schedule:
    """The schedule after a poll that ended at `now` with `outcome` and `new` articles.

    `jitter` in 0…1 is how much of the spread is added; without `courteous` (no contact address) we come at most hourly.
    `status` is the answer's, None where there was none: it says how patient to be after a failure.
    """
    failed = outcome.failed
    failures = schedule.failures + 1 if failed else 0
    rate = schedule.articles_per_day if failed else _rate(schedule, new, now)
    policy, why = _usual(source, rate, courteous=courteous)
    if failed:
        policy, why = _back_off(policy, failures, status=status, failing_for=_failing_for(schedule, now))
    bounds = [_Bound(now + policy, why), *_asked(hints, now)]
    winner = max(bounds, key=lambda bound: bound.at)
    spread = min(policy * 0.1, LONGEST_JITTER) * jitter
    retry_after = min(hints.retry_after, now + LONGEST_RETRY_AFTER) if hints.retry_after else None
    return replace(
        schedule,
        next_poll=winner.at + spread,
        why=winner.why,
        # By hand (`poll --all`) we may come sooner than the schedule says, but never sooner than the server does.
        not_before=max(filter(None, (schedule.not_before, retry_after)), default=None),
        retry_after=retry_after,
        last_poll=now,
        last_success=schedule.last_success if failed else now,
        failures=failures,
        interval_seconds=policy.total_seconds(),
        articles_per_day=rate,
    )


def _usual(source: Source, rate: float | None, *, courteous: bool) -> tuple[timedelta, str]:
    """How long a source that is well rests between two polls."""
    least = source.every.min if courteous else max(source.every.min, HOUR)
    if source.every.fixed:
        return least, f"every {_words(least)}, as configured"
    if rate is None:
        return max(least, min(source.every.max, HOUR)), "how often it brings news is not known yet"
    wanted = timedelta(minutes=_MINUTES_AT_ONE_A_DAY / math.sqrt(max(rate, 0.01)))
    bounded = max(least, min(source.every.max, wanted))
    bound = "at most " if wanted < bounded else "at least " if wanted > bounded else ""
    return bounded, f"about {rate:.1f} articles a day: {bound}every {_words(bounded)}"


def _back_off(usual: timedelta, failures: int, *, status: int | None, failing_for: timedelta) -> tuple[timedelta, str]:
    """Doubling from the first failure on: the server's trouble passes sooner than a page that is not there or no feed."""
    if status in (_TOO_MANY, _UNAVAILABLE):
        first, longest = max(HOUR, usual), DAY
    elif status is not None and status < 500:
        first, longest = max(HOUR, usual), timedelta(days=7)
    else:
        first, longest = max(HOUR / 4, usual), DAY
    pause = min(first * 2 ** min(failures - 1, 16), max(longest, usual))
    if failing_for >= DORMANT_AFTER:
        pause = max(pause, DORMANT)
    times = "once" if failures == 1 else f"{failures} times in a row"
    return pause, f"failed {times}: tried again after {_words(pause)}"


def _failing_for(schedule: Schedule, now: datetime) -> timedelta:
    failing = schedule.vitals.failing_since
    return now - failing if failing else timedelta(0)


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
    """Articles a day: a mean that forgets. A first document says nothing of the rate: it holds weeks at once."""
    if schedule.first_document or schedule.last_success is None:
        return schedule.articles_per_day
    gap = max(now - schedule.last_success, timedelta(seconds=1))
    kept = 0.5 ** (gap / _MEMORY)
    # What came in a gap of minutes moves the mean by little, in a gap of days by much.
    before = _USUAL_RATE if schedule.articles_per_day is None else schedule.articles_per_day
    return float(before * kept + new / (gap / DAY) * (1 - kept))


def _words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 2 * 24 * 60:
        return f"{minutes / 60:.1f} h".replace(".0 h", " h")
    return f"{minutes / 60 / 24:.1f} days".replace(".0 d", " d")
