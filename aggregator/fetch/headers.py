"""Headers of an answer → validators and hints, as RFC 9110 and RFC 9111 mean them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from multidict import CIMultiDictProxy

from aggregator.errors import FetchError
from aggregator.model import Validators

# RFC 9110 §15.3.4: what a proxy changed on the way is a 200 all the same.
WHOLE = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d+)', re.I | re.ASCII)
_DIGITS = re.compile(r"\d+\Z", re.ASCII)
_NO_STORE = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)(?:$|[,\s=])", re.I)
# What cannot be sent back byte for byte is of no use: RFC 9110 §8.8.3 has no blank, control or DEL in an ETag.
_ETAG = re.compile(rb"[\x21-\x7e]{1,4096}\Z")
_LAST_MODIFIED = re.compile(rb"[\x20-\x7e]{1,256}\Z")
_MOST_SECONDS = 2**31
_MOST_BYTES = 64 * 1024
_REUSE = ("x-robots-tag", "tdm-reservation", "tdm-policy", "link")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL = re.compile(r"\d{1,12}(?:\.\d{1,6})?\Z", re.ASCII)
# draft-ietf-httpapi-ratelimit-headers: `limit=10, remaining=0, reset=50` at first, `"default";r=0;t=50` later.
_REMAINING = re.compile(r"\b(?:r|remaining)\s*=\s*(\d{1,12})", re.I | re.ASCII)
_RESET = re.compile(r"\b(?:t|reset)\s*=\s*(\d{1,12})", re.I | re.ASCII)
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


def check_size(raw: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise FetchError for more bytes of headers than we take (fetching rule 38)."""
    if sum(len(name) + len(value) + 4 for name, value in raw) > _MOST_BYTES:
        raise FetchError(f"the headers of the answer are larger than {_MOST_BYTES // 1024} KiB")


def reuse(headers: CIMultiDictProxy[str]) -> tuple[tuple[str, str], ...]:
    """The fields that speak of reuse, by lower-case name: robots directives, TDMRep's, and links to licences."""
    return tuple((name, value[:500]) for name in _REUSE for value in headers.getall(name, [])[:20])


def _echoable(form: re.Pattern[bytes], value: bytes | None) -> str | None:
    return value.decode("ascii") if value and form.match(value) else None


def freshness(headers: CIMultiDictProxy[str]) -> timedelta | None:
    """RFC 9111 §4.2.1: max-age less Age, else Expires less Date; None where nothing useful is said."""
    control = ", ".join(headers.getall("Cache-Control", []))
    if _NO_STORE.search(control):
        return None
    ages = [_seconds(age) for age in _MAX_AGE.findall(control)]
    if ages:
        age = headers.get("Age", "").strip()
        left = min(ages) - (_seconds(age) if _DIGITS.match(age) else 0)
        return timedelta(seconds=left) if left > 0 else None
    expires, date = _date(headers.get("Expires")), _date(headers.get("Date"))
    if expires and date and expires > date:
        return expires - date
    return None


def retry_after(headers: CIMultiDictProxy[str], *, now: datetime) -> datetime | None:
    """RFC 9110 §10.2.3: seconds or a date (on the server's own clock); None where it says nothing of the future."""
    value = headers.get("Retry-After", "").strip()
    if _DIGITS.match(value):
        wait = timedelta(seconds=_seconds(value))
    else:
        until = _date(value)
        wait = until - (_date(headers.get("Date")) or now) if until else timedelta(0)
    return now + min(wait, _LONGEST_WAIT) if wait > timedelta(0) else None


def limit_reset(headers: CIMultiDictProxy[str], *, now: datetime, refused: bool) -> datetime | None:
    """When an exhausted limit begins anew, in the spellings of the drafts (RateLimit, RateLimit-*) and of the field
    (X-RateLimit-*): seconds, or seconds since 1970. None while something is left, unless we were `refused`."""
    left, reset = _limit(headers)
    if reset is None or (left is None and not refused) or (left is not None and left > 0):
        return None
    since_1970 = (now - _EPOCH).total_seconds()
    wait = timedelta(seconds=min(reset - since_1970 if reset > _MOST_SECONDS / 2 else reset, _MOST_SECONDS))
    return now + min(wait, _LONGEST_WAIT) if wait > timedelta(0) else None


def _seconds(digits: str) -> int:
    """RFC 9111 §1.2.2: what is too large is 2^31; and Python makes no number of thousands of digits."""
    return min(int(digits.lstrip("0")[:11] or 0), _MOST_SECONDS)


def _limit(headers: CIMultiDictProxy[str]) -> tuple[float | None, float | None]:
    """How many requests are left, and the time of the next limit as given."""
    said = headers.get("RateLimit", "")
    left, reset = _REMAINING.search(said), _RESET.search(said)
    if reset:
        return (float(left[1]) if left else None), float(reset[1])
    for prefix in ("RateLimit-", "X-RateLimit-", "X-Rate-Limit-"):
        if (until := _number(headers.get(f"{prefix}Reset"))) is not None:
            return _number(headers.get(f"{prefix}Remaining")), until
    return None, None


def _number(value: str | None) -> float | None:
    found = _DECIMAL.match(value.strip()) if value else None
    return float(found[0]) if found else None


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
