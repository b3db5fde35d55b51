"""Source, what it does and what its server says → how soon and how late its next poll may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.cadence.planning import Bounds
from aggregator.cadence.rhythm import per_day
from aggregator.cadence.spans import span_words, time_words
from aggregator.model import Binding, Hints, Rhythm, Source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Caps on what servers may ask for: misconfigured caches say years (fetching rule 14).
LONGEST_FRESHNESS, LONGEST_RETRY_AFTER = DAY, timedelta(days=31)
# What a document says of itself is its CMS's boilerplate more often than anybody's wish (fetching rules 15 and 17).
LONGEST_STATED = HOUR
# Fewer articles a day than this, and hourly is often enough; the ease of a publisher's log is worth the minutes.
FEW_A_DAY = 6.0
# Until we know a source: half an hour after its first document, an hour after its second.
START = (timedelta(minutes=30), HOUR)
# Silent for so long: how long it rests.
DORMANT = ((timedelta(days=180), timedelta(days=3)), (timedelta(days=60), DAY))


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment before which a server does not want us, and the words that explain it."""

    until: datetime
    binding: Binding
    why: str


def own_bounds(source: Source, rhythm: Rhythm, *, courteous: bool, few: timedelta, now: datetime) -> Bounds:
    """Of the configuration, and of how much there is to miss. `few`: how long a source of few articles rests at least."""
    bounds = Bounds(source.every.min, max(source.every.min, source.every.max))
    if not courteous:
        bounds = _at_least(bounds, HOUR, Binding.CONTACT)
    if source.every.fixed:
        return replace(bounds, most=bounds.least)
    if per_day(rhythm) < FEW_A_DAY:
        bounds = _at_least(bounds, few, Binding.FEW)
    known = rhythm.polls > len(START)
    silent = now - rhythm.latest if known and rhythm.latest else timedelta(0)
    rest = next((rest for limit, rest in DORMANT if silent >= limit), timedelta(0))
    # Beyond `every.max` too: that says how late news may be found, and here is none.
    return _at_least(bounds, rest, Binding.DORMANT)


def _at_least(bounds: Bounds, rest: timedelta, why: Binding) -> Bounds:
    if rest <= bounds.least:
        return bounds
    return Bounds(rest, max(rest, bounds.most), floor=why, ceiling=bounds.ceiling if rest < bounds.most else why)


def asked(hints: Hints, now: datetime) -> tuple[Asked, ...]:
    """What a server asks for: lower bounds alone (fetching rules 12 to 17)."""
    found = []
    if hints.fresh_for is not None:
        span = min(hints.fresh_for, LONGEST_FRESHNESS)
        found.append(Asked(now + span, Binding.FRESH, f"the server says it is fresh for {span_words(span)}"))
    if hints.retry_after is not None:
        until = min(hints.retry_after, now + LONGEST_RETRY_AFTER)
        found.append(Asked(until, Binding.RETRY_AFTER, f"the server asked to wait until {time_words(until)}"))
    if hints.ttl is not None:
        span = min(hints.ttl, LONGEST_STATED)
        found.append(Asked(now + span, Binding.TTL, f"its ttl says {span_words(span)}"))
    if hints.update_interval is not None:
        span = min(hints.update_interval, LONGEST_STATED)
        found.append(Asked(now + span, Binding.UPDATES, f"it says that it changes every {span_words(span)}"))
    return tuple(found)


def after_skipped(moment: datetime, hints: Hints) -> datetime:
    """`moment`, or the start of the first hour after it that a feed does not ask us to skip (fetching rule 16)."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return moment
    utc = moment.astimezone(UTC)
    while utc.hour in hints.skip_hours or utc.weekday() in hints.skip_days:
        utc = utc.replace(minute=0, second=0, microsecond=0) + HOUR
    return utc
