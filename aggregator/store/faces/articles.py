"""Articles, their stories and pages, and what operators decide of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from aggregator.dedupe import Known
from aggregator.model import (
    Action,
    Article,
    ChannelKind,
    Decision,
    Evidence,
    Key,
    OwnedKey,
    Sighting,
)
from aggregator.query import Query
from aggregator.store import (
    articles,
    decision_rows,
    identities,
    inquiry,
    memory,
    owning,
    pages,
    reading,
    search,
    sightings,
    splitting,
    story_decisions,
    tombstones,
    waiting,
)
from aggregator.store.faces.face import Face
from aggregator.store.records.articles import (
    Candidate,
    Finish,
    Found,
    HostUse,
    PageStatus,
    Place,
    RevisionRecord,
    SightingRecord,
    Suspected,
)
from aggregator.store.records.sources import Batch, Written
from aggregator.store.splitting import Retelling
from aggregator.store.stories import Selects


class Articles(Face):
    """Articles, their stories and pages, and what operators decide of them."""

    # Articles

    async def known(self, outlet_id: str, keys: Collection[Key]) -> dict[Key, Known]:
        return await self._database.read(identities.known, outlet_id, keys)

    async def recall(self, outlet_id: str, sightings: Sequence[Sighting]) -> memory.Memory:
        return await self._database.read(memory.recall, outlet_id, sightings)

    async def write(self, batch: Batch, *, now: datetime) -> Written:
        return await self._database.write(articles.write, batch, now, self._recent)

    async def release_waiting(self, *, selects: Selects, now: datetime) -> int:
        """List the articles whose source's delay is over; how many they were."""
        if not await self._database.read(waiting.is_any_due, now):
            return 0
        return await self._database.write(waiting.release, selects, now, self._recent)

    async def article(self, id: str) -> Article | None:
        return await self._database.read(articles.article, id)

    async def join_stories(self, ids: Sequence[str], *, selects: Selects | None = None, now: datetime) -> str:
        return await self._database.write(story_decisions.join_stories, ids, selects, now)

    async def part_story(self, ids: Sequence[str], *, selects: Selects | None = None, now: datetime) -> tuple[str, ...]:
        return await self._database.write(story_decisions.part_story, ids, selects, now)

    async def stories(self, *, limit: int) -> tuple[tuple[str, tuple[Article, ...]], ...]:
        return await self._database.read(reading.stories, limit)

    async def story(self, id: str) -> tuple[Article, ...]:
        return await self._database.read(reading.story, id)

    async def search(
        self, query: Query, *, now: datetime, limit: int, before: int | None = None, private: bool = False
    ) -> Found:
        return await self._database.read(search.search, query, now=now, limit=limit, before=before, private=private)

    async def evidence(self, id: str) -> tuple[tuple[str, Evidence], ...]:
        return await self._database.read(sightings.evidence, id)

    async def by_address(self, url: str) -> tuple[str, ...]:
        return await self._database.read(inquiry.by_address, url)

    async def places(self, id: str) -> tuple[Place, ...]:
        return await self._database.read(inquiry.places, id)

    async def revisions(self, id: str) -> tuple[RevisionRecord, ...]:
        return await self._database.read(sightings.revisions, id)

    async def sightings(self, id: str) -> tuple[SightingRecord, ...]:
        return await self._database.read(sightings.sightings, id)

    # Pages of articles

    async def page_candidates(
        self, source_ids: Collection[str], *, now: datetime, seen_since: datetime, limit: int
    ) -> tuple[Candidate, ...]:
        return await self._database.read(pages.candidates, source_ids, now=now, seen_since=seen_since, limit=limit)

    async def claim_page(self, candidate: Candidate, *, host: str, now: datetime, again: datetime) -> bool:
        return await self._database.write(pages.claim, candidate, host=host, now=now, again=again)

    async def skip_pages(self, keys: Collection[tuple[int, str]]) -> None:
        if keys:
            await self._database.write(pages.skip, keys)

    async def finish_page(self, finish: Finish, *, now: datetime) -> Article | None:
        return await self._database.write(pages.finish, finish, now)

    async def pages_used(self, *, since: datetime) -> dict[str, HostUse]:
        return await self._database.read(pages.used, since=since)

    async def page_statuses(self, *, since: datetime) -> tuple[PageStatus, ...]:
        return await self._database.read(pages.statuses, since=since)

    # What operators decide

    async def decide(
        self,
        decision: Decision,
        *,
        selects: Selects | None = None,
        retelling: Retelling | None = None,
        now: datetime,
    ) -> Decision:
        kept = await self._database.write(splitting.decide, decision, selects, retelling, now, self._recent)
        if decision.action is Action.WITHDRAW:
            await self._database.empty_log()
        return kept

    async def decisions(self, limit: int | None = None) -> tuple[Decision, ...]:
        return await self._database.read(decision_rows.decisions, limit)

    async def suspected(self, limit: int, id: str | None = None) -> tuple[Suspected, ...]:
        return await self._database.read(tombstones.suspected, limit, id)

    async def deleted(self, kind: ChannelKind, slug: str, *, now: datetime) -> tuple[tuple[str, datetime], ...]:
        return await self._database.read(tombstones.deleted, kind, slug, now)

    async def apply_decisions(
        self,
        taken: Sequence[Decision],
        *,
        selects: Selects | None = None,
        retelling: Retelling | None = None,
        now: datetime,
    ) -> int:
        count = await self._database.write(splitting.apply_decisions, taken, selects, retelling, now, self._recent)
        await self._database.empty_log()
        return count

    async def owned_keys(self, id: str) -> tuple[tuple[OwnedKey, str, datetime], ...]:
        return await self._database.read(owning.owned_keys, id)
