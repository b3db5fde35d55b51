"""`/websub/hub`: forms for our hub (WebSub §5.1), and for people what this address is."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from aggregator import publish
from aggregator.model import OWN_HUB
from aggregator.push.protocol import FORM_TYPE, LEASE, LONGEST_LEASE, SHORTEST_LEASE
from aggregator.push.requests import Refusal
from aggregator.web.access import client_address, on_loopback
from aggregator.web.answers import NO_CACHE, answer, page
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.door import Rates
from aggregator.web.outcomes import NOT_FOUND
from aggregator.web.problems import refusal
from aggregator.web.templating import render

PATH = "/websub/hub"
_FORM_BYTES, _SECONDS = 16 * 1024, 10.0
# Each form makes us send a request to an address that its author chose.
_PER_SECOND, _BURST = 1.0, 60
_TAKEN = "Accepted: hub.callback is asked now whether it means it.\n"
_CLOSED = Refusal(status=503, why="this process delivers nothing; please try again later", retry_after=60)
_TOO_MANY = Refusal(status=429, why="too many requests; please wait a little", retry_after=5)
_TOO_LARGE = Refusal(status=413, why=f"the form is too large: expected at most {_FORM_BYTES} bytes")
_LATE = Refusal(status=408, why="the form did not come in time")
_NO_FORM = Refusal(status=415, why=f"expected a form: Content-Type: {FORM_TYPE}")


def add_hub(app: FastAPI, desk: Desk) -> None:
    """The routes of our hub; 404 where there is none."""
    rates = Rates(desk.now)

    async def post(request: Request) -> Response:
        if desk.newsroom().site.hub != OWN_HUB:
            return refusal(desk, NOT_FOUND, PATH)
        refused = await _refused(desk, request, rates)
        if refused is None and desk.hub is not None:
            form = await _form(request)
            taken = form if isinstance(form, Refusal) else await desk.hub.receive(form)
            if not isinstance(taken, Refusal):
                return PlainTextResponse(_TAKEN, status_code=202, headers={"cache-control": NO_CACHE})
            refused = taken
        return _no(refused or _CLOSED)

    async def get(request: Request) -> Response:
        if desk.newsroom().site.hub != OWN_HUB:
            return refusal(desk, NOT_FOUND, PATH)
        return answer(request.headers, request.method, page(hub_page(desk)), now=desk.now())

    app.router.add_route(PATH, post, methods=["POST"], include_in_schema=False)
    app.router.add_route(PATH, get, methods=["GET"], include_in_schema=False)


async def _refused(desk: Desk, request: Request, rates: Rates) -> Refusal | None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return _NO_FORM
    client = request.client.host if request.client else None
    if desk.settings.rate_limit is None or on_loopback(client, request.headers, desk.settings):
        return None
    wait = rates.take(client_address(client, request.headers, desk.settings), _PER_SECOND, _BURST)
    return _TOO_MANY if wait > 0 else None


async def _form(request: Request) -> bytes | Refusal:
    """The body, unless it is too large, drags on or breaks off."""
    body = b""
    try:
        async with asyncio.timeout(_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > _FORM_BYTES:
                    return _TOO_LARGE
    except (TimeoutError, ClientDisconnect):
        return _LATE
    return body


def _no(refused: Refusal) -> Response:
    """WebSub §5.1: the status says no, the body why, in plain text."""
    wait = {} if refused.retry_after is None else {"retry-after": str(refused.retry_after)}
    why = (
        f"{refused.why[:1].upper()}{refused.why[1:]}.\n" if not refused.why.startswith("hub.") else f"{refused.why}.\n"
    )
    return PlainTextResponse(why, status_code=refused.status, headers={"cache-control": NO_CACHE, **wait})


def hub_page(desk: Desk) -> str:
    """What people see who follow the link in a feed."""
    look = Look.of(desk)
    site = desk.newsroom().site
    return render(
        "hub.html",
        look,
        title="WebSub hub",
        address=publish.hub_address(site),
        example=f"{site.url}/sections/….atom",
        hours=SHORTEST_LEASE.total_seconds() // 3600,
        days=LEASE.days,
        longest=LONGEST_LEASE.days,
    )
