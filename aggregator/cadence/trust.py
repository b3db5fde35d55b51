"""What a hub pushed and what polls had to find → how far it is trusted, and so how seldom its sources are polled.

A poll of a source whose hub tells us of its news costs up to twelve times as much as another. An article that a poll finds
although the hub should have brought it halves the trust; each that the hub brings in time makes up a twentieth of what lacks.
A hub that misses every second article therefore counts for nothing, one that misses every tenth for a third.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import HubLease

# A fully trusted hub: its source is polled for safety alone.
PUSHED = 12.0
# A publisher tells its hub a little after it published, and a busy hub us a little after that.
GRACE = timedelta(minutes=5)
_EARNED, _LOST, _MOST_LOST = 1 / 20, 1 / 2, 10


def dearer(trust: float) -> float:
    """How many times the price of a poll, 1 where the hub is not trusted."""
    return max(1.0, PUSHED * trust)


def kept_word(trust: float, brought: int) -> float:
    """The trust after the hub brought so many new articles."""
    return min(1.0, trust + (1.0 - trust) * (1.0 - (1.0 - _EARNED) ** max(brought, 0)))


def broke_word(trust: float, missed: int) -> float:
    """The trust after a poll found so many articles that the hub should have brought."""
    return trust * _LOST ** min(max(missed, 0), _MOST_LOST)


def missed(
    dates: Iterable[datetime | None], *, verified: datetime, last_success: datetime | None, now: datetime
) -> int:
    """How many of the articles that a poll found at `now`, published at `dates`, the hub should have brought.

    They came while the lease held: they were not in the last document, and that was read since the lease was `verified`, or
    they are dated since. And they are no news of the last minutes, which may be under way; what has no date came at
    any time since the last document.
    """
    watched = last_success is not None and last_success >= verified
    return sum(_should_have_come(date, verified, last_success if watched else None, now) for date in dates)


def safety(lease: HubLease | None, now: datetime) -> float:
    """How many times the price a poll costs of a source with this lease."""
    return dearer(lease.trust) if lease is not None and _pushes(lease, now) else 1.0


def found_by_poll(
    lease: HubLease, dates: Iterable[datetime | None], *, last_success: datetime | None, now: datetime
) -> HubLease:
    """The lease after a poll found new articles of these `dates`: see `missed`."""
    if lease.verified is None or not _pushes(lease, now):
        return lease
    count = missed(dates, verified=lease.verified, last_success=last_success, now=now)
    return replace(lease, trust=broke_word(lease.trust, count), missed=lease.missed + count)


def found_by_push(lease: HubLease, count: int) -> HubLease:
    """The lease after a push brought so many new articles."""
    return replace(lease, trust=kept_word(lease.trust, count), brought=lease.brought + count)


def _pushes(lease: HubLease, now: datetime) -> bool:
    return lease.active(now) and lease.signs


def _should_have_come(date: datetime | None, verified: datetime, last: datetime | None, now: datetime) -> bool:
    if date is None or date > now:
        return last is not None and now - last > 2 * GRACE
    return date <= now - GRACE and (last is not None or date > verified + GRACE)
