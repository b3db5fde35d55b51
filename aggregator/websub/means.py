"""Everything that the hub works with, as one value."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import RenderError
from aggregator.model import OWN_HUB, ChannelKind, Newsroom, Topic
from aggregator.publish import PLAIN
from aggregator.push.sender import Send
from aggregator.store import Edition, Store


@dataclass(slots=True)
class Counts:
    """What this process did since it started, for the metrics; `seconds` from a change to its deliveries, all together."""

    delivered: int = 0
    failed: int = 0
    ended: int = 0
    seconds: float = 0.0
    confirmed: int = 0
    refused: int = 0
    pinged: int = 0
    ping_failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """`newsroom` and `now` are asked each time: both change. `feed` gives the edition of a channel in a format, None for one
    unknown or removed; `body` its bytes in a coding, None when another took its place just now; `challenge` makes what a
    callback has to repeat, of at least 128 bits."""

    store: Store
    newsroom: Callable[[], Newsroom]
    now: Callable[[], datetime]
    feed: Callable[[ChannelKind, str, str], Awaitable[Edition | None]]
    body: Callable[[Edition, str], Awaitable[bytes | None]]
    send: Send
    challenge: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    counts: Counts = field(default_factory=Counts)

    @property
    def is_own(self) -> bool:
        """Whether there is a hub of ours to subscribe at."""
        return self.newsroom().site.hub == OWN_HUB

    async def edition(self, topic: Topic) -> Edition | None:
        """What a topic says now; None where it is none of ours, or private."""
        newsroom = self.newsroom()
        channel = newsroom.channel_by_slug.get(topic.slug) if topic.kind is ChannelKind.CHANNEL else None
        source = newsroom.source_by_id.get(topic.slug) if topic.kind is ChannelKind.SOURCE else None
        if (channel is not None and channel.private) or (source is not None and source.private):
            return None
        state = await self.store.channel(topic.kind, topic.slug)
        if state is None or state.private:
            return None
        try:
            return await self.feed(topic.kind, topic.slug, topic.format)
        except RenderError:
            return None

    async def bytes_of(self, edition: Edition) -> bytes | None:
        """What is signed and sent: the plain bytes."""
        return await self.body(edition, PLAIN)
