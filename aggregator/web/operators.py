"""How the service is → a page and a scrape for operators, yes or no for a container's health check."""

from __future__ import annotations

import asyncio
import json
from collections import Counter as Tally
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from aggregator import __version__
from aggregator.errors import StoreError
from aggregator.etiquette.leases import sentence
from aggregator.health.judging import advice, is_problem
from aggregator.model import ChannelKind, Health, LeaseState
from aggregator.normalize.reuse import effect
from aggregator.store import RenderFailure, SourceStatus, Statistics
from aggregator.web.access import is_operator, refused_operator
from aggregator.web.answers import NO_CACHE, PRIVATE_CACHE, answer, whole
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.door import Counts
from aggregator.web.hub_status import hub_metrics, hub_status
from aggregator.web.moments import Moment
from aggregator.web.outcomes import Refused
from aggregator.web.problems import problem, refusal
from aggregator.web.status_feed import LATEST, status_feed
from aggregator.web.templating import render

# Never colour alone: shape and word say the same.
_SIGNS = {
    Health.HELD: "◼",
    Health.FAILING: "▲",
    Health.BLOCKED: "▲",
    Health.HTML: "▲",
    Health.EMPTY: "△",
    Health.STALE: "△",
    Health.PARTIAL: "◐",
    Health.SLOW: "◔",
    Health.MOVED: "➜",
    Health.DORMANT: "□",
    Health.GONE: "■",
    Health.NEW: "○",
    Health.WELL: "●",
    Health.DISABLED: "–",
}
_WORST_FIRST = tuple(_SIGNS)
_ENOUGH_TO_COUNT = 0.05
# Whoever asks whether we are ready waits no longer than the usual five seconds.
_PATIENCE_SECONDS = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A source in the table."""

    title: str
    url: str
    href: str | None
    health: str
    sign: str
    since: Moment | None
    evidence: str
    advice: str
    failures: int
    articles: int
    pace: str
    last: Moment | None
    next: Moment | None
    overdue: bool
    why: str
    rights: tuple[str, ...]
    hub: str = ""


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


async def status_page(desk: Desk, *, private: bool) -> str:
    """Every source: what needs a look first, then by next poll. `private` ones are for operators alone."""
    look = Look.of(desk)
    statuses = [status for status in await desk.store.source_statuses() if private or not status.private]
    tally = Tally(status.health for status in statuses)
    ordered = sorted(statuses, key=lambda s: (_WORST_FIRST.index(s.health), s.next_poll is None, s.next_poll, s.id))
    return render(
        "status.html",
        look,
        title="Status",
        rows=[_row(look, status, desk.now()) for status in ordered],
        counts=[(health.value, tally[health]) for health in _WORST_FIRST if tally[health]],
        statistics=await desk.store.statistics(),
        websub=await hub_status(desk, look),
        outage=await desk.store.outage(),
        polling=desk.polling,
    )


def _row(look: Look, status: SourceStatus, now: datetime) -> StatusRow:
    def at(time: datetime | None) -> Moment | None:
        return look.moment_of(time) if time else None

    return StatusRow(
        title=status.title or status.id,
        url=status.url,
        href=None if status.private else look.links.channel(ChannelKind.SOURCE, status.id),
        health=status.health.value,
        sign=_SIGNS[status.health],
        since=at(status.since),
        evidence=status.evidence or status.error or "",
        advice=advice(status.health) if is_problem(status.health) else "",
        failures=status.failures,
        articles=status.articles,
        pace=_pace(status.articles_per_day),
        last=at(status.last_poll),
        next=at(status.next_poll),
        overdue=bool(status.next_poll and status.next_poll < now),
        why=status.why,
        rights=_rights(status),
        hub=sentence(status.lease, now, waiting=status.pushes_waiting) if status.lease else "",
    )


def _rights(status: SourceStatus) -> tuple[str, ...]:
    """What the source tells machines of reuse, with the evidence, and what we make of it."""
    if not status.signals:
        return ()
    return (*map(str, status.signals), *filter(None, [effect(status.signals, licence=status.licence)]))


def _pace(per_day: float | None) -> str:
    if per_day is None or per_day < _ENOUGH_TO_COUNT:
        return ""
    return f"{per_day:.0f} a day" if per_day >= 1 else f"{per_day * 7:.1f} a week"


def exposition(
    statuses: Iterable[SourceStatus],
    statistics: Statistics,
    counts: Counts,
    now: datetime,
    failures: Collection[RenderFailure] = (),
    *,
    outage: bool = False,
    websub: Iterable[Metric] = (),
) -> bytes:
    """Prometheus text of this moment."""
    registry = CollectorRegistry(auto_describe=False)
    broken = GaugeMetricFamily(
        "aggregator_channels_not_rendered", "Channels whose last good feeds are served.", value=len(failures)
    )
    own = GaugeMetricFamily("aggregator_outage", "1 while our own network is out of reach.", value=int(outage))
    registry.register(_Moment([*_sources(statuses, now), own, *_stored(statistics), broken, *websub, _answers(counts)]))
    return generate_latest(registry)


class _Moment(Collector):
    """Metrics that were worked out already: nothing is kept between scrapes."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _sources(statuses: Iterable[SourceStatus], now: datetime) -> list[Metric]:
    held = list(statuses)
    tally = Tally(status.health for status in held)
    health = GaugeMetricFamily("aggregator_sources", "Sources by health.", labels=["health"])
    for one in Health:
        health.add_metric([one.value], tally[one])
    late = max(((now - s.next_poll).total_seconds() for s in held if s.next_poll), default=0.0)
    overdue = GaugeMetricFamily(
        "aggregator_poll_lag_seconds", "How long the source that waits longest has been due.", value=max(0.0, late)
    )
    return [health, overdue, *_pushed(held, now)]


def _pushed(statuses: Iterable[SourceStatus], now: datetime) -> list[Metric]:
    """What outlets' hubs do."""
    held = [(status.lease, status.pushes_waiting) for status in statuses if status.lease]
    states = Tally(lease.state(now) for lease, _ in held)
    leases = GaugeMetricFamily("aggregator_hub_leases", "Leases at outlets' hubs by state.", labels=["state"])
    for state in LeaseState:
        leases.add_metric([state.value], states[state])
    meaning = "What came of pushes, and articles by who found them first, of the leases that there are."
    counted = GaugeMetricFamily("aggregator_hub_pushes", meaning, labels=["what"])
    for what in ("pushes", "brought", "missed", "ignored", "hints"):
        counted.add_metric([what], sum(getattr(lease, what) for lease, _ in held))
    counted.add_metric(["waiting"], sum(waiting for _, waiting in held))
    return [leases, counted]


def _stored(statistics: Statistics) -> list[Metric]:
    rows = GaugeMetricFamily("aggregator_stored", "What is in the database.", labels=["what"])
    for what in ("outlets", "sources", "articles", "authors", "stories", "channels", "polls"):
        rows.add_metric([what], getattr(statistics, what))
    size = GaugeMetricFamily("aggregator_database_bytes", "Size of the database.", value=statistics.bytes)
    return [rows, size]


def _answers(counts: Counts) -> Metric:
    answers = CounterMetricFamily("aggregator_http_answers", "Answers by route and status.", labels=["route", "status"])
    for (route, status), count in sorted(counts.answers.items()):
        answers.add_metric([route, str(status)], count)
    return answers
