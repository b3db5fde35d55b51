"""The hot path: `/sections/peru.atom` → the stored bytes, without a router and, while nothing changed, without a query.

A bare ASGI layer in front of the application: it takes the addresses of feeds and leaves the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator import publish
from aggregator.errors import RenderError, StoreError
from aggregator.model import Channel, ChannelKind
from aggregator.push.protocol import link_header
from aggregator.syndicate.channels import Part, Syndicate, etag
from aggregator.web.access import refused_reader
from aggregator.web.answers import (
    FEED_CACHE,
    PRIVATE_CACHE,
    Representation,
    answer,
    chosen,
    content,
    dated,
    unchanged,
    validators,
)
from aggregator.web.channels import KINDS, absent, configured
from aggregator.web.desk import Desk
from aggregator.web.links import MEDIA_TYPES, Links
from aggregator.web.outcomes import NOT_FOUND, Moved, Refused
from aggregator.web.problems import moved, problem

_FEED = re.compile(rf"/({'|'.join(KINDS)})/([^/]+)\.(rss|atom|json)\Z")
_DELETED = re.compile(rb"(?:^|&)deleted=1(?:&|\Z)")
PUBLIC = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag, Last-Modified, Link"}
PRIVATE = {"x-robots-tag": "noindex", "vary": "Accept-Encoding, Authorization"}
OUT_OF_REACH = Refused(
    status=503, detail="The database is out of reach; please try again soon.", headers={"retry-after": "30"}
)
BUSY = Refused(status=503, detail="This feed changes right now; please try again.", headers={"retry-after": "1"})
# How often a feed may be replaced between the look at it and the look for its bytes.
_ATTEMPTS = 3

# Status, header fields and body.
Answer = tuple[int, tuple[tuple[bytes, bytes], ...], bytes]


class Feeds:
    """The layer that answers for feeds."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _FEED.match(scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        scope["aggregator.route"] = "feed"
        try:
            answered = await feed(self._desk, scope, KINDS[asked[1]], asked[2], asked[3])
        except StoreError:
            answered = problem(OUT_OF_REACH)
        except RenderError as error:
            answered = problem(Refused(status=500, detail=str(error)))
        if isinstance(answered, Response):
            await answered(scope, receive, send)
        else:
            status, fields, body = answered
            await send({"type": "http.response.start", "status": status, "headers": list(fields)})
            await send({"type": "http.response.body", "body": body})


async def feed(desk: Desk, scope: Scope, kind: ChannelKind, slug: str, format: str) -> Response | Answer:
    """The answer for one feed."""
    method = scope["method"]
    if method not in ("GET", "HEAD"):
        return _not_allowed(method)
    headers = dict(scope["headers"])
    channel = configured(desk, kind, slug)
    private = channel is not None and channel.private
    if refused := _refused(desk, scope, channel, kind, slug):
        return problem(refused)
    if format == "atom" and _DELETED.search(scope["query_string"]):
        return await _with_deleted(desk, scope, kind, slug, private=private)
    for _ in range(_ATTEMPTS):
        edition = await desk.feed(kind, slug, format)
        if edition is None:
            return await _absent(desk, kind, slug, format)
        coding = chosen(_text(headers, b"accept-encoding") or "", tuple(edition.sizes))
        last_modified = dated(edition.last_modified, desk.now())
        if unchanged(
            _text(headers, b"if-none-match"), _text(headers, b"if-modified-since"), edition.etag, last_modified
        ):
            return 304, _fields(edition.etag, coding, format, -1, last_modified, private), b""
        link = None if private else _link(desk, kind, slug, format)
        fields = _fields(edition.etag, coding, format, edition.sizes[coding], last_modified, private, link)
        if method == "HEAD":
            return 200, fields, b""
        if (body := await desk.body(edition, coding)) is not None:
            return 200, fields, body
    return problem(BUSY)


