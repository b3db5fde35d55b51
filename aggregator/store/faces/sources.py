"""Sources and their polls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.health.footprint import Footprint
from aggregator.model import (
    HubLease,
    Poll,
    PollOutcome,
    Push,
    Refusal,
    Schedule,
    Signal,
    Source,
    Verdict,
)
from aggregator.store import (
    activity,
    claims,
    held,
    hosts,
    leases,
    outages,
    polls,
    problems,
    renaming,
    reserving,
    restart,
    strangers,
    visits,
)
from aggregator.store.book import HostBook
from aggregator.store.faces.face import Face
from aggregator.store.records.sources import Batch, HeldRecord, Hold, Hour, Past, ProblemRecord, SourceStatus, Written


class Sources(Face):
    """Sources and their polls."""

    async def due(self, now: datetime) -> tuple[str, ...]:
        return await self._database.read(claims.due, now)

    async def schedules(self) -> dict[str, Schedule]:
        return await self._database.read(polls.schedules)

    async def claim(
        self,
        source_id: str,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        not_before: datetime,
        url: str | None = None,
    ) -> Schedule | None:
        return await self._database.write(
            claims.claim, source_id, owner=owner, now=now, lease=lease, not_before=not_before, url=url
        )

    async def renew(self, source_id: str, *, owner: str, now: datetime, lease: timedelta) -> None:
        await self._database.write(claims.renew, source_id, owner=owner, now=now, lease=lease)

    async def unclaim(self, source_id: str, *, owner: str) -> None:
        """A source that was claimed is asked no more."""
        await self._database.write(claims.unclaim, source_id, owner=owner)

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

    async def slow_sources(self) -> frozenset[str]:
        """The sources that answer slowly, or not at all."""
        return await self._database.read(polls.slow_sources)

    async def pause_source(self, source_id: str, *, host: str, until: datetime) -> None:
        """A source waits with its host."""
        await self._database.write(hosts.pause, (source_id,), host, until)

    def host_book(self, owner: str, now: Callable[[], datetime]) -> HostBook:
        """What all pollers of this database share of hosts, for `owner`."""
        return HostBook(self._database, owner, now)

    async def pause_stranger(self, source: Source, *, until: datetime, said: str = "") -> None:
        """The address of a source that was not taken up asked us to wait; `said` is the error with which it did."""
        await self._database.write(strangers.pause_stranger, source, until, said)

    async def first_schedule(self, source: Source, now: datetime) -> Schedule:
        """The one with which a source would begin that is taken up now."""
        return (await self._database.read(strangers.first_schedules, [source], now))[0]

    async def source_at(self, url: str) -> str | None:
        return await self._database.read(polls.owner_of, url)

    async def source_of(self, source: Source) -> str | None:
        """The id under which a source is known: the one that is, or ever was, at its address."""
        return await self._database.read(polls.owner_of, renaming.address_key(source))

    async def polls(self, source_ids: Collection[str] = (), *, limit: int = 50) -> tuple[Poll, ...]:
        return await self._database.read(polls.poll_log, source_ids, limit=limit)

    async def seen_of_us(self, since: datetime) -> tuple[Footprint, ...]:
        """What each host saw of us since then."""
        return await self._database.read(visits.seen_of_us, since)

    async def source_statuses(self) -> tuple[SourceStatus, ...]:
        return await self._database.read(activity.source_statuses)

    async def poll_outcomes(self, since: datetime) -> dict[PollOutcome, int]:
        """How many polls ended how since then."""
        return await self._database.read(activity.poll_outcomes, since)

    async def last_hours(self, now: datetime) -> tuple[Hour, ...]:
        """What was done in each of the last 24 hours, oldest first."""
        return await self._database.read(activity.last_hours, now)

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

    async def reservations_due(
        self, source_ids: Collection[str], *, before: datetime, now: datetime
    ) -> dict[str, tuple[Signal, ...]]:
        """Of these sources those that answer well, and whose host was not asked since `before` what it reserves, each with what
        its feed says."""
        return await self._database.read(reserving.due, source_ids, before, now)

    async def keep_reservations(
        self, said: Mapping[str, tuple[Signal, ...] | None], *, asked: datetime, now: datetime
    ) -> None:
        """What hosts reserve, by source; None leaves what they said before."""
        await self._database.write(reserving.keep, said, asked, now)

    async def outage(self) -> ProblemRecord | None:
        return await self._database.read(problems.outage)

    async def leases(self) -> tuple[HubLease, ...]:
        """Every lease at a hub, wanted or not."""
        return await self._database.read(leases.leases)

    async def lease(self, id: str) -> HubLease | None:
        return await self._database.read(leases.lease, id)

    async def stated_hubs(self) -> dict[str, tuple[tuple[str, ...], str]]:
        """The hubs and the topic that each source stated that is polled."""
        return await self._database.read(leases.stated_hubs)

    async def add_lease(self, lease: HubLease) -> bool:
        return await self._database.write(leases.add, lease)

    async def change_lease(self, id: str, rule: Callable[[HubLease], HubLease | None]) -> HubLease | None:
        """Apply a rule of `aggregator.etiquette.leases`; None where it changed nothing, or nothing has this id."""
        return await self._database.write(leases.change, id, rule)

    async def lapse_lease(self, id: str, *, now: datetime) -> HubLease | None:
        return await self._database.write(leases.lapse, id, now)

    async def put_off_hub(self, hub: str, *, until: datetime) -> None:
        await self._database.write(leases.put_off, hub, until)

    async def hint(self, source_id: str, *, at: datetime, gap: timedelta, why: str) -> None:
        """Poll a source at a time, or `gap` after its last poll, if it would be later."""
        await self._database.write(leases.hint, source_id, at, why, gap)

    async def paused_hosts(self, now: datetime) -> frozenset[str]:
        """The hosts that asked us to wait."""
        return await self._database.read(hosts.paused_hosts, now)

    async def take_push(
        self, id: str, *, digest: str, content_type: str, body: bytes, now: datetime
    ) -> tuple[bool, bool]:
        """Keep what a hub pushed: whether it is new, and whether there was room for it."""
        return await self._database.write(leases.take, id, digest=digest, content_type=content_type, body=body, now=now)

    async def pushed(self, now: datetime) -> tuple[str, ...]:
        """The sources of which a push waits to be read."""
        return await self._database.read(leases.pushed, now)

    async def claim_push(
        self, source_id: str, *, owner: str, now: datetime, lease: timedelta
    ) -> tuple[Schedule, Push] | None:
        return await self._database.write(leases.claim_push, source_id, owner=owner, now=now, lease=lease)

    async def forget_push(self, push: Push, *, now: datetime, gap: timedelta, error: str | None = None) -> None:
        await self._database.write(leases.forget_push, push, now, gap, error)
