"""Times → what a reader sees: how long ago, and exactly when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aggregator.words import locale_of, phrase


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


def moment(at: datetime, *, now: datetime, zone: tzinfo, language: str = "en") -> Moment:
    """`at` in all its forms."""
    local, clock = at.astimezone(zone), f"{at.astimezone(zone):%H:%M}"
    day, month, short = local.day, *_months(language, local.month)
    return Moment(
        iso=at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        exact=phrase("{day} {month} {year}, {clock}", language).format(
            day=day, month=month, year=local.year, clock=clock
        )
        + f" {_zone(local)}",
        short=clock if abs(now - at) < timedelta(hours=20) else f"{day} {short} {clock}",
        relative=relative(at, now=now, zone=zone, language=language),
    )


def _months(language: str, month: int) -> tuple[str, str]:
    """Its name by CLDR, and in short, without the full stop of some languages."""
    names = locale_of(language).months["format"]
    return str(names["wide"][month]), str(names["abbreviated"][month]).rstrip(".")


def _zone(local: datetime) -> str:
    """CET, UTC; where a zone has no letters of its own, UTC-05."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in ("+", "-") else name


def relative(at: datetime, *, now: datetime, zone: tzinfo, language: str = "en") -> str:
    """How long ago in one unit; a date beyond a week. Also for what is yet to come."""
    ahead, distance = at > now, abs(now - at)
    if distance < timedelta(minutes=1) and not ahead:
        return phrase("now", language)
    if distance >= timedelta(days=7):
        local = at.astimezone(zone)
        day = f"{local.day} {_months(language, local.month)[1]}"
        return day if local.year == now.astimezone(zone).year else f"{day} {local.year}"
    return phrase("in {time}" if ahead else "{time} ago", language).format(time=lasting(distance))


def lasting(distance: timedelta) -> str:
    """A length of time in its largest unit: 12 min, 3 h, 5 d."""
    for unit, seconds in (("d", 86400), ("h", 3600), ("min", 60)):
        if distance.total_seconds() >= seconds:
            return f"{int(distance.total_seconds() // seconds)} {unit}"
    return f"{int(distance.total_seconds())} s"
