"""Addresses of archive pages (RFC 5005) → answers: `/sections/peru/archive/2026-01.atom`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import RenderError
from aggregator.model import ChannelKind, Span
from aggregator.web.access import refused_reader
from aggregator.web.answers import ARCHIVE_CACHE, FEED_CACHE, PRIVATE_CACHE, Representation, answer
from aggregator.web.channels import configured, find
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import PRIVATE, PUBLIC
from aggregator.web.links import FEED_FORMATS, MEDIA_TYPES, Links
from aggregator.web.outcomes import NOT_FOUND, Moved, Refused
from aggregator.web.problems import moved, problem


def add_archives(app: FastAPI, desk: Desk) -> None:
    """The archive pages of every kind of channel."""
    for kind in ChannelKind:
        path = f"/{kind.folder}/{{slug}}/archive/{{name}}"
        app.router.add_route(path, _archive(desk, kind), methods=["GET"], include_in_schema=False)


def _archive(desk: Desk, kind: ChannelKind) -> Callable[[Request], Awaitable[Response]]:
    async def archive(request: Request) -> Response:
        name, _, format = request.path_params["name"].rpartition(".")
        try:
            made = await _page(desk, request, kind, Span.named(name), format)
        except RenderError as error:
            made = Refused(status=500, detail=str(error))
        if isinstance(made, Refused):
            return problem(made)
        if isinstance(made, Moved):
            return moved(Links.of(desk.newsroom().site).archive(kind, made.slug, name, format), request.url.query)
        return answer(request.headers, request.method, made, now=desk.now())

    return archive


async def _page(
    desk: Desk, request: Request, kind: ChannelKind, asked: Span | None, format: str
) -> Representation | Moved | Refused:
    if asked is None or format not in FEED_FORMATS:
        return NOT_FOUND
    slug = request.path_params["slug"]
    channel = configured(desk, kind, slug)
    if channel is not None and (refused := refused_reader(channel, request.headers, request.url.query)):
        return refused
    found = await find(desk, kind, slug)
    if isinstance(found, Moved | Refused):
        return found
    private = channel is not None and channel.private
    feed = await desk.archives.page(kind, slug, asked, format)
    if feed is None:
        return NOT_FOUND
    public = ARCHIVE_CACHE if feed.finished else FEED_CACHE
    return Representation(
        body=feed.body,
        media_type=MEDIA_TYPES[format],
        etag=feed.etag,
        last_modified=feed.last_modified,
        cache=PRIVATE_CACHE if private else public,
        headers=PRIVATE if private else PUBLIC,
        packed=feed.packed,
    )
