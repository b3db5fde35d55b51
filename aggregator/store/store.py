"""The store's face: async outside, one transaction in a thread inside. Every method may raise StoreError."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.dedupe import Known
from aggregator.errors import StoreError
from aggregator.model import (
    Article,
    Channel,
    ChannelKind,
    Decision,
    Evidence,
    Key,
    Newsroom,
    OwnedKey,
    Poll,
    Refusal,
    Request,
    Schedule,
    Sighting,
    Span,
    Verdict,
)
from aggregator.query import Query, Vocabulary
from aggregator.store import (
    archives,
    articles,
    authors,
    configuration,
    decisions,
    editions,
    held,
    hosts,
    identities,
    inquiry,
    maintenance,
    memory,
    outages,
    pages,
    polls,
    problems,
    reading,
    reapplying,
    refilling,
    restart,
    schema,
    search,
    sightings,
    stories,
    tellings,
    tombstones,
    words,
)
from aggregator.store.backup import copy_database
from aggregator.store.engine import Database
from aggregator.store.lock import poller_lock
from aggregator.store.records import (
    Applied,
    ArchivePage,
    AuthorCount,
    AuthorRecord,
    Batch,
    Candidate,
    ChannelState,
    Counted,
    Edition,
    Finish,
    Found,
    HeldRecord,
    Hold,
    HostUse,
    Listing,
    PageStatus,
    Past,
    Place,
    ProblemRecord,
    Pruned,
    Reapplied,
    Rendered,
    RenderFailure,
    RevisionRecord,
    SightingRecord,
    SourceStatus,
    Statistics,
    Suspected,
    Written,
)
from aggregator.store.tellings import Recent


class Store:
    """The database. See the modules beside this one for what each method does with it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = Recent()

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at `sqlite:///file` or `postgresql://…`; nothing is read or written yet."""
        return cls(Database.of(url))

    @property
    def name(self) -> str:
        """The database's address for messages, without its password."""
        return self._database.name

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of ours, which any command may create and upgrade."""
        return self._database.sqlite

    async def close(self) -> None:
        await self._database.close()

    def poller_lock(self) -> AbstractContextManager[None]:
        """The right to poll for this database, while the block runs; raises PollerRunningError."""
        return poller_lock(self._database.path)

    async def migrate(self) -> bool:
        """Bring the database to this program's schema, creating it where there is none; True when something changed."""
        if (path := self._database.path) is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"the database {path} cannot be created: {error.strerror}") from error
        return await self._database.write(schema.upgrade)

    async def ready(self) -> None:
        """Raises StoreError when the database is out of reach or not at this program's schema."""
        if (path := self._database.path) is not None and not path.exists():
            raise StoreError(f"the database {path} does not exist yet: run `aggregator db upgrade`")
        await self._database.read(schema.check)

    async def check(self) -> tuple[str, ...]:
        """What is damaged in the database, in lines; empty when nothing is."""
        return await self._database.read(maintenance.integrity)

    async def backup(self, target: Path) -> None:
        """Copy the database to a file, while others read and write; raises StoreError for PostgreSQL, which has pg_dump."""
        if self._database.path is None:
            raise StoreError("PostgreSQL has its own tool for this: pg_dump --format=custom --file=FILE DATABASE_URL")
        await asyncio.to_thread(copy_database, self._database.path, target)

    # What is configured

    async def apply(self, newsroom: Newsroom, *, now: datetime) -> Applied:
        return await self._database.write(configuration.apply, newsroom, now)

    async def configuration(self) -> str | None:
        """The digest of the configuration that was last put in force."""
        return await self._database.read(configuration.in_force)

    async def vocabulary(
        self, newsroom: Newsroom, slugs: Collection[str] = (), names: Collection[str] | None = None
    ) -> Vocabulary:
        return await self._database.read(words.vocabulary, newsroom, slugs, names)

    # Polls

    async def due(self, now: datetime) -> tuple[str, ...]:
        return await self._database.read(polls.due, now)

    async def schedules(self) -> dict[str, Schedule]:
        return await self._database.read(polls.schedules)

    async def claim(
        self, source_id: str, *, owner: str, now: datetime, lease: timedelta, not_before: datetime
    ) -> Schedule | None:
        return await self._database.write(
            polls.claim, source_id, owner=owner, now=now, lease=lease, not_before=not_before
        )

    async def renew(self, source_id: str, *, owner: str, until: datetime) -> None:
        await self._database.write(polls.renew, source_id, owner=owner, until=until)

    async def record(self, schedule: Schedule, poll: Poll) -> None:
        await self._database.write(polls.record, schedule, poll)

    async def record_unreachable(self, before: Schedule, after: Schedule, poll: Poll) -> None:
        """Record a poll that found no way out; no source is blamed while our own network is out of reach."""
        await self._database.write(outages.record_unreachable, before, after, poll)

    async def record_refusal(self, schedule: Schedule, poll: Poll, refusal: Refusal, siblings: Collection[str]) -> None:
        await self._database.write(polls.record_refusal, schedule, poll, refusal, siblings)

    async def spread(self, now: datetime) -> None:
        await self._database.write(restart.spread, now)

    async def limited_hosts(self, now: datetime) -> tuple[str, ...]:
        return await self._database.read(hosts.limited_hosts, now)

    async def source_at(self, url: str) -> str | None:
        return await self._database.read(polls.owner_of, url)

    async def polls(self, source_ids: Collection[str] = (), *, limit: int = 50) -> tuple[Poll, ...]:
        return await self._database.read(polls.poll_log, source_ids, limit=limit)

    async def request_log(self, since: datetime) -> tuple[tuple[datetime, tuple[Request, ...]], ...]:
        return await self._database.read(polls.request_log, since)

    async def source_statuses(self) -> tuple[SourceStatus, ...]:
        return await self._database.read(polls.source_statuses)

    async def problems(self, *, limit: int = 50, private: bool = True) -> tuple[ProblemRecord, ...]:
        return await self._database.read(problems.problems, limit=limit, private=private)

    async def past(self, source_id: str) -> Past:
        return await self._database.read(held.past, source_id)

    async def hold(self, hold: Hold, *, now: datetime) -> None:
        await self._database.write(held.hold, hold, now)

    async def held(self, source_id: str | None = None) -> tuple[HeldRecord, ...]:
        return await self._database.read(held.held, source_id)

    async def release(self, batch: Batch, *, now: datetime) -> Written:
        return await self._database.write(held.release, batch, now, self._recent)

    async def drop(self, source_id: str, verdicts: Sequence[Verdict], *, now: datetime) -> int:
        return await self._database.write(held.drop, source_id, verdicts, now)

    async def outage(self) -> ProblemRecord | None:
        return await self._database.read(problems.outage)

    # Articles

    async def known(self, outlet_id: str, keys: Collection[Key]) -> dict[Key, Known]:
        return await self._database.read(identities.known, outlet_id, keys)

    async def recall(self, outlet_id: str, sightings: Sequence[Sighting]) -> memory.Memory:
        return await self._database.read(memory.recall, outlet_id, sightings)

    async def write(self, batch: Batch, *, now: datetime) -> Written:
        return await self._database.write(articles.write, batch, now, self._recent)

    async def article(self, id: str) -> Article | None:
        return await self._database.read(articles.article, id)

    async def join_stories(self, ids: Sequence[str], *, selects: stories.Selects | None = None, now: datetime) -> str:
        return await self._database.write(stories.join_stories, ids, selects, now)

    async def part_story(
        self, ids: Sequence[str], *, selects: stories.Selects | None = None, now: datetime
    ) -> tuple[str, ...]:
        return await self._database.write(stories.part_story, ids, selects, now)

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

    async def decide(self, decision: Decision, *, now: datetime) -> Decision:
        return await self._database.write(decisions.decide, decision, now)

    async def decisions(self, limit: int | None = None) -> tuple[Decision, ...]:
        return await self._database.read(decisions.decisions, limit)

    async def suspected(self, limit: int, id: str | None = None) -> tuple[Suspected, ...]:
        return await self._database.read(tombstones.suspected, limit, id)

    async def deleted(self, kind: ChannelKind, slug: str, *, now: datetime) -> tuple[tuple[str, datetime], ...]:
        return await self._database.read(tombstones.deleted, kind, slug, now)

    async def apply_decisions(self, taken: Sequence[Decision], *, now: datetime) -> int:
        return await self._database.write(decisions.apply_decisions, taken, now)

    async def owned_keys(self, id: str) -> tuple[tuple[OwnedKey, str, datetime], ...]:
        return await self._database.read(decisions.owned_keys, id)

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
        self, *, digest: str, formats: int, failed_before: datetime, limit: int
    ) -> tuple[tuple[ChannelKind, str], ...]:
        return await self._database.read(
            editions.outdated, digest=digest, formats=formats, failed_before=failed_before, limit=limit
        )

    async def render_failures(self) -> tuple[RenderFailure, ...]:
        return await self._database.read(editions.failures)

    async def fingerprint(self) -> str:
        return await self._database.read(reading.fingerprint)

    async def redirect(self, kind: str, old: str) -> str | None:
        return await self._database.read(reading.redirect, kind, old)

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

    # Authors

    async def author(self, slug: str) -> AuthorRecord | None:
        return await self._database.read(authors.author, slug)

    async def known_authors(self, slugs: Collection[str]) -> frozenset[str]:
        return await self._database.read(authors.known_authors, slugs)

    # Upkeep

    async def prune(self, *, now: datetime) -> Pruned:
        """Forget what is past its time, in short transactions, so that nobody waits."""
        count = 0
        while done := await self._database.write(maintenance.prune_articles, now):
            count += done
        await self._database.write(memory.forget_clues, now)
        await self._database.write(tombstones.forget_tombstones, now)
        await self._database.write(tellings.forget, now)
        return Pruned(articles=count, polls=await self._database.write(maintenance.prune_polls, now))

    async def statistics(self) -> Statistics:
        return await self._database.read(maintenance.statistics)

    async def author_counts(self) -> tuple[AuthorCount, ...]:
        return await self._database.read(maintenance.author_counts)

    async def category_counts(self) -> tuple[Counted, ...]:
        return await self._database.read(maintenance.category_counts)
