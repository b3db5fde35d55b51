"""Dates as printed → aware UTC times that can be believed, or None.

Feeds write RFC 822, RFC 3339 and whatever their templates gave: month names of six languages, South American zones, AM and PM,
a zone twice. feedparser reads `ART` as UTC and drops `PM` without a word (dependencies P4–P7); this does not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from aggregator.text import fold

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=48)
_LONGEST = 100

_MONTHS = {
    1: "jan january ene enero janeiro janv janvier gen gennaio januar",
    2: "feb february febrero fev fevereiro fevr fevrier febbraio februar",
    3: "mar march marzo marco mars marz maerz mrz",
    4: "apr april abr abril avr avril aprile",
    5: "may mayo mai maio mag maggio",
    6: "jun june junio junho juin giu giugno juni",
    7: "jul july julio julho juil juillet lug luglio juli",
    8: "aug august ago agosto aou aout",
    9: "sep sept september septiembre setiembre set setembro septembre settembre",
    10: "oct october octubre out outubro octobre ott ottobre okt oktober",
    11: "nov november noviembre novembro novembre",
    12: "dec december dic diciembre dez dezembro decembre dicembre dezember",
}
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_ZONES = {
    0: "z ut utc gmt wet",
    60: "cet bst wat west met",
    120: "cest eet sast cat mest",
    180: "eest msk eat",
    300: "pkt",
    330: "ist",
    420: "wib ict",
    480: "hkt sgt pht awst myt",
    540: "jst kst",
    600: "aest",
    660: "aedt",
    720: "nzst",
    780: "nzdt",
    -120: "brst uyst fnt",
    -180: "art brt clst gft pyst srt uyt rott pmst adt wgt fkst",
    -210: "nst",
    -240: "amt bot clt gyt pyt vet ast edt fkt",
    -300: "act cot ect pet est cdt",
    -360: "cst mdt galt",
    -420: "mst pdt",
    -480: "pst akdt",
    -540: "akst",
    -600: "hst",
}
_ZONE = {name: minutes for minutes, names in _ZONES.items() for name in names.split()}

_ISO = re.compile(r"^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|[oº°])?[\s\-/.,]*(?:de\s+|of\s+)?([a-z]{3,10})\.?[\s\-/.,]*(?:de\s+|del\s+)?(\d{4}|\d{2})(?![\d:])"
)
_MONTH_DAY_YEAR = re.compile(r"([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_ASCTIME = re.compile(r"([a-z]{3,10})\.?\s+(\d{1,2})\s+(?=\d{1,2}:)(.*?)\s(\d{4})\b")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:h]\s?(\d{2})(?:[:m](\d{2})(?:[.,]\d{1,9})?)?\s*s?(?:\s*([ap])\.?\s?m\b\.?)?")
_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*([+\-−])\s*(\d{1,2}):?(\d{2})?(?!\d)")
_NAME = re.compile(r"(?<![a-z])([a-z]{1,4})(?![a-z])")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")


def moment(raw: str | None, *, now: datetime, language: str | None = None) -> datetime | None:
    """The time that `raw` means; None when unreadable, before 1990 or more than 48 hours ahead; a little ahead is `now`.

    Without a zone UTC is assumed. `10/06/2025` is 10 June, except with AM or PM in English.
    """
    if not raw:
        return None
    try:
        read = _read(fold(raw[:_LONGEST]).strip(), language)
    except (ValueError, OverflowError):
        return None
    if read is None or read < _OLDEST or read > now + _AHEAD:
        return None
    return min(read, now)


def _read(text: str, language: str | None) -> datetime | None:
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    found = _date(text, language)
    if found is None:
        return None
    year, month, day, rest = found
    hour, minute, second, after = _time(rest)
    # 24:00:00 is the midnight that ends the day (ISO 8601).
    midnight = hour == 24 and not minute and not second
    local = datetime(year, month, day, 0 if midnight else hour, minute, min(second, 59), tzinfo=_zone(after))
    return (local + timedelta(days=1 if midnight else 0)).astimezone(UTC)


def _date(text: str, language: str | None) -> tuple[int, int, int, str] | None:
    """(year, month, day, what else is written)."""
    iso = _ISO.match(text)
    if iso:
        return int(iso[1]), int(iso[3] or iso[5]), int(iso[4] or iso[6]), text[iso.end() :].lstrip("t ")
    for match in _DAY_MONTH_YEAR.finditer(text):
        if match[2] in _MONTH:
            return _year(match[3]), _MONTH[match[2]], int(match[1]), _without(text, match)
    for match in _MONTH_DAY_YEAR.finditer(text):
        if match[1] in _MONTH:
            return int(match[3]), _MONTH[match[1]], int(match[2]), _without(text, match)
    asctime = _ASCTIME.search(text)
    if asctime and asctime[1] in _MONTH:
        return int(asctime[4]), _MONTH[asctime[1]], int(asctime[2]), asctime[3]
    numeric = _NUMERIC.search(text)
    if numeric is None:
        return None
    first, second = int(numeric[1]), int(numeric[2])
    american = second > 12 or ((language or "").startswith("en") and re.search(r"\d\s*[ap]\.?m\b", text) is not None)
    day, month = (second, first) if american else (first, second)
    return int(numeric[3]), month, day, _without(text, numeric)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 70 else 2000)


def _time(text: str) -> tuple[int, int, int, str]:
    found = _TIME.search(text)
    if found is None:
        return 0, 0, 0, ""
    hour = int(found[1])
    if found[4] and hour <= 12:
        hour = hour % 12 + (12 if found[4] == "p" else 0)
    return hour, int(found[2]), int(found[3] or 0), text[found.end() :]


def _zone(text: str) -> timezone:
    """The first zone that is written; of `+0200 +0200` and `-0300 (ART)` the number."""
    offset = _OFFSET.search(text)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    named = next((_ZONE[name] for name in _NAME.findall(text) if name in _ZONE), 0)
    return timezone(timedelta(minutes=named))
