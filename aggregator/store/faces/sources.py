"""Sources and their polls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.model import (
    Poll,
    Refusal,
    Request,
    Schedule,
    Signal,
    Verdict,
)
from aggregator.store import (
    held,
    hosts,
    outages,
    polls,
    problems,
    reserving,
    restart,
    visits,
)
from aggregator.store.book import HostBook
from aggregator.store.faces.face import Face
from aggregator.store.records import (
    Batch,
    HeldRecord,
    Hold,
    Past,
    ProblemRecord,
    SourceStatus,
    Written,
)


class Sources(Face):
    """Sources and their polls."""

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

    async def renew(self, source_id: str, *, owner: str, now: datetime, lease: timedelta) -> None:
        await self._database.write(polls.renew, source_id, owner=owner, now=now, lease=lease)

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

    async def pause_source(self, source_id: str, *, host: str, until: datetime) -> None:
        """A source waits with its host."""
        await self._database.write(hosts.pause, (source_id,), host, until)

    def host_book(self, owner: str, now: Callable[[], datetime]) -> HostBook:
        """What all pollers of this database share of hosts, for `owner`."""
        return HostBook(self._database, owner, now)

    async def source_at(self, url: str) -> str | None:
        return await self._database.read(polls.owner_of, url)

    async def polls(self, source_ids: Collection[str] = (), *, limit: int = 50) -> tuple[Poll, ...]:
        return await self._database.read(polls.poll_log, source_ids, limit=limit)

    async def request_log(self, since: datetime) -> tuple[tuple[datetime, tuple[Request, ...]], ...]:
        """When each poll or visit since then began, and its requests."""
        return await self._database.read(visits.request_log, since)

    async def source_statuses(self) -> tuple[SourceStatus, ...]:
        return await self._database.read(polls.source_statuses)

    async def problems(self, *, limit: int = 50, private: bool = True) -> tuple[ProblemRecord, ...]:
        return await self._database.read(problems.problems, limit=limit, private=private)

    async def past(self, source_id: str) -> Past:
        return await self._database.read(held.past, source_id)

    async def hold(self, hold: Hold, *, now: datetime) -> Written:
        return await self._database.write(held.hold, hold, now, self._recent)

    async def held(self, source_id: str | None = None) -> tuple[HeldRecord, ...]:
        return await self._database.read(held.held, source_id)

    async def release(self, batch: Batch, *, now: datetime) -> Written:
        return await self._database.write(held.release, batch, now, self._recent)

    async def drop(self, source_id: str, verdicts: Sequence[Verdict], *, now: datetime) -> int:
        return await self._database.write(held.drop, source_id, verdicts, now)

    async def reservations_due(self, source_ids: Collection[str], *, before: datetime) -> tuple[str, ...]:
        """Of these sources those whose host was not asked since `before` what it reserves."""
        return await self._database.read(reserving.due, source_ids, before)

    async def keep_reservations(
        self, said: Mapping[str, tuple[Signal, ...] | None], *, asked: datetime, now: datetime
    ) -> None:
        """What hosts reserve, by source; None leaves what they said before."""
        await self._database.write(reserving.keep, said, asked, now)

    async def outage(self) -> ProblemRecord | None:
        return await self._database.read(problems.outage)
