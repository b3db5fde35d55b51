"""Topics that changed → pings to somebody else's hub, one a minute for each topic, in peace while it is down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlencode

import structlog

from aggregator.model import OutsideHub, Ping
from aggregator.publish import FORMATS
from aggregator.push.answers import LONGEST_PAUSE, after_ping, is_down
from aggregator.push.protocol import FORM_TYPE
from aggregator.push.requests import address_of
from aggregator.websub.means import Means

log = structlog.get_logger(__name__)

# What changes again within a minute is told once.
COALESCED = timedelta(minutes=1)
_AT_ONCE = 8


async def tell(means: Means) -> int:
    """Tell the hub what it was not told yet, as far as it lets us; how many pings it took."""
    taken, url = 0, means.newsroom().site.outside_hub
    while url is not None:
        held, now = await means.store.outside_hub(), means.now()
        # No pause is longer: a clock that ran ahead wrote it.
        if held is None or held.url != url or now < held.due <= now + LONGEST_PAUSE:
            return taken
        # One that failed is asked for one thing first.
        limit = 1 if held.failures else _AT_ONCE
        pings = await means.store.take_pings(tuple(FORMATS), told_before=now - COALESCED, now=now, limit=limit)
        told = await asyncio.gather(*(_ping(means, held, ping) for ping in pings))
        taken += sum(told)
        if len(pings) < limit or not any(told):
            return taken
    return taken


async def _ping(means: Means, held: OutsideHub, ping: Ping) -> bool:
    topic = address_of(ping.topic, means.newsroom().site)
    # §4 of PubSubHubbub says hub.url, most hubs of WebSub read hub.topic.
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    heard = await means.send.post(held.url, form, {"Content-Type": FORM_TYPE})
    after, again = after_ping(held, heard, means.now()), not heard.taken and is_down(heard)
    if heard.taken:
        means.counts.pinged += 1
        log.info("hub.pinged", topic=topic)
    else:
        means.counts.ping_failed += 1
        log.warning("hub.ping_failed", topic=topic, why=heard.why, again=after.due.isoformat() if again else None)
    error = "" if heard.taken else heard.why
    await means.store.settle_ping(ping, after, told=not again, error=error, now=means.now())
    return heard.taken
