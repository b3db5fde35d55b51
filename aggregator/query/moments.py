"""What a query calls a time → instants: dates and times are spans, `now-7d` is an instant that moves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

TICK = timedelta(microseconds=1)
_FARTHEST = timedelta(days=36_525)
_RELATIVE = re.compile(r"now(?:([+-])([0-9]{1,9})([mhdwy]))?")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(days=7),
    "y": timedelta(days=365),
}
_ABSOLUTE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A year, month, day, minute or second (UTC): from `start` to before `end`."""

    text: str
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return self.text

    def instants(self, now: datetime) -> tuple[datetime, datetime]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Relative:
    """An instant as far from now as `offset` says."""

    text: str
    offset: timedelta

    def __str__(self) -> str:
        return self.text

    def instants(self, now: datetime) -> tuple[datetime, datetime]:
        return now + self.offset, now + self.offset + TICK


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range."""

    point: Span | Relative
    inclusive: bool = True

    def from_instant(self, now: datetime) -> datetime:
        """As the lower end: the first instant within."""
        start, end = self.point.instants(now)
        return start if self.inclusive else end

    def to_instant(self, now: datetime) -> datetime:
        """As the upper end: the first instant beyond."""
        start, end = self.point.instants(now)
        return end if self.inclusive else start


def read_point(text: str) -> Span | Relative | None:
    """`2026`, `2026-01`, `2026-01-31`, `2026-01-31T10:00`, with seconds and a zone or without (UTC); `now`, `now-7d`."""
    if relative := _RELATIVE.fullmatch(text):
        return _relative(text, *relative.groups())
    if absolute := _ABSOLUTE.fullmatch(text):
        try:
            return _span(absolute.groupdict())
        except (ValueError, OverflowError):
            return None
    return None


def _relative(text: str, sign: str | None, amount: str | None, unit: str | None) -> Relative | None:
    if amount is None or unit is None:
        return Relative(text, timedelta())
    if int(amount) > _FARTHEST // _UNITS[unit]:
        return None
    offset = int(amount) * _UNITS[unit]
    return Relative(f"now{sign}{int(amount)}{unit}", -offset if sign == "-" else offset)


def _span(parts: dict[str, str | None]) -> Span:
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    if parts["hour"] is None:
        start = datetime(year, month, day, tzinfo=UTC)
        length = 10 if parts["day"] else 7 if parts["month"] else 4
        return Span(start.isoformat()[:length], start, _after(start, parts))
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    start = datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts["zone"])).astimezone(UTC)
    text = start.isoformat(timespec="seconds" if parts["second"] else "minutes").replace("+00:00", "Z")
    return Span(text, start, start + timedelta(seconds=1 if parts["second"] else 60))


def _after(start: datetime, parts: dict[str, str | None]) -> datetime:
    if parts["day"]:
        return start + timedelta(days=1)
    if parts["month"] and start.month < 12:
        return start.replace(month=start.month + 1)
    return start.replace(year=start.year + 1, month=1)


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
