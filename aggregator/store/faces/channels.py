"""Channels, authors and what is rendered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from aggregator.model import (
    Article,
    Channel,
    ChannelKind,
    Span,
)
from aggregator.query import Query
from aggregator.store import (
    archives,
    authors,
    editions,
    reading,
    refilling,
)
from aggregator.store.faces.face import Face
from aggregator.store.records.channels import (
    ArchivePage,
    AuthorRecord,
    ChannelState,
    Edition,
    Listing,
    Rendered,
    RenderFailure,
)


class Channels(Face):
    """Channels, authors and what is rendered."""

    # Channels

    async def channel(self, kind: ChannelKind, slug: str) -> ChannelState | None:
        return await self._database.read(reading.channel, kind, slug)

    async def articles(
        self, kind: ChannelKind, slug: str, *, limit: int, before: int | None = None
    ) -> tuple[Article, ...]:
        return await self._database.read(reading.articles, kind, slug, limit=limit, before=before)

    async def archive(self, kind: ChannelKind, slug: str, asked: Span, *, most: int) -> ArchivePage | None:
        return await self._database.read(archives.archive, kind, slug, asked, most)

    async def newest_archive(self, kind: ChannelKind, slug: str, *, most: int) -> Span | None:
        return await self._database.read(archives.newest_archive, kind, slug, most)

    async def listing(
        self, kind: ChannelKind, *, limit: int | None = None, after: str | None = None, private: bool = False
    ) -> tuple[Listing, ...]:
        return await self._database.read(reading.listing, kind, limit=limit, after=after, private=private)

    async def removed(self) -> tuple[tuple[ChannelKind, str], ...]:
        return await self._database.read(reading.removed)

    async def refill(self, channel: Channel, query: Query, *, now: datetime) -> None:
        """Select an operator's channel anew: its definition changed, or time passed."""
        wanted = await self._database.read(refilling.selected, channel, query, now)
        await self._database.write(refilling.refill, channel, query, wanted, now)

    # Editions: what is rendered of channels

    def pulse(self) -> int | None:
        """Another number whenever anybody committed anything; None where that cannot be known without asking the database.

        Costs microseconds and no transaction: what was read after one pulse is current while the pulse is the same.
        """
        return self._database.pulse()

    async def editions(self, kind: ChannelKind, slug: str) -> tuple[ChannelState, Mapping[str, Edition]] | None:
        return await self._database.read(editions.editions, kind, slug)

    async def body(self, edition: Edition, coding: str) -> bytes | None:
        return await self._database.read(editions.body, edition, coding)

    async def keep(
        self, state: ChannelState, digest: str, rendered: Collection[Rendered], *, error: str = "", now: datetime
    ) -> None:
        await self._database.write(editions.keep, state, digest, rendered, error, now)

    async def outdated(
        self, *, digest: str, formats: int, failed_before: datetime, limit: int, since: datetime | None = None
    ) -> tuple[tuple[ChannelKind, str], ...]:
        return await self._database.read(
            editions.outdated, digest=digest, formats=formats, failed_before=failed_before, limit=limit, since=since
        )

    async def render_failures(self) -> tuple[RenderFailure, ...]:
        return await self._database.read(editions.failures)

    async def fingerprint(self) -> str:
        return await self._database.read(reading.fingerprint)

    async def redirect(self, kind: str, old: str) -> str | None:
        return await self._database.read(reading.redirect, kind, old)

    # Authors

    async def author(self, slug: str) -> AuthorRecord | None:
        return await self._database.read(authors.author, slug)

    async def moved_authors(self, slugs: Collection[str]) -> dict[str, str]:
        return await self._database.read(authors.moved_authors, slugs)

    async def known_authors(self, slugs: Collection[str]) -> frozenset[str]:
        return await self._database.read(authors.known_authors, slugs)
