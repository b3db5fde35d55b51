"""Headers of an answer → validators and hints, as RFC 9110 and RFC 9111 mean them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from multidict import CIMultiDictProxy

from aggregator.model import Validators

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d+)', re.I)
_NO_STORE = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)(?:$|[,\s=])", re.I)
# What cannot be sent back byte for byte is of no use: RFC 9110 §8.8.3 has no blank, control or DEL in an ETag.
_ETAG = re.compile(rb"[\x21-\x7e]{1,4096}\Z")
_LAST_MODIFIED = re.compile(rb"[\x20-\x7e]{1,256}\Z")
_MOST_SECONDS = 2**31
# Nobody means more than a month (fetching rule 14).
_LONGEST_WAIT = timedelta(days=31)


def validators(raw: Iterable[tuple[bytes, bytes]], *, final_url: str, headers_hash: str) -> Validators:
    """The validators of an answer byte for byte, bound to where and how we asked."""
    found = {name.lower(): value.strip(b" \t") for name, value in raw}
    return Validators(
        etag=_echoable(_ETAG, found.get(b"etag")),
        last_modified=_echoable(_LAST_MODIFIED, found.get(b"last-modified")),
        final_url=final_url,
        headers_hash=headers_hash,
    )


def _echoable(form: re.Pattern[bytes], value: bytes | None) -> str | None:
    return value.decode("ascii") if value and form.match(value) else None


def freshness(headers: CIMultiDictProxy[str]) -> timedelta | None:
    """RFC 9111 §4.2.1: max-age less Age, else Expires less Date; None where nothing useful is said."""
    control = ", ".join(headers.getall("Cache-Control", []))
    if _NO_STORE.search(control):
        return None
    ages = [min(int(age), _MOST_SECONDS) for age in _MAX_AGE.findall(control)]
    if ages:
        age = headers.get("Age", "0").strip()
        left = min(ages) - (int(age) if age.isdecimal() and age.isascii() and len(age) < 11 else 0)
        return timedelta(seconds=left) if left > 0 else None
    expires, date = _date(headers.get("Expires")), _date(headers.get("Date"))
    if expires and date and expires > date:
        return expires - date
    return None


def retry_after(headers: CIMultiDictProxy[str], *, now: datetime) -> datetime | None:
    """RFC 9110 §10.2.3: seconds or a date (on the server's own clock); None where it says nothing of the future."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        wait = timedelta(seconds=min(int(value[:11]), _MOST_SECONDS))
    else:
        until = _date(value)
        wait = until - (_date(headers.get("Date")) or now) if until else timedelta(0)
    return now + min(wait, _LONGEST_WAIT) if wait > timedelta(0) else None


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
