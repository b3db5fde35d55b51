"""Addresses of what is no page and the same in every language → answers: OPML, OpenSearch, robots.txt, sitemap, style, icon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aggregator.model import ChannelKind
from aggregator.web import opml
from aggregator.web.answers import answer, whole
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import PUBLIC
from aggregator.web.outcomes import NOT_FOUND
from aggregator.web.problems import refusal
from aggregator.web.sitemap import robots, sitemap
from aggregator.web.templating import asset, fingerprint, render

Handler = Callable[[Request], Awaitable[Response]]
_ASSET_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


def add_documents(app: FastAPI, desk: Desk) -> None:
    """Each document."""

    def get(path: str, handler: Handler) -> None:
        app.router.add_route(path, handler, methods=["GET"], include_in_schema=False)

    get("/opml", _opml(desk, None))
    for kind in ChannelKind:
        get(f"/{kind.folder}.opml", _opml(desk, kind))
    get("/opensearch.xml", _opensearch(desk))
    get("/robots.txt", _robots(desk))
    get("/sitemap.xml", _sitemap(desk))
    get("/favicon.ico", _asset(desk, "favicon.svg"))
    get("/static/{name}", _asset(desk))


def _opml(desk: Desk, kind: ChannelKind | None) -> Handler:
    async def document(request: Request) -> Response:
        body = await (opml.of_kind(desk, kind) if kind else opml.everything(desk))
        name = f"{kind.folder if kind else 'feeds'}.opml"
        headers = PUBLIC | {"content-disposition": f'attachment; filename="{name}"'}
        made = whole(body, opml.MEDIA_TYPE, headers=headers)
        return answer(request.headers, request.method, made, now=desk.now())

    return document


def _opensearch(desk: Desk) -> Handler:
    """OpenSearch 1.1: browsers offer our search in their address bar."""

    async def description(request: Request) -> Response:
        body = render("opensearch.xml", Look.of(desk), title=None).encode()
        made = whole(body, "application/opensearchdescription+xml")
        return answer(request.headers, request.method, made, now=desk.now())

    return description


def _robots(desk: Desk) -> Handler:
    async def document(request: Request) -> Response:
        made = whole(robots(desk), "text/plain; charset=utf-8")
        return answer(request.headers, request.method, made, now=desk.now())

    return document


def _sitemap(desk: Desk) -> Handler:
    async def document(request: Request) -> Response:
        made = whole(await sitemap(desk), "application/xml")
        return answer(request.headers, request.method, made, now=desk.now())

    return document


def _asset(desk: Desk, only: str | None = None) -> Handler:
    async def static(request: Request) -> Response:
        name = only or request.path_params["name"]
        body, media_type = asset(name), _ASSET_TYPES.get(name.rpartition(".")[2])
        if body is None or media_type is None:
            return refusal(desk, NOT_FOUND, request.scope["path"], request.headers.get("accept", ""))
        kept = _FOR_EVER if request.query_params.get("v") == fingerprint(name) else "public, max-age=3600"
        return answer(request.headers, request.method, whole(body, media_type, cache=kept), now=desk.now())

    return static
