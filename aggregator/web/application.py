"""Desk → the web application: routes, layers, and what an error looks like."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from aggregator import __version__
from aggregator.errors import QueryError, StoreError
from aggregator.web.api import add_api
from aggregator.web.archive_routes import add_archives
from aggregator.web.callback_routes import add_callbacks
from aggregator.web.desk import Desk
from aggregator.web.desk_routes import add_desk
from aggregator.web.document_routes import add_documents
from aggregator.web.door import Counts, Door
from aggregator.web.feed_routes import OUT_OF_REACH, Feeds
from aggregator.web.hub_routes import add_hub
from aggregator.web.operators import add_operators, add_probes
from aggregator.web.outcomes import NOT_ALLOWED, NOT_FOUND, Refused, not_understood
from aggregator.web.page_routes import add_pages
from aggregator.web.problems import refusal
from aggregator.web.reload import add_reload


def create_app(desk: Desk) -> Door:
    """The application. Its own documentation pages would load scripts from elsewhere: ours are at /api/docs."""
    app = FastAPI(
        title="aggregator",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Starlette's redirect repeats the Host header; the door has its own.
        redirect_slashes=False,
    )
    counts = Counts()
    add_pages(app, desk)
    add_documents(app, desk)
    add_archives(app, desk)
    add_api(app, desk)
    add_desk(app, desk)
    add_operators(app, desk, counts)
    add_probes(app, desk)
    add_reload(app, desk)
    add_hub(app, desk)
    add_callbacks(app, desk)
    _add_errors(app, desk)
    # Around the application and not within: feeds have no use for what FastAPI and Starlette put around each request.
    return Door(Feeds(app, desk), desk, counts)


def _add_errors(app: FastAPI, desk: Desk) -> None:
    def say(request: Request, refused: Refused) -> Response:
        return refusal(desk, refused, request.scope["path"], request.headers.get("accept", ""))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == NOT_ALLOWED.status:
            return say(request, _not_taken(app, request))
        detail = NOT_FOUND.detail if error.status_code == NOT_FOUND.status else str(error.detail)
        return say(request, Refused(status=error.status_code, detail=detail, headers=dict(error.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = first["loc"][-1] if first["loc"] else "request"
        return say(request, Refused(status=400, detail=f"{where}: {first['msg']}"))

    @app.exception_handler(QueryError)
    async def query(request: Request, error: QueryError) -> Response:
        return say(request, not_understood(error))

    @app.exception_handler(StoreError)
    async def store(request: Request, error: StoreError) -> Response:
        return say(request, OUT_OF_REACH)


def _not_taken(app: FastAPI, request: Request) -> Refused:
    """405 with all that the address takes: Starlette names, in any order, the methods of one route."""

    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in app.router.routes)

    allowed = ", ".join(filter(takes, ("GET", "HEAD", "POST")))
    if allowed == NOT_ALLOWED.headers["allow"]:
        return NOT_ALLOWED
    return Refused(status=405, detail=f"This address takes {allowed}.", headers={"allow": allowed})
