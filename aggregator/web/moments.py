"""Times → what a reader sees: how long ago, and exactly when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """For `<time datetime title>`: machine form, exact words in the site's time zone, and relative words."""

    iso: str
    exact: str
    short: str
    relative: str


@lru_cache(maxsize=8)
def zone_of(name: str) -> tzinfo:
    """The time zone `name`; UTC where this machine has no data for it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def moment(at: datetime, *, now: datetime, zone: tzinfo) -> Moment:
    """`at` in all its forms."""
    local = at.astimezone(zone)
    return Moment(
        iso=at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        exact=f"{local.day} {local:%B %Y, %H:%M} {_zone(local)}",
        short=f"{local:%H:%M}" if abs(now - at) < timedelta(hours=20) else f"{local.day} {local:%b %H:%M}",
        relative=relative(at, now=now, zone=zone),
    )


def _zone(local: datetime) -> str:
    """CET, UTC; where a zone has no letters of its own, UTC-05."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in ("+", "-") else name


def relative(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """How long ago in one unit; a date beyond a week. Also for what is yet to come."""
    ahead, distance = at > now, abs(now - at)
    if distance < timedelta(minutes=1) and not ahead:
        return "now"
    if distance >= timedelta(days=7):
        local = at.astimezone(zone)
        return f"{local.day} {local:%b}" if local.year == now.astimezone(zone).year else f"{local.day} {local:%b %Y}"
    words = lasting(distance)
    return f"in {words}" if ahead else f"{words} ago"


def lasting(distance: timedelta) -> str:
    """A length of time in its largest unit: 12 min, 3 h, 5 d."""
    for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60)):
        if distance.total_seconds() >= seconds:
            return f"{int(distance.total_seconds() // seconds)} {unit}"
    return f"{int(distance.total_seconds())} s"
