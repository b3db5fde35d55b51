"""A representation and the headers of a request → the answer: 200, 304, with or without body, plain or gzip."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.responses import Response

# Readers and shared caches may keep a feed five minutes, show it while they ask again, and for a day while we are down.
FEED_CACHE = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"
PAGE_CACHE = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
PRIVATE_CACHE = "private, no-cache"
NO_CACHE = "no-store"

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')
# Proxies that compress mark the tag: Apache `-gzip`, others `-br`, `;gzip`.
_VARIANT = re.compile(r"(?:[-;]+(?:gzip|br|zstd|df))+$")
_WORTH_COMPRESSING = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """What there is to send. `etag` has no quotes and is that of the plain body; `gzip` is the same body compressed."""

    body: bytes
    media_type: str
    etag: str
    gzip: bytes | None = None
    last_modified: datetime | None = None
    cache: str = PAGE_CACHE
    headers: Mapping[str, str] = field(default_factory=dict)


def page(html: str, *, cache: str = PAGE_CACHE, headers: Mapping[str, str] | None = None) -> Representation:
    """An HTML page, with an entity tag of its bytes."""
    return whole(html.encode(), "text/html; charset=utf-8", cache=cache, headers=headers)


def whole(
    body: bytes, media_type: str, *, cache: str = PAGE_CACHE, headers: Mapping[str, str] | None = None
) -> Representation:
    """Bytes made for this request."""
    etag = hashlib.sha256(body).hexdigest()[:32]
    return Representation(body=body, media_type=media_type, etag=etag, cache=cache, headers=headers or {})


def answer(request: Mapping[str, str], method: str, what: Representation, *, now: datetime) -> Response:
    """What a GET or HEAD with the headers `request` gets (RFC 9110 §13.2.2: If-None-Match wins over If-Modified-Since)."""
    zipped = accepts_gzip(request.get("accept-encoding", "")) and (
        what.gzip is not None or len(what.body) >= _WORTH_COMPRESSING
    )
    last_modified = _last_modified(what.last_modified, now)
    headers = {
        "etag": f'"{what.etag}-gzip"' if zipped else f'"{what.etag}"',
        "cache-control": what.cache,
        "vary": "Accept-Encoding",
        **what.headers,
    }
    if last_modified is not None:
        headers["last-modified"] = format_datetime(last_modified, usegmt=True)
    if _unchanged(request, what.etag, last_modified):
        return Response(status_code=304, headers=headers)
    body = what.body
    if zipped:
        # mtime=0: the same body gives the same bytes (RFC 1952 §2.3.1).
        body = what.gzip if what.gzip is not None else gzip.compress(what.body, 5, mtime=0)
        headers["content-encoding"] = "gzip"
    headers["content-type"] = what.media_type
    headers["content-length"] = str(len(body))
    return Response(b"" if method == "HEAD" else body, headers=headers)


@lru_cache(maxsize=256)
def accepts_gzip(header: str) -> bool:
    """Whether `Accept-Encoding` (RFC 9110 §12.5.3) lets us send gzip."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        coding, _, parameter = part.partition(";")
        weights[coding.strip()] = _weight(parameter)
    named = [weights[coding] for coding in ("gzip", "x-gzip") if coding in weights]
    return max(named, default=weights.get("*", 0.0)) > 0.0


def matches(header: str, etag: str) -> bool:
    """Whether `If-None-Match` names `etag`: weak comparison, whatever suffix a compressing proxy gave it."""
    if header.strip() == "*":
        return True
    tags = _ENTITY_TAG.findall(header) or [header.strip()]
    return any(_VARIANT.sub("", tag) == etag for tag in tags)


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _unchanged(request: Mapping[str, str], etag: str, last_modified: datetime | None) -> bool:
    asked = request.get("if-none-match")
    if asked is not None:
        return matches(asked, etag)
    since = _date(request.get("if-modified-since"))
    return last_modified is not None and since is not None and last_modified <= since


def _last_modified(changed: datetime | None, now: datetime) -> datetime | None:
    """`changed` to the second. While that second lasts another change may follow in it (RFC 9110 §8.8.2.2): what is sent
    in it is dated a second earlier, so that the next question is answered in full."""
    if changed is None:
        return None
    whole_second = changed.astimezone(UTC).replace(microsecond=0)
    return whole_second - timedelta(seconds=1) if now < whole_second + timedelta(seconds=1) else whole_second


@lru_cache(maxsize=1024)
def _date(header: str | None) -> datetime | None:
    """An HTTP date; None where there is none or it is not one (RFC 9110 §13.1.3: then the header is ignored)."""
    if not header:
        return None
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
