"""How our hub is, or the one that we tell → for operators: a part of the status page, metrics."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from aggregator.model import OWN_HUB
from aggregator.publish import FORMATS
from aggregator.push.answers import BACKOFF
from aggregator.store import HubState, TroubledSubscription
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.moments import Moment
from aggregator.web.templating import plural

_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledRow:
    """A subscription that deliveries fail for."""

    host: str
    feed: str
    href: str
    error: str
    failures: int
    given_up: bool
    since: Moment
    next: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """Sentences, and the subscriptions that need a look."""

    lines: tuple[str, ...] = ()
    troubled: tuple[TroubledRow, ...] = ()


async def hub_status(desk: Desk, look: Look) -> HubStatus:
    """What of WebSub an operator should know; callbacks are named by their hosts alone."""
    site, now = desk.newsroom().site, desk.now()
    if site.outside_hub:
        return HubStatus(lines=(await _outside(desk),))
    if site.hub != OWN_HUB:
        return HubStatus()
    state = await _state(desk)
    rows = await desk.store.troubled_subscriptions(now=now, limit=_SHOWN)
    return HubStatus(lines=(_own(state),), troubled=tuple(_row(look, row) for row in rows))


async def _state(desk: Desk) -> HubState:
    return await desk.store.hub_state(now=desk.now(), given_up_after=len(BACKOFF))


def _own(state: HubState) -> str:
    told = f"{plural(state.subscriptions, 'subscription')} at {plural(state.hosts, 'host')}"
    said = [told if state.subscriptions else "nobody is subscribed"]
    said += [f"{plural(state.asked, 'request')} to be confirmed"] if state.asked else []
    said += [f"deliveries fail for {state.failing}, given up for {state.given_up}"] if state.failing else []
    said += [f"last delivery {state.told_at:%Y-%m-%d %H:%M} UTC"] if state.told_at else []
    return f"Our hub: {'; '.join(said)}."


async def _outside(desk: Desk) -> str:
    held = await desk.store.outside_hub()
    if held is None:
        return f"The hub {desk.newsroom().site.outside_hub} was not told anything yet."
    waiting = await desk.store.waiting_pings(tuple(FORMATS))
    if held.failures:
        since = f"{held.since:%Y-%m-%d %H:%M} UTC" if held.since else "now"
        return (
            f"The hub {held.url} takes nothing since {since}: {held.error} ({plural(held.failures, 'try', 'tries')}). "
            f"{plural(waiting, 'change')} to be told, next try {held.due:%Y-%m-%d %H:%M} UTC."
        )
    told = f"last told {held.told:%Y-%m-%d %H:%M} UTC" if held.told else "not told anything yet"
    return f"The hub {held.url}: {told}; {plural(waiting, 'change')} to be told."


def _row(look: Look, row: TroubledSubscription) -> TroubledRow:
    topic = row.topic
    return TroubledRow(
        host=row.host,
        feed=f"{topic.kind.folder}/{topic.slug}.{topic.format}",
        href=look.links.feed(topic.kind, topic.slug, topic.format),
        error=row.error,
        failures=row.failures,
        given_up=row.failures > len(BACKOFF),
        since=look.moment_of(row.since),
        next=look.moment_of(row.next),
    )


async def hub_metrics(desk: Desk) -> list[Metric]:
    """Of our hub, and of what this process did since it started."""
    state, metrics = await _state(desk), list[Metric]()
    subscriptions = GaugeMetricFamily(
        "aggregator_websub_subscriptions", "Subscriptions at our hub by state.", labels=["state"]
    )
    subscriptions.add_metric(["well"], state.subscriptions - state.failing)
    subscriptions.add_metric(["failing"], state.failing - state.given_up)
    subscriptions.add_metric(["given_up"], state.given_up)
    subscriptions.add_metric(["unconfirmed"], state.asked)
    metrics.append(subscriptions)
    if desk.newsroom().site.outside_hub:
        waiting = await desk.store.waiting_pings(tuple(FORMATS))
        metrics.append(
            GaugeMetricFamily("aggregator_websub_pings_waiting", "Changes that the hub was not told.", value=waiting)
        )
    if desk.hub is None:
        return metrics
    counts = desk.hub.counts
    deliveries = CounterMetricFamily(
        "aggregator_websub_deliveries", "Deliveries by what came of them.", labels=["came"]
    )
    for name in ("delivered", "failed", "ended"):
        deliveries.add_metric([name], getattr(counts, name))
    pings = CounterMetricFamily("aggregator_websub_pings", "Pings by what came of them.", labels=["came"])
    pings.add_metric(["taken"], counts.pinged)
    pings.add_metric(["failed"], counts.ping_failed)
    words = "Seconds from changes to their deliveries, all together."
    return [
        *metrics,
        deliveries,
        pings,
        CounterMetricFamily("aggregator_websub_delivery_seconds", words, value=counts.seconds),
    ]
