"""The hot path: `/sections/peru.atom` → the stored bytes, without a router and, while nothing changed, without a query.

A bare ASGI layer in front of the application: it takes the addresses of feeds and leaves the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator import publish
from aggregator.errors import RenderError, StoreError
from aggregator.model import Channel, ChannelKind, Newsroom
from aggregator.push.protocol import link_header
from aggregator.store import Edition
from aggregator.syndicate.channels import Part, Syndicate
from aggregator.web.access import refused_reader
from aggregator.web.answers import (
    FEED_CACHE,
    PRIVATE_CACHE,
    answer,
    chosen,
    content,
    dated,
    settled,
    unchanged,
    validators,
    whole,
)
from aggregator.web.channels import KINDS, absent, configured
from aggregator.web.desk import Desk
from aggregator.web.links import MEDIA_TYPES, Links
from aggregator.web.outcomes import NOT_ALLOWED, NOT_FOUND, Moved, Refused
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

Fields = tuple[tuple[bytes, bytes], ...]
# Status, header fields and body.
Answer = tuple[int, Fields, bytes]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request is answered with, its body in `coding` if any, while the configuration and the edition stand."""

    newsroom: Newsroom
    edition: Edition
    status: int
    fields: Fields
    coding: str | None


class Feeds:
    """The layer that answers for feeds."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk
        self._fields = lru_cache(maxsize=8192)(self._said)

    def at_hand(self, scope: Scope, path: str) -> Standing | None:
        """The answer to a GET of a public feed that is in memory and current; None for all else, which may have to wait."""
        asked = _FEED.match(path)
        if asked is None or scope["method"] != "GET" or scope["query_string"]:
            return None
        kind, slug, format, desk = KINDS[asked[1]], asked[2], asked[3], self._desk
        channel = configured(desk, kind, slug)
        if (channel is not None and channel.private) or _closed(desk, kind, slug):
            return None
        edition = desk.editions.at_hand(kind, slug, format)
        if edition is None or not settled(edition.last_modified, desk.now()):
            return None
        status, fields, coding = self._begun(scope, edition)
        return Standing(desk.newsroom(), edition, status, fields, coding)

    def body_of(self, answer: Standing) -> bytes | None:
        """The body of an answer that still stands and is in memory; None where it does not, or is not."""
        desk, was = self._desk, answer.edition
        now = desk.editions.at_hand(was.kind, was.slug, was.format)
        if desk.newsroom() is not answer.newsroom or (now is not was and now != was):
            return None
        return desk.editions.body_at_hand(was, answer.coding) if answer.coding else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _FEED.match(scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        scope["aggregator.route"] = "feed"
        try:
            answered = await self._feed(scope, KINDS[asked[1]], asked[2], asked[3])
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

    async def _feed(self, scope: Scope, kind: ChannelKind, slug: str, format: str) -> Response | Answer:
        """The answer for one feed."""
        desk, method = self._desk, scope["method"]
        if method not in ("GET", "HEAD"):
            return _not_allowed(method)
        channel = configured(desk, kind, slug)
        if refused := _refused(desk, scope, channel, kind, slug):
            return problem(refused)
        if format == "atom" and _DELETED.search(scope["query_string"]):
            return await _with_deleted(desk, scope, kind, slug, private=channel is not None and channel.private)
        for _ in range(_ATTEMPTS):
            edition = await desk.editions.feed(kind, slug, format)
            if edition is None:
                return await _absent(desk, scope, kind, slug, format)
            status, fields, coding = self._begun(scope, edition)
            body = await desk.editions.body(edition, coding) if coding else b""
            if body is not None:
                return status, fields, body
        return problem(BUSY)

    def _begun(self, scope: Scope, edition: Edition) -> tuple[int, Fields, str | None]:
        """Status and header fields of the answer with an edition, and the coding in which its body follows; None: in none."""
        desk, headers = self._desk, dict(scope["headers"])
        coding = chosen(_text(headers, b"accept-encoding") or "", tuple(edition.sizes))
        at, digest = dated(edition.last_modified, desk.now()), desk.newsroom().digest
        since = _text(headers, b"if-modified-since")
        if unchanged(_text(headers, b"if-none-match"), since, edition.etag, at):
            return 304, self._fields(edition, 304, coding, at, digest), None
        return 200, self._fields(edition, 200, coding, at, digest), None if scope["method"] == "HEAD" else coding

    def _said(self, edition: Edition, status: int, coding: str, at: datetime | None, digest: str) -> Fields:
        """The header fields of an answer: worked out once for each edition, and for each configuration, which `digest` tells."""
        desk = self._desk
        channel = configured(desk, edition.kind, edition.slug)
        private = channel is not None and channel.private
        cache, special = (PRIVATE_CACHE, PRIVATE) if private else (FEED_CACHE, PUBLIC)
        fields = validators(edition.etag, coding, cache, at) | special
        if status == 304:
            fields.pop("access-control-expose-headers", None)  # whoever has the tag need not be shown it
        else:
            fields |= content(coding, MEDIA_TYPES[edition.format], edition.sizes[coding])
            fields |= {} if private else _link(desk, edition)
        return tuple((name.encode(), value.encode("latin-1")) for name, value in fields.items())


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
        return await _absent(desk, scope, kind, slug, "atom")
    cache, special = (PRIVATE_CACHE, PRIVATE) if private else (FEED_CACHE, PUBLIC)
    made = whole(output.body, MEDIA_TYPES["atom"], cache=cache, headers=special)
    return answer(Headers(scope=scope), scope["method"], made, now=desk.now())


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _link(desk: Desk, edition: Edition) -> dict[str, str]:
    """Where to subscribe to it, and to what (WebSub §4): the addresses that the document itself names."""
    site = desk.newsroom().site
    hub, own = (
        publish.hub_address(site),
        publish.channel_address(site, edition.kind, edition.slug, format=edition.format),
    )
    return {"link": link_header([hub], own)} if hub else {}


def _closed(desk: Desk, kind: ChannelKind, slug: str) -> bool:
    source = desk.newsroom().source_by_id.get(slug) if kind is ChannelKind.SOURCE else None
    return source is not None and source.private


async def _absent(desk: Desk, scope: Scope, kind: ChannelKind, slug: str, format: str) -> Response:
    why = await absent(desk, kind, slug)
    if isinstance(why, Moved):
        location = Links.of(desk.newsroom().site).feed(kind, why.slug, format)
        return moved(location, scope["query_string"].decode("latin-1"))
    return problem(why)


def _not_allowed(method: str) -> Response:
    """405, but 204 where a browser asks whether another site's page may read the feed (CORS preflight)."""
    if method == "OPTIONS":
        allowed = {"access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "If-None-Match"}
        return Response(status_code=204, headers=PUBLIC | allowed | {"allow": "GET, HEAD, OPTIONS"})
    return problem(NOT_ALLOWED)


async def search_feed(desk: Desk, headers: Headers, method: str, text: str, format: str, part: Part) -> Response:
    """A query as a feed or a table; raises QueryError. A cut search says so in a header: its feed shows what it saw.

    An entity tag alone says whether it changed. Its newest date would not: where an article leaves, that stands or falls
    (RFC 9110 §8.8.2.1)."""
    found = await desk.search_feed(text, format, part)
    extra = PUBLIC | ({"x-search-cut": "1"} if found.cut else {})
    if found.next_url:
        extra |= {"link": f'<{found.next_url}>; rel="next"'}  # RFC 8288
    made = whole(found.output.body, MEDIA_TYPES[format], cache=FEED_CACHE, headers=extra)
    return answer(headers, method, made, now=desk.now())
