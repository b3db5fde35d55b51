"""What a source does and says → when to poll it next, and why then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.cadence.backoff import back_off
from aggregator.cadence.bounds import HOUR, LONGEST_RETRY_AFTER, START, Asked, after_skipped, asked, own_bounds
from aggregator.cadence.intensity import intensity
from aggregator.cadence.planning import Bounds, Moment, best_moment
from aggregator.cadence.price import USUAL_PRICE, Demand, on_paper
from aggregator.cadence.rhythm import LONGEST_GAP, learn, liveliness, new_rhythm, observed, per_day, seeded
from aggregator.cadence.words import policy_words
from aggregator.model import Binding, Forecast, Hints, PollOutcome, Rhythm, Schedule, Source

LONGEST_JITTER = timedelta(minutes=10)
_MINUTES_A_DAY = 1440.0
# The half-life of the reckoning between polls made and polls wanted: a week has all of its days in it.
_RECKONED_DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a source is polled.

    `price`: of a poll, in minutes that one article waits (see `price`). `jitter` in 0…1 is how much of the spread is added.
    Without `courteous` (no contact address) we come at most hourly. `few`: how long a source of few articles rests at least.
    `pushed`: how many times the price a poll costs, because a hub tells us of news and we come for safety (see `trust`).
    """

    price: float = USUAL_PRICE
    jitter: float = 0.0
    courteous: bool = True
    few: timedelta = HOUR
    pushed: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a document held: `dates` of its new articles, of all where it is the first (None: undated); `entries`, new or not."""

    dates: Sequence[datetime | None] = ()
    entries: int = 0


def next_poll(
    source: Source,
    schedule: Schedule,
    *,
    outcome: PollOutcome,
    hints: Hints,
    now: datetime,
    terms: Terms,
    brought: Brought | None = None,
    status: int | None = None,
) -> Schedule:
    """The schedule after a poll that ended at `now` with `outcome`.

    `brought` is what its document held, None without one. `status` is the answer's, None where there was none: it says how
    patient to be after a failure.
    """
    failed = outcome.failed
    failures = schedule.failures + 1 if failed else 0
    rhythm = schedule.rhythm or new_rhythm(now)
    # Of a document that is held back only what was published beside it is news.
    if not failed and (brought or outcome is not PollOutcome.HELD):
        rhythm = _reckoned(_learned(rhythm, schedule, brought, hints, now), source, schedule, terms, now)
    bounds = own_bounds(source, rhythm, courteous=terms.courteous, few=terms.few, now=now)
    moment = _usual(source, rhythm, bounds, terms, now)
    policy = Asked(now + moment.rest, moment.binding, policy_words(rhythm, moment, now, pushed=terms.pushed))
    if failed:
        failing = now - (schedule.vitals.failing_since or now)
        rest, why = back_off(moment.rest, failures, status=status, failing_for=failing)
        policy = Asked(now + rest, Binding.BACK_OFF, why)
    said = asked(hints.with_document(rhythm.stated), now)
    winner = max((policy, *said), key=lambda bound: bound.until)
    rest, jitter = policy.until - now, min((winner.until - now) * 0.1, LONGEST_JITTER) * terms.jitter
    next_at, skipped = _spread(winner.until, jitter, rhythm.stated)
    retry_after = min(hints.retry_after, now + LONGEST_RETRY_AFTER) if hints.retry_after else None
    return replace(
        schedule,
        next_poll=next_at,
        why=_sentence(winner, policy, said, skipped),
        # By hand (`poll --all`) we may come sooner than the schedule says, but never sooner than the server does.
        not_before=max(filter(None, (schedule.not_before, retry_after)), default=None),
        retry_after=retry_after,
        last_poll=now,
        last_success=schedule.last_success if failed else now,
        failures=failures,
        interval_seconds=rest.total_seconds(),
        articles_per_day=per_day(rhythm) if rhythm.polls else None,
        rhythm=rhythm,
        forecast=_forecast(rhythm, moment, terms, rest, Binding.SKIPPED if skipped else winner.binding),
    )


def after_push(schedule: Schedule, *, dates: Sequence[datetime | None], now: datetime) -> Schedule:
    """The schedule after a push at `now` that brought new articles of these `dates`: they are learned, so that the clock
    knows the source should its hub fail. When it is polled next stays as it is."""
    rhythm = schedule.rhythm or new_rhythm(now)
    learned = learn(rhythm, dates, now=now, promised=_promised(rhythm, now))
    # A push is no poll: how well we know the source's server hangs on those.
    learned = replace(learned, polls=rhythm.polls)
    return replace(schedule, rhythm=learned, articles_per_day=per_day(learned) if rhythm.polls else None)


def _promised(rhythm: Rhythm, now: datetime) -> float:
    return per_day(rhythm) * intensity(rhythm.habit).between(max(rhythm.at, now - LONGEST_GAP), now)


def _learned(rhythm: Rhythm, schedule: Schedule, brought: Brought | None, hints: Hints, now: datetime) -> Rhythm:
    dates, entries = (brought.dates, brought.entries) if brought else ((), 0)
    if brought and schedule.first_document:
        rhythm = seeded(dates, now, window=entries)
    else:
        rhythm = learn(rhythm, dates, now=now, promised=_promised(rhythm, now))
    if brought:
        rhythm = observed(rhythm, window=entries, stated=Hints().with_document(hints))
    said = asked(replace(hints, retry_after=None).with_document(rhythm.stated), now)
    return replace(rhythm, asked=max((bound.until - now for bound in said), default=timedelta(0)))


def _reckoned(rhythm: Rhythm, source: Source, schedule: Schedule, terms: Terms, now: datetime) -> Rhythm:
    """Hold the polls that were made against those that the price was to lead to. What came late was not there to be polled."""
    before, forecast, last = schedule.rhythm, schedule.forecast, schedule.last_poll
    if not before or not forecast or not last or schedule.failures or before.polls <= len(START):
        return rhythm
    days = (min(now, schedule.next_poll + LONGEST_JITTER) - last) / timedelta(days=1)
    demand = Demand(source=source, rhythm=before, host=None, pushed=terms.pushed)
    wanted = on_paper(demand, price=forecast.theta, courteous=terms.courteous, few=terms.few, now=now)
    if wanted is None or days <= 0:
        return rhythm
    kept = 0.5 ** (days / _RECKONED_DAYS)
    return replace(rhythm, made=before.made * kept + 1, paper=before.paper * kept + days * wanted)


def _usual(source: Source, rhythm: Rhythm, bounds: Bounds, terms: Terms, now: datetime) -> Moment:
    """How long a source that is well rests between two polls."""
    if bounds.least == bounds.most:
        return Moment(bounds.least, Binding.FIXED if source.every.fixed else bounds.floor, 1.0)
    if rhythm.polls <= len(START):
        rest = START[max(rhythm.polls, 1) - 1]
        return Moment(max(bounds.least, min(bounds.most, rest)), Binding.START, 1.0)
    return best_moment(
        intensity(rhythm.habit),
        per_day(rhythm) * liveliness(rhythm),
        theta=terms.price * terms.pushed / _MINUTES_A_DAY,
        bounds=bounds,
        window=rhythm.window,
        now=now,
    )


def _forecast(rhythm: Rhythm, moment: Moment, terms: Terms, rest: timedelta, binding: Binding) -> Forecast:
    return Forecast(
        lambda_per_day=per_day(rhythm),
        factor_now=moment.factor * liveliness(rhythm),
        theta=terms.price * terms.pushed,
        tau=rest.total_seconds(),
        binding=binding,
    )


def _spread(moment: datetime, jitter: timedelta, stated: Hints) -> tuple[datetime, bool]:
    """`moment` with jitter, outside of the hours that a feed asks to skip, and whether it had to move for them."""
    allowed = after_skipped(moment, stated)
    late = after_skipped(allowed + jitter, stated)
    moved = late != allowed + jitter
    return (late + jitter if moved else late), moved or allowed != moment


def _sentence(winner: Asked, policy: Asked, said: Sequence[Asked], skipped: bool) -> str:
    words = [winner.why]
    if winner is policy and said:
        words.append(f"the server allows {max(bound.until for bound in said):%H:%M}")
    if skipped:
        words.append("it asks to skip the hours before")
    return "; ".join(words)
