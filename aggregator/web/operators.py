"""How the service is → a page and a scrape for operators, yes or no for a container's health check."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from fastapi import FastAPI
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from aggregator import __version__
from aggregator.errors import StoreError
from aggregator.web.access import is_operator, refused_operator
from aggregator.web.answers import NO_CACHE, PRIVATE_CACHE, answer, whole
from aggregator.web.desk import Desk
from aggregator.web.door import Counts
from aggregator.web.hub_status import hub_metrics
from aggregator.web.metrics import exposition
from aggregator.web.outcomes import Refused
from aggregator.web.problems import problem, refusal
from aggregator.web.status_feed import LATEST, status_feed
from aggregator.web.status_page import status_page

# Whoever asks whether we are ready waits no longer than the usual five seconds.
_PATIENCE_SECONDS = 4.0


def add_operators(app: FastAPI, desk: Desk, counts: Counts) -> None:
    """Status, as a page and as a feed, and metrics."""

    def refused(request: Request) -> Refused | None:
        client = request.client.host if request.client else None
        return refused_operator(client, request.headers, desk.settings)

    async def status(request: Request) -> Response:
        if why := refused(request):
            return refusal(desk, why, "/status")
        html = await status_page(desk, private=_operator(desk, request))
        return Response(html, media_type="text/html", headers={"cache-control": NO_CACHE})

    async def feed(request: Request) -> Response:
        if why := refused(request):
            return problem(why)
        private, store = _operator(desk, request), desk.store
        titles = {one.id: one.title for one in await store.source_statuses()}
        body = status_feed(desk.newsroom().site, await store.problems(limit=LATEST, private=private), titles)
        what = whole(body, "application/atom+xml; charset=utf-8", cache=PRIVATE_CACHE)
        return answer(request.headers, request.method, what, now=desk.now())

    async def metrics(request: Request) -> Response:
        if why := refused(request):
            return problem(why)
        store = desk.store
        body = exposition(
            await store.source_statuses(),
            await store.statistics(),
            counts,
            desk.now(),
            await store.render_failures(),
            polls=await store.poll_outcomes(desk.now() - timedelta(hours=24)),
            outage=await store.outage() is not None,
            websub=await hub_metrics(desk),
        )
        return Response(body, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": NO_CACHE})

    for path, handler in (
        ("/status", status),
        ("/status.atom", feed),
        ("/metrics", metrics),
    ):
        app.router.add_route(path, handler, methods=["GET"], include_in_schema=False)


def add_probes(app: FastAPI, desk: Desk) -> None:
    """Liveness and readiness: anybody may ask."""

    async def alive(request: Request) -> Response:
        return _state(200, status="alive", version=__version__, polling=desk.polling)

    async def ready(request: Request) -> Response:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await desk.store.ready()
                failures = len(await desk.store.render_failures())
        except (StoreError, TimeoutError) as error:
            told = str(error) if str(error) and _operator(desk, request) else "the database does not answer"
            return _state(503, status="not ready", why=told)
        # Their last good feeds are served: no reason to be restarted, but one to look. Anybody may ask: numbers, no names.
        return _state(200, status="ready", channels_not_rendered=failures)

    for path, handler in (("/healthz", alive), ("/readyz", ready)):
        app.router.add_route(path, handler, methods=["GET"], include_in_schema=False)


def _state(code: int, **said: object) -> Response:
    body = json.dumps(said).encode() + b"\n"
    headers = {"cache-control": NO_CACHE}
    return Response(body, status_code=code, media_type="application/json", headers=headers)


def _operator(desk: Desk, request: Request) -> bool:
    return is_operator(request.client.host if request.client else None, request.headers, desk.settings)