def _refused(desk: Desk, scope: Scope, channel: Channel | None, kind: ChannelKind, slug: str) -> Refused | None:
    if channel is not None and channel.private:
        refused = refused_reader(channel, Headers(scope=scope), scope["query_string"].decode("latin-1"))
        if refused is not None:
            return refused
    return NOT_FOUND if _closed(desk, kind, slug) else None


async def _with_deleted(desk: Desk, scope: Scope, kind: ChannelKind, slug: str, *, private: bool) -> Response:
    """The channel with what left it: asked for by few, and made when it is."""
    output = await Syndicate(desk.store, desk.newsroom, desk.now).with_deleted(kind, slug)
    if output is None:
        return await _absent(desk, kind, slug, "atom")
    made = Representation(
        body=output.body,
        media_type=MEDIA_TYPES["atom"],
        etag=etag(output.body),
        last_modified=output.last_modified,
        cache=PRIVATE_CACHE if private else FEED_CACHE,
        headers=PRIVATE if private else PUBLIC,
    )
    return answer(Headers(scope=scope), scope["method"], made, now=desk.now())


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


@lru_cache(maxsize=8192)
def _fields(
    etag: str,
    coding: str,
    format: str,
    size: int,
    last_modified: datetime | None,
    private: bool,
    link: str | None = None,
) -> tuple[tuple[bytes, bytes], ...]:
    """The header fields of a 200 with a body of `size` bytes, of a 304 where that is -1: worked out once for each edition."""
    cache, special = (PRIVATE_CACHE, PRIVATE) if private else (FEED_CACHE, PUBLIC)
    fields = validators(etag, coding, cache, last_modified) | special
    if size < 0:
        fields.pop("access-control-expose-headers", None)  # whoever has the tag need not be shown it
    else:
        fields |= content(coding, MEDIA_TYPES[format], size) | ({"link": link} if link else {})
    return tuple((name.encode(), value.encode("latin-1")) for name, value in fields.items())


def _link(desk: Desk, kind: ChannelKind, slug: str, format: str) -> str | None:
    """Where to subscribe to it, and to what (WebSub §4): the addresses that the document itself names."""
    site = desk.newsroom().site
    hub = publish.hub_address(site)
    return link_header([hub], publish.channel_address(site, kind, slug, format=format)) if hub else None


def _closed(desk: Desk, kind: ChannelKind, slug: str) -> bool:
    source = desk.newsroom().source_by_id.get(slug) if kind is ChannelKind.SOURCE else None
    return source is not None and source.private


async def _absent(desk: Desk, kind: ChannelKind, slug: str, format: str) -> Response:
    why = await absent(desk, kind, slug)
    if isinstance(why, Moved):
        return moved(Links.of(desk.newsroom().site).feed(kind, why.slug, format))
    return problem(why)


def _not_allowed(method: str) -> Response:
    """405, but 204 where a browser asks whether another site's page may read the feed (CORS preflight)."""
    if method == "OPTIONS":
        allowed = {"access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "If-None-Match"}
        return Response(status_code=204, headers=PUBLIC | allowed | {"allow": "GET, HEAD, OPTIONS"})
    return problem(Refused(status=405, detail="Feeds can be read, with GET or HEAD.", headers={"allow": "GET, HEAD"}))


async def search_feed(desk: Desk, headers: Headers, method: str, text: str, format: str, part: Part) -> Response:
    """A query as a feed or a table; raises QueryError. A cut search says so in a header: its feed shows what it saw."""
    found = await desk.search_feed(text, format, part)
    extra = PUBLIC | ({"x-search-cut": "1"} if found.cut else {})
    if found.next_url:
        extra |= {"link": f'<{found.next_url}>; rel="next"'}  # RFC 8288
    output = found.output
    made = Representation(
        body=output.body,
        media_type=MEDIA_TYPES[format],
        etag=etag(output.body),
        last_modified=output.last_modified,
        cache=FEED_CACHE,
        headers=extra,
    )
    return answer(headers, method, made, now=desk.now())
