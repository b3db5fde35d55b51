"""An archive page of a channel → its bytes: made when asked for, and held while the channel says the same of that time."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator import __version__, publish
from aggregator.model import ChannelKind, Newsroom, Span
from aggregator.publish import Publication
from aggregator.store import ArchivePage, ChannelState, Store
from aggregator.syndicate.channels import Syndicate, etag

# A page of 50 articles has about 150 kB; most are asked for once, by whoever reads a channel from its beginning.
_HELD = 100
_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFeed:
    """An archive page as served. `said` is a hash of all that it says; `last_modified` when it last said something else, as far
    as is known. `packed` keeps the body by content coding."""

    span: Span
    finished: bool
    said: str
    body: bytes
    etag: str
    last_modified: datetime
    packed: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLook:
    """A page not rendered: `said` is a hash of what it says, in whatever format."""

    span: Span
    previous: Span | None
    said: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A page as of a version of its channel and of what else decides the bytes."""

    version: tuple[int, str]
    feed: ArchiveFeed


class Archives:
    """The archive pages of every channel. Nothing is rendered again while a channel stands, nor while it changes elsewhere."""

    def __init__(self, store: Store, newsroom: Callable[[], Newsroom], now: Callable[[], datetime]) -> None:
        self._store, self._newsroom = store, newsroom
        self._syndicate = Syndicate(store, newsroom, now)
        self._held: OrderedDict[tuple[ChannelKind, str, str, str], _Held] = OrderedDict()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def page(self, kind: ChannelKind, slug: str, asked: Span, format: str) -> ArchiveFeed | None:
        """The newest page of a channel within `asked`; None where it listed nothing then, or is unknown. Raises RenderError."""
        state = await self._store.channel(kind, slug)
        if state is None:
            return None
        version, place = (state.version, f"{self._newsroom().digest}:{__version__}"), (kind, slug, asked.name, format)
        held = self._held.get(place)
        if held is None or held.version != version:
            async with self._places:
                feed = await self._made(state, asked, format, held.feed if held else None)
            if feed is None:
                self._held.pop(place, None)
                return None
            held = _Held(version, feed)
        self._held[place] = held
        self._held.move_to_end(place)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return held.feed

    async def look(self, kind: ChannelKind, slug: str, asked: Span) -> ArchiveLook | None:
        """What the newest page of a channel within `asked` says, without rendering it; None as above."""
        state = await self._store.channel(kind, slug)
        found = await self._syndicate.archive(state, asked, "atom") if state else None
        if found is None:
            return None
        page, publication = found
        said = await self._said(publication)
        return ArchiveLook(span=page.span, previous=page.previous, said=said)

    async def _made(
        self, state: ChannelState, asked: Span, format: str, before: ArchiveFeed | None
    ) -> ArchiveFeed | None:
        found = await self._syndicate.archive(state, asked, format)
        if found is None:
            return None
        page, publication = found
        said = await self._said(publication)
        if before is not None and before.said == said:
            return replace(before, span=page.span, finished=page.finished)
        # A configuration gives new bytes where the channel stands: to a client that knows nothing but our date they are news.
        changed = max(filter(None, (state.changed, await self._store.in_force_since())))
        return await asyncio.to_thread(self._rendered, page, publication, format, said, changed)

    async def _said(self, publication: Publication) -> str:
        """A hash of all that rendering sees: what is equal is written in equal bytes."""
        seen = (publication, self._newsroom().site)
        return await asyncio.to_thread(lambda: hashlib.sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest())

    def _rendered(
        self, page: ArchivePage, publication: Publication, format: str, said: str, changed: datetime
    ) -> ArchiveFeed:
        body = publish.render(publication, format, site=self._newsroom().site).body
        return ArchiveFeed(
            span=page.span,
            finished=page.finished,
            said=said,
            body=body,
            etag=etag(body),
            last_modified=changed,
        )
