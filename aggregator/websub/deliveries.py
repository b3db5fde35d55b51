"""Editions that subscriptions lack → requests to their callbacks, and what became of them, written down many at a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace

import structlog

from aggregator import publish
from aggregator.model import Subscription
from aggregator.push.answers import Heard, after_delivery, given_up
from aggregator.push.delta import delta, items_of
from aggregator.push.protocol import link_header, signature
from aggregator.push.requests import address_of
from aggregator.store import Delivery
from aggregator.websub.means import Means

log = structlog.get_logger(__name__)

_PACKED = 64


class Deliveries:
    """Sends editions; what many subscribers lack alike is made once."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._packed: OrderedDict[tuple[str, str], asyncio.Task[bytes | None]] = OrderedDict()
        self._settling = Settling(means)

    async def deliver(self, delivery: Delivery) -> None:
        """Send a subscription what it lacks; it is written down what became of it."""
        means, held, edition = self._means, delivery.subscription, delivery.edition
        body = await self._body(delivery)
        if body is None:  # another edition took its place: that one is due
            await self._settling.put(replace(held, due=means.now()))
            return
        heard = await means.send.post(held.callback, body, self._headers(held, edition.format, body))
        now = means.now()
        after = after_delivery(held, edition.etag, heard, now)
        self._count(delivery, heard, after)
        await self._settling.put(after, ended=held.id)

    def _headers(self, held: Subscription, format: str, body: bytes) -> dict[str, str]:
        site = self._means.newsroom().site
        hub = publish.hub_address(site)
        headers = {
            "Content-Type": publish.FORMATS[format].served_as,
            "Link": link_header([hub] if hub else [], address_of(held.topic, site)),
        }
        return headers | ({"X-Hub-Signature": signature(held.secret, body)} if held.secret else {})

    async def _body(self, delivery: Delivery) -> bytes | None:
        """What is sent of an edition to those who have another: made by whoever comes first."""
        key = (delivery.edition.etag, delivery.subscription.told)
        task = self._packed.get(key)
        if task is None:
            task = self._packed[key] = asyncio.create_task(self._pack(delivery), name="pack")
            while len(self._packed) > _PACKED:
                self._packed.popitem(last=False)
        body = None
        try:
            body = await asyncio.shield(task)
        finally:
            if body is None:  # another edition took its place, or the store failed: the next time it is made anew
                self._packed.pop(key, None)
        return body

    async def _pack(self, delivery: Delivery) -> bytes | None:
        edition, store = delivery.edition, self._means.store
        body = await self._means.bytes_of(edition)
        if body is None:
            return None
        known = await store.edition_items([edition.etag, delivery.subscription.told])
        if edition.etag not in known:
            await store.keep_edition_items(edition.etag, await asyncio.to_thread(items_of, body, edition.format))
        told = known.get(delivery.subscription.told, frozenset())
        return await asyncio.to_thread(delta, body, edition.format, told)

    def _count(self, delivery: Delivery, heard: Heard, after: Subscription | None) -> None:
        counts, edition, held = self._means.counts, delivery.edition, delivery.subscription
        said = {"host": held.host, "channel": f"{edition.kind}:{edition.slug}", "format": edition.format}
        if after is None:
            counts.ended += 1
            log.info("hub.subscription_ended", **said, status=heard.status)
        elif heard.taken:
            counts.delivered += 1
            counts.seconds += max(0.0, (self._means.now() - edition.last_modified).total_seconds())
            log.debug("hub.delivered", **said)
        else:
            counts.failed += 1
            event = "hub.delivery_given_up" if given_up(after) else "hub.delivery_failed"
            log.warning(event, **said, why=heard.why, failures=after.failures, again=after.due.isoformat())


class Settling:
    """Writes down what became of deliveries: while one transaction runs, what ends meanwhile gathers for the next."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._kept: list[Subscription] = []
        self._ended: list[str] = []
        self._turn = asyncio.Lock()

    async def put(self, after: Subscription | None, *, ended: str = "") -> None:
        """Returns once it is written."""
        if after is None:
            self._ended.append(ended)
        else:
            self._kept.append(after)
        async with self._turn:
            kept, over = self._kept, self._ended
            self._kept, self._ended = [], []
            if kept or over:
                await self._means.store.settle_deliveries(kept, over)
