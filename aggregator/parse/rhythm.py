"""What a document says of how often it changes → Hints: bounds for the next poll, not promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from aggregator.model import Hints

_NUMBER = re.compile(r"\s*(\d{1,9})\s*\Z", re.ASCII)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# RSS 1.0 syndication module: the time in which `updateFrequency` updates are made; daily and one when not said.
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def hints_of(feed: Mapping[str, Any]) -> Hints:
    """Read `ttl`, `skipHours`, `skipDays` (RSS 2.0) and `sy:update…` from what feedparser's readers kept; junk says nothing."""
    ttl = _number(feed.get("ttl"))
    return Hints(
        ttl=timedelta(minutes=ttl) if ttl else None,
        skip_hours=_hours(feed.get("news_skip_hours", ())),
        skip_days=_days(feed.get("news_skip_days", ())),
        update_interval=_interval(feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")),
    )


def _hours(stated: Iterable[object]) -> frozenset[int]:
    """0…23 in GMT; 24 is what some write for 0. All of them would be never: that says nothing (fetching rule 16)."""
    hours = frozenset(hour % 24 for hour in map(_number, stated) if hour is not None and hour <= 24)
    return hours if len(hours) < 24 else frozenset()


def _days(stated: Iterable[object]) -> frozenset[int]:
    names = (str(name).strip().lower() for name in stated)
    days = frozenset(_DAYS.index(name) for name in names if name in _DAYS)
    return days if len(days) < len(_DAYS) else frozenset()


def _interval(period: object, frequency: object) -> timedelta | None:
    if period is None and frequency is None:
        return None
    span = _PERIODS.get(str(period or "daily").strip().lower())
    times = 1 if frequency is None else _number(frequency)
    return span / times if span and times else None


def _number(value: object) -> int | None:
    found = _NUMBER.match(str(value)) if value is not None else None
    return int(found[1]) if found else None
