"""A representation and the headers of a request → the answer: 200, 304, with or without body, in a coding of its liking."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.responses import Response

from aggregator.publish import CODINGS, PLAIN

# Readers and shared caches may keep a feed five minutes, show it while they ask again, and for a day while we are down.
FEED_CACHE = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"
PAGE_CACHE = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
# Finished archive pages keep their articles; a withdrawal must reach what readers and caches hold within a day all the same.
ARCHIVE_CACHE = "public, max-age=86400, stale-while-revalidate=86400, stale-if-error=604800"
PRIVATE_CACHE = "private, no-cache"
NO_CACHE = "no-store"

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')
# Proxies that compress mark the tag: Apache `-gzip`, others `-br`, `;gzip`.
_VARIANT = re.compile(r"(?:[-;]+(?:gzip|br|zstd|df))+$")
_WORTH_COMPRESSING = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """What there is to send. `etag` has no quotes and is that of the plain body; `packed` keeps the body by content coding, as
    far as it was asked for."""

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime | None = None
    cache: str = PAGE_CACHE
    headers: Mapping[str, str] = field(default_factory=dict)
    packed: dict[str, bytes] = field(default_factory=dict)

    def in_coding(self, coding: str) -> bytes:
        """The body in a content coding, made at most once."""
        if coding == PLAIN:
            return self.body
        if coding not in self.packed:
            self.packed[coding] = CODINGS[coding](self.body)
        return self.packed[coding]


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
    worth = len(what.body) >= _WORTH_COMPRESSING
    coding = chosen(request.get("accept-encoding", ""), tuple(CODINGS)) if worth else PLAIN
    last_modified = dated(what.last_modified, now)
    headers = {**validators(what.etag, coding, what.cache, last_modified), **what.headers}
    if unchanged(request.get("if-none-match"), request.get("if-modified-since"), what.etag, last_modified):
        return Response(status_code=304, headers=headers)
    body = what.in_coding(coding)
    headers |= content(coding, what.media_type, len(body))
    return Response(b"" if method == "HEAD" else body, headers=headers)


def validators(etag: str, coding: str, cache: str, last_modified: datetime | None) -> dict[str, str]:
    """The headers that a 200 and its 304 have in common (RFC 9110 §15.4.5). Each coding is a representation of its own, with a
    strong tag of its own (§8.8.3.3)."""
    headers = {
        "etag": f'"{etag}"' if coding == PLAIN else f'"{etag}-{coding}"',
        "cache-control": cache,
        "vary": "Accept-Encoding",
    }
    if last_modified is not None:
        headers["last-modified"] = format_datetime(last_modified, usegmt=True)
    return headers


def content(coding: str, media_type: str, length: int) -> dict[str, str]:
    """The headers of a 200 alone."""
    headers = {"content-type": media_type, "content-length": str(length)}
    return headers if coding == PLAIN else headers | {"content-encoding": coding}


@lru_cache(maxsize=1024)
def chosen(header: str, codings: tuple[str, ...]) -> str:
    """The coding that `Accept-Encoding` likes best (RFC 9110 §12.5.3), the first of `codings` where it likes several; the
    plain one where it takes none, or would rather have that."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        name = name.strip().removeprefix("x-")  # x-gzip is gzip (§8.4.1.3)
        weights[name] = max(weight_of(parameter), weights.get(name, 0.0))
    others = weights.get("*", 0.0)
    best = max(codings, key=lambda coding: weights.get(coding, others), default=PLAIN)
    weight = weights.get(best, others)
    return best if weight > 0.0 and weight >= weights.get(PLAIN, 0.0) else PLAIN


@lru_cache(maxsize=4096)
def matches(header: str, etag: str) -> bool:
    """Whether `If-None-Match` names `etag`: weak comparison, whatever suffix a compressing proxy gave it."""
    if header.strip() == "*":
        return True
    tags = _ENTITY_TAG.findall(header) or [header.strip()]
    return any(_VARIANT.sub("", tag) == etag for tag in tags)


def weight_of(parameter: str) -> float:
    """The `q` of an item of `Accept` or `Accept-Encoding`."""
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def unchanged(none_match: str | None, modified_since: str | None, etag: str, last_modified: datetime | None) -> bool:
    """Whether the client has it already, by the values of If-None-Match and If-Modified-Since."""
    if none_match is not None:
        return matches(none_match, etag)
    since = _date(modified_since)
    return last_modified is not None and since is not None and last_modified <= since


def dated(changed: datetime | None, now: datetime) -> datetime | None:
    """`changed` to the second. While that second lasts another change may follow in it (RFC 9110 §8.8.2.2): what is sent
    in it is dated a second earlier, so that the next question is answered in full."""
    if changed is None:
        return None
    second = changed.astimezone(UTC).replace(microsecond=0)
    return second if settled(changed, now) else second - timedelta(seconds=1)


def settled(changed: datetime | None, now: datetime) -> bool:
    """Whether the second of a change is over."""
    return changed is None or now >= changed.replace(microsecond=0) + timedelta(seconds=1)


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
