"""A hub's request → our callbacks: what it asks is confirmed, what it pushes is kept. Nothing of it is shown to readers."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from aggregator.web.answers import NO_CACHE
from aggregator.web.desk import Desk
from aggregator.web.outcomes import NOT_FOUND, Refused
from aggregator.web.problems import problem
from aggregator.websub.callbacks import LIMITS, Callbacks, Received

PATH = "/websub/callback/{id}"
# A body that drags on is not waited for longer than we wait for a document.
_SECONDS = 60.0
_GONE = Refused(status=410, detail="Nothing is wanted here any more: please end this subscription.")
_FULL = Refused(status=503, detail="Too much waits to be read: please come again.", headers={"retry-after": "60"})
_TOO_LARGE = Refused(status=413, detail="This is larger than a document that we take.", headers={"connection": "close"})
_LATE = Refused(status=408, detail="The body did not come in time.", headers={"connection": "close"})
_ANSWERS = {Received.UNKNOWN: _GONE, Received.FULL: _FULL, Received.TOO_LARGE: _TOO_LARGE}


def add_callbacks(app: FastAPI, desk: Desk) -> None:
    """`/websub/callback/{id}`: GET of a hub that verifies, POST of one that pushes."""

    async def confirm(request: Request) -> Response:
        if desk.callbacks is None:
            return problem(NOT_FOUND)
        said = await desk.callbacks.confirm(request.path_params["id"], request.url.query)
        return problem(NOT_FOUND) if said is None else _plain(said, 200)

    async def receive(request: Request) -> Response:
        if desk.callbacks is None:
            return problem(NOT_FOUND)
        return await _received(desk.callbacks, request)

    app.router.add_route(PATH, confirm, methods=["GET"], include_in_schema=False)
    app.router.add_route(PATH, receive, methods=["POST"], include_in_schema=False)


async def _received(callbacks: Callbacks, request: Request) -> Response:
    id = request.path_params["id"]
    if not await callbacks.knows(id):
        return problem(_GONE)
    try:
        async with asyncio.timeout(_SECONDS):
            body = await _body(request)
    except TimeoutError:
        return problem(_LATE)
    except ClientDisconnect:
        return Response(status_code=400)
    if body is None:
        return problem(_TOO_LARGE)
    received = await callbacks.receive(id, request.headers, body)
    # WebSub §7: 2xx for whatever we got, also for what is ignored.
    return problem(_ANSWERS[received]) if received in _ANSWERS else _plain("", 202)


async def _body(request: Request) -> bytes | None:
    """The body as sent; None as soon as it is known to be too large, whatever its length is said to be."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and (len(stated) > 12 or int(stated) > LIMITS.encoded):
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LIMITS.encoded:
            return None
        parts.append(part)
    return b"".join(parts)


def _plain(text: str, status: int) -> Response:
    # A challenge is echoed to whoever asked, as text: never as a page.
    return Response(text, status_code=status, media_type="text/plain", headers={"cache-control": NO_CACHE})
