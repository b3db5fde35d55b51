"""The hot path: `/sections/peru.atom` → the stored bytes, by one look into the store and no router.

A bare ASGI layer in front of the application: it takes the addresses of feeds and leaves the rest.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.errors import StoreError
from aggregator.model import ChannelKind
from aggregator.store import Rendered
from aggregator.syndicate import etag
from aggregator.web.access import refused_reader
from aggregator.web.answers import FEED_CACHE, PRIVATE_CACHE, Representation, answer
from aggregator.web.channels import KINDS, absent, configured
from aggregator.web.desk import Desk
from aggregator.web.links import MEDIA_TYPES, Links
from aggregator.web.outcomes import NOT_FOUND, Moved, Refused
from aggregator.web.problems import moved, problem

_FEED = re.compile(rf"/({'|'.join(KINDS)})/([^/]+)\.(rss|atom|json)\Z")
PUBLIC = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag, Last-Modified, Link"}
_PRIVATE = {"x-robots-tag": "noindex", "vary": "Accept-Encoding, Authorization"}
OUT_OF_REACH = Refused(
    status=503, detail="The database is out of reach; please try again soon.", headers={"retry-after": "30"}
)


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
        kind, slug, format = KINDS[asked[1]], asked[2], asked[3]
        try:
            response = await feed(self._desk, scope, kind, slug, format)
        except StoreError:
            response = problem(OUT_OF_REACH)
        await response(scope, receive, send)


async def feed(desk: Desk, scope: Scope, kind: ChannelKind, slug: str, format: str) -> Response:
    """The answer for one feed."""
    method = scope["method"]
    if method not in ("GET", "HEAD"):
        return _not_allowed(method)
    headers = Headers(scope=scope)
    channel = configured(desk, kind, slug)
    if channel is not None and (refused := refused_reader(channel, headers, scope["query_string"].decode("latin-1"))):
        return problem(refused)
    if _closed(desk, kind, slug):
        return problem(NOT_FOUND)
    rendered = await desk.feed(kind, slug, format)
    if rendered is None:
        return await _absent(desk, kind, slug, format)
    private = channel is not None and channel.private
    return answer(headers, method, representation(rendered, private=private), now=desk.now())


def representation(rendered: Rendered, *, private: bool) -> Representation:
    """What the store keeps of a feed, to be sent."""
    return Representation(
        body=rendered.body,
        gzip=rendered.gzip,
        media_type=MEDIA_TYPES[rendered.format],
        etag=rendered.etag,
        last_modified=rendered.last_modified,
        cache=PRIVATE_CACHE if private else FEED_CACHE,
        headers=_PRIVATE if private else PUBLIC,
    )


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


async def search_feed(desk: Desk, headers: Headers, method: str, text: str, format: str) -> Response:
    """Any query as a feed; raises QueryError. A cut search says so in a header: its feed shows what it saw."""
    output, cut = await desk.search_feed(text, format)
    extra = PUBLIC | ({"x-search-cut": "1"} if cut else {})
    made = Representation(
        body=output.body,
        media_type=MEDIA_TYPES[format],
        etag=etag(output.body),
        last_modified=output.last_modified,
        cache=FEED_CACHE,
        headers=extra,
    )
    return answer(headers, method, made, now=desk.now())
