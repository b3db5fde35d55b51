"""Headers of an answer → validators and hints, as RFC 9110 and RFC 9111 mean them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from multidict import CIMultiDictProxy

from aggregator.errors import FetchError
from aggregator.model import Validators

# RFC 9110 §15.3.4: what a proxy changed on the way is a 200 all the same.
WHOLE = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
# A server that has had enough for now, and may mean all requests to its host (fetching rule 26).
REFUSALS = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

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
# Between two values of one field: a date has a comma of its own, before the day of the month.
_WAITS = re.compile(r",(?!\s*\d+[\s-])")
# Nobody means more than a month (fetching rule 14).
_LONGEST_WAIT = timedelta(days=31)


def validators(raw: Sequence[tuple[bytes, bytes]], *, final_url: str, headers_hash: str) -> Validators:
    """The validators of an answer byte for byte, bound to where and how we asked."""
    found = {name.lower(): value.strip(b" \t") for name, value in reversed(raw)}  # of two lines the first
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
    """RFC 9111 §4.2: max-age, else Expires less Date, both less Age; None where nothing useful is said."""
    control = ", ".join(headers.getall("Cache-Control", []))
    if _NO_STORE.search(control):
        return None
    expires, date = _date(headers.get("Expires")), _date(headers.get("Date"))
    lifetime = expires - date if expires and date else timedelta(0)
    if stated := _MAX_AGE.findall(control):
        lifetime = timedelta(seconds=min(map(_seconds, stated)))
    age = headers.get("Age", "").strip()  # how long a cache on the way has had it
    left = lifetime - timedelta(seconds=_seconds(age) if _DIGITS.match(age) else 0)
    return left if left > timedelta(0) else None


def retry_after(headers: CIMultiDictProxy[str], *, now: datetime) -> datetime | None:
    """RFC 9110 §10.2.3: seconds or a date (on the server's own clock), of several the longest; None where nothing is said of
    the future."""
    stated = [value for line in headers.getall("Retry-After", []) for value in _WAITS.split(line)]
    here = _date(headers.get("Date")) or now
    return _later([_wait(value.strip(), here) for value in stated], now)


def come_again(status: int, headers: CIMultiDictProxy[str], *, now: datetime) -> datetime | None:
    """When an answer that brought nothing says to come again: by Retry-After, or, where it was one request too many, when the
    limit begins anew."""
    said = retry_after(headers, now=now)
    return limit_reset(headers, now=now, refused=True) if said is None and status in REFUSALS else said


def _wait(value: str, here: datetime) -> timedelta:
    if _DIGITS.match(value):
        return timedelta(seconds=_seconds(value))
    until = _date(value)
    return until - here if until else timedelta(0)


def limit_reset(headers: CIMultiDictProxy[str], *, now: datetime, refused: bool) -> datetime | None:
    """When an exhausted limit begins anew, in the spellings of the drafts (RateLimit, RateLimit-*) and of the field
    (X-RateLimit-*): seconds, or seconds since 1970; of several the longest. None while something is left, unless we were
    `refused`."""
    over = [reset for left, reset in _limits(headers) if (refused if left is None else left <= 0)]
    since_1970 = (now - _EPOCH).total_seconds()
    seconds = (reset - since_1970 if reset > _MOST_SECONDS / 2 else reset for reset in over)
    return _later([timedelta(seconds=min(wait, _MOST_SECONDS)) for wait in seconds], now)


def _later(waits: Iterable[timedelta], now: datetime) -> datetime | None:
    """The end of the longest of these waits, if any."""
    longest = max(waits, default=timedelta(0))
    return now + min(longest, _LONGEST_WAIT) if longest > timedelta(0) else None


def _seconds(digits: str) -> int:
    """RFC 9111 §1.2.2: what is too large is 2^31; and Python makes no number of thousands of digits."""
    return min(int(digits.lstrip("0")[:11] or 0), _MOST_SECONDS)


def _limits(headers: CIMultiDictProxy[str]) -> list[tuple[float | None, float]]:
    """How many requests are left of each limit, where that is said, and the time of the next one as given."""
    said = ", ".join(headers.getall("RateLimit", []))
    limits = [(_REMAINING.search(one), _RESET.search(one)) for one in (said.split(",") if ";" in said else [said])]
    found = [(float(left[1]) if left else None, float(reset[1])) for left, reset in limits if reset]
    for prefix in ("RateLimit-", "X-RateLimit-", "X-Rate-Limit-"):
        if not found and (until := _numbers(headers, f"{prefix}Reset")):
            found = [(min(_numbers(headers, f"{prefix}Remaining"), default=None), max(until))]
    return found


def _numbers(headers: CIMultiDictProxy[str], name: str) -> list[float]:
    values = ",".join(headers.getall(name, [])).split(",")
    return [float(value) for value in map(str.strip, values) if _DECIMAL.match(value)]


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
