"""How the service is → Prometheus text."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from aggregator.model import Health, LeaseState, PollOutcome
from aggregator.store import RenderFailure, SourceStatus, Statistics
from aggregator.web.door import Counts


def exposition(
    statuses: Iterable[SourceStatus],
    statistics: Statistics,
    counts: Counts,
    now: datetime,
    failures: Collection[RenderFailure] = (),
    *,
    polls: Mapping[PollOutcome, int],
    outage: bool = False,
    websub: Iterable[Metric] = (),
) -> bytes:
    """Prometheus text of this moment."""
    registry = CollectorRegistry(auto_describe=False)
    broken = GaugeMetricFamily(
        "aggregator_channels_not_rendered", "Channels whose last good feeds are served.", value=len(failures)
    )
    own = GaugeMetricFamily("aggregator_outage", "1 while our own network is out of reach.", value=int(outage))
    registry.register(
        _Moment([*_sources(statuses, now), _polls(polls), own, *_stored(statistics), broken, *websub, _answers(counts)])
    )
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


def _polls(counts: Mapping[PollOutcome, int]) -> Metric:
    """`same_body` are answers of servers that sent what we have in place of a 304 (fetching rule 11)."""
    polls = GaugeMetricFamily("aggregator_polls", "Polls of the last 24 hours by outcome.", labels=["outcome"])
    for outcome, count in counts.items():
        polls.add_metric([outcome.value], count)
    return polls


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
