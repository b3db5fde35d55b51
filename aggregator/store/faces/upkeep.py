"""The configuration in force, changed rules, retention, counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from aggregator.model import (
    Newsroom,
)
from aggregator.query import Vocabulary
from aggregator.store import (
    configuration,
    leases,
    maintenance,
    memory,
    previewing,
    reapplying,
    strangers,
    subscriptions,
    tellings,
    tombstones,
    turns,
    visits,
    words,
)
from aggregator.store.faces.face import Face
from aggregator.store.records.articles import Stored
from aggregator.store.records.upkeep import (
    Applied,
    AppliedConfiguration,
    AuthorCount,
    Counted,
    Pruned,
    Reapplied,
    Statistics,
)

# What was pushed for a source that is polled no longer; it may be so again by a change of the configuration.
_UNREAD = timedelta(days=1)


class Upkeep(Face):
    """The configuration in force, changed rules, retention, counts."""

    # What is configured

    async def apply(self, newsroom: Newsroom, *, now: datetime) -> Applied:
        return await self._database.write(configuration.apply, newsroom, now)

    async def configuration(self) -> str | None:
        """The digest of the configuration that was last put in force."""
        return await self._database.read(configuration.in_force)

    async def in_force_since(self) -> datetime | None:
        """When that was; None before the first."""
        return await self._database.read(configuration.in_force_since)

    async def applied(self, *, limit: int) -> tuple[AppliedConfiguration, ...]:
        return await self._database.read(configuration.applied, limit)

    async def stored(self, *, limit: int, before: int | None = None) -> tuple[Stored, ...]:
        return await self._database.read(previewing.stored, limit=limit, before=before)

    async def vocabulary(
        self, newsroom: Newsroom, slugs: Collection[str] = (), names: Collection[str] | None = None
    ) -> Vocabulary:
        return await self._database.read(words.vocabulary, newsroom, slugs, names)

    # Changed rules

    async def begin_reapplying(self, rules: str, sources: Mapping[str, str], *, now: datetime) -> bool:
        return await self._database.write(reapplying.begin, rules, sources, now)

    async def restart_reapplying(self, *, now: datetime) -> None:
        await self._database.write(reapplying.restart, now)

    async def reapply(
        self, rules: str, reread: reapplying.Reread, selects: reapplying.Selects, *, limit: int, now: datetime
    ) -> Reapplied:
        return await self._database.write(reapplying.reapply, rules, reread, selects, limit, now)

    async def reapplying(self) -> Reapplied:
        return await self._database.read(reapplying.progress)

    # Upkeep

    async def prune(self, *, now: datetime) -> Pruned:
        """Forget what is past its time, in short transactions, so that nobody waits."""
        count = 0
        while done := await self._database.write(maintenance.prune_articles, now):
            count += done
        await self._database.write(memory.forget_clues, now)
        await self._database.write(memory.fade, now)
        await self._database.write(tombstones.forget_tombstones, now)
        await self._database.write(tellings.forget, now)
        await self._database.write(turns.forget, now)
        await self._database.write(visits.forget, now)
        await self._database.write(strangers.forget, now)
        await self._database.write(subscriptions.forget, now)
        await self._database.write(leases.prune_pushes, now - _UNREAD)
        return Pruned(articles=count, polls=await self._database.write(maintenance.prune_polls, now))

    async def statistics(self) -> Statistics:
        return await self._database.read(maintenance.statistics)

    async def author_counts(self) -> tuple[AuthorCount, ...]:
        return await self._database.read(maintenance.author_counts)

    async def category_counts(self) -> tuple[Counted, ...]:
        return await self._database.read(maintenance.category_counts)
