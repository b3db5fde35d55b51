"""Sources and what they say of their hubs → leases asked for, renewed and given up, past the guard and at each hub's pace."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from aggregator.errors import FetchError, Trouble
from aggregator.etiquette import leases as rules
from aggregator.etiquette.leases import Wanted
from aggregator.fetch.hosts import host_of
from aggregator.model import FIRST_TRUST, HubLease, Source
from aggregator.push.protocol import FORM_TYPE
from aggregator.push.subscriber import request
from aggregator.store import Store

log = structlog.get_logger(__name__)

# What one hub is asked for in one round; the others have their turn in the next.
_MOST_A_ROUND = 10


class Posts(Protocol):
    """The port to the web."""

    async def post(self, url: str, body: bytes, *, content_type: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """What leases are kept with. `sources` are those that are polled, by id; `may` says whether one may be pushed; `base` is the
    address that callbacks stand below; `mint` makes an id and a secret that nobody can guess."""

    poster: Posts
    store: Store
    sources: Callable[[], Mapping[str, Source]]
    may: Callable[[Source], bool]
    base: Callable[[], str]
    mint: Callable[[], tuple[str, str]]
    now: Callable[[], datetime]

    async def round(self) -> None:
        """Bring leases in line with what sources say, and ask hubs for what is due, hubs side by side."""
        if await self.store.outage() is not None:
            return
        await self._agree(await self.store.leases(), await self._wanted())
        now, paused = self.now(), await self.store.paused_hosts(self.now())
        by_hub: dict[str, list[HubLease]] = defaultdict(list)
        for lease in await self.store.leases():
            if rules.lapsed(lease, now) is not None and not lease.leaving:
                await self.store.lapse_lease(lease.id, now=now)
                log.warning("lease.lapsed", source=lease.source_id, hub=lease.hub, error=lease.error)
            if rules.due(lease, now) and host_of(lease.hub) not in paused:
                by_hub[lease.hub].append(lease)
        await asyncio.gather(*(self._ask_all(hub, due[:_MOST_A_ROUND]) for hub, due in by_hub.items()))

    async def _wanted(self) -> dict[str, Wanted]:
        base, sources = self.base(), self.sources()
        return {
            id: Wanted(hubs=hubs, topic=topic, base=base)
            for id, (hubs, topic) in (await self.store.stated_hubs()).items()
            if id in sources and self.may(sources[id])
        }

    async def _agree(self, held: Sequence[HubLease], wanted: Mapping[str, Wanted]) -> None:
        """Let go of what no source wants, and want what none has; a hub keeps the trust that it earned from the source."""
        now, there = self.now(), {lease.source_id: lease for lease in held if not lease.leaving}
        for id, lease in there.items():
            if id not in wanted or not wanted[id].fits(lease, now):
                await self.store.change_lease(lease.id, lambda one: None if one.leaving else rules.leaving(one, now))
                log.info("lease.left", source=id, hub=lease.hub)
        for id, one in wanted.items():
            before = there.get(id)
            if before is not None and one.fits(before, now):
                continue
            hub = one.hub(before, now)
            trust = before.trust if before is not None and before.hub == hub else FIRST_TRUST
            number, secret = self.mint()
            await self.store.add_lease(
                rules.asked_for(one, hub, source_id=id, id=number, secret=secret, trust=trust, now=now)
            )

    async def _ask_all(self, hub: str, leases: Sequence[HubLease]) -> None:
        """One after the other; a hub that fails is left alone until it may have recovered."""
        for lease in leases:
            until = await self._ask(lease)
            if until is not None:
                await self.store.put_off_hub(hub, until=until)
                return

    async def _ask(self, lease: HubLease) -> datetime | None:
        """Ask a hub; until when to leave it alone where it fails as a whole."""
        now = self.now()
        if lease.pending:
            await self.store.change_lease(lease.id, lambda held: _unanswered(held, now))
            return None
        asking = await self.store.change_lease(lease.id, lambda held: _claimed(held, now))
        if asking is None:
            return None
        try:
            await self.poster.post(lease.hub, request(asking, rules.REQUESTED), content_type=FORM_TYPE)
        except FetchError as error:
            return await self._failed(asking, error)
        log.info("lease.asked", source=lease.source_id, hub=lease.hub, leaving=lease.leaving)
        return None

    async def _failed(self, asked: HubLease, error: FetchError) -> datetime | None:
        now, permanent = self.now(), error.permanent or error.trouble is Trouble.FORBIDDEN

        def rule(held: HubLease) -> HubLease | None:
            if not held.pending or held.asked != asked.asked:  # it verified all the same
                return None
            return rules.failed(held, str(error), now=now, permanent=permanent, retry_after=error.retry_after)

        after = await self.store.change_lease(asked.id, rule)
        log.warning("lease.failed", source=asked.source_id, hub=asked.hub, error=str(error))
        return after.next_try if after is not None and not permanent else None


def _claimed(held: HubLease, now: datetime) -> HubLease | None:
    """Nobody else asks now."""
    return rules.asking(held, now) if rules.due(held, now) and not held.pending else None


def _unanswered(held: HubLease, now: datetime) -> HubLease | None:
    if not held.pending or not rules.due(held, now):
        return None
    minutes = round(rules.PATIENCE.total_seconds() / 60)
    return rules.failed(held, f"it did not verify within {minutes} min what we asked for", now=now)
