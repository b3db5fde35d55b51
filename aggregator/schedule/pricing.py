"""What is known of all sources → the price of a poll, and the terms on which each is polled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregator.cadence import Demand, Prices, Terms, prices, safety
from aggregator.fetch.hosts import host_of
from aggregator.model import Health, Newsroom, Schedule, Source
from aggregator.store import Store

log = structlog.get_logger(__name__)

# Sources learn slowly and a budget is a mean: a quarter of an hour is soon enough.
REPRICED_EVERY_SECONDS = 900.0


@dataclass(kw_only=True)
class Pricing:
    """Keeps the price of a poll to the budget of the configuration in force; `newsroom` is asked for it each time."""

    store: Store
    newsroom: Callable[[], Newsroom]
    now: Callable[[], datetime]
    prices: Prices = field(default_factory=Prices)

    async def reprice(self) -> None:
        """Set the price from the rhythms that are stored: nothing of it is lost in a restart."""
        newsroom, schedules = self.newsroom(), await self.store.schedules()
        self.prices = await asyncio.to_thread(_priced, newsroom, schedules, self.now())
        log.debug("price.set", minutes=round(self.prices.everywhere, 3), crowded_hosts=len(self.prices.hosts))

    def terms(self, source: Source, jitter: float) -> Terms:
        """On what terms `source` is polled next, with `jitter` of 0…1."""
        return Terms(
            price=self.prices.of(host_of(source.url)),
            jitter=jitter,
            courteous=self.newsroom().site.contact is not None,
        )


def _priced(newsroom: Newsroom, schedules: Mapping[str, Schedule], now: datetime) -> Prices:
    polled = [
        (source, schedules[source.id])
        for source in newsroom.sources
        if source.id in schedules and source.enabled and not source.withdrawn
    ]
    demands = [
        Demand(
            source=source,
            rhythm=schedule.rhythm,
            host=host_of(source.url),
            backing_off=_backing_off(schedule),
            pushed=safety(schedule.lease, now),
        )
        for source, schedule in polled
        if schedule.health is not Health.GONE
    ]
    site = newsroom.site
    return prices(demands, budget=site.polls_per_day, courteous=site.contact is not None, now=now)


def _backing_off(schedule: Schedule) -> timedelta | None:
    return timedelta(seconds=schedule.interval_seconds or 0) if schedule.failures else None
