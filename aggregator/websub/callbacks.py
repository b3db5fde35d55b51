"""What hubs send to our callbacks → leases verified, pushes kept until they are read."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

import structlog

from aggregator.errors import FetchError
from aggregator.etiquette import leases as rules
from aggregator.fetch.bodies import Limits, unfolded
from aggregator.model import HubLease
from aggregator.push.protocol import Signed, checked
from aggregator.push.subscriber import Denial, read_intent
from aggregator.store import Store

log = structlog.get_logger(__name__)

LIMITS = Limits()
_FLOOR = timedelta(minutes=5)


class Received(Enum):
    """What became of a push."""

    KEPT = "kept"  # stored: it is read next
    KNOWN = "known"  # it came before
    HINT = "hint"  # we cannot tell whom it is from: the source is polled
    IGNORED = "ignored"  # it is not signed with our secret
    UNKNOWN = "unknown"  # no such callback, or we want no more
    FULL = "full"  # too much waits already
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """`every` is how often a source may be polled at most, None for one that is not; `pushed` wakes who reads pushes."""

    store: Store
    now: Callable[[], datetime]
    every: Callable[[str], timedelta | None]
    pushed: Callable[[], None]

    async def confirm(self, id: str, query: str) -> str | None:
        """What to answer a GET with: the challenge of what we asked for, nothing for a refusal, None for anything else."""
        intent, now = read_intent(query), self.now()
        if intent is None:
            return None
        if isinstance(intent, Denial):
            topic, reason = intent.topic, intent.reason
            after = await self.store.change_lease(
                id, lambda held: rules.denied(held, topic=topic, reason=reason, now=now)
            )
            if after is not None:
                log.warning("lease.denied", source=after.source_id, hub=after.hub, reason=reason[:200])
            return None if after is None else ""
        mode, topic, seconds = intent.mode, intent.topic, intent.seconds
        after = await self.store.change_lease(
            id, lambda held: rules.verified(held, mode=mode, topic=topic, seconds=seconds, now=now)
        )
        if after is None:
            return None
        log.info("lease.verified", source=after.source_id, hub=after.hub, mode=mode, until=str(after.expires))
        return intent.challenge

    async def knows(self, id: str) -> bool:
        """Whether pushes to this callback are wanted: asked before their body is read."""
        lease = await self.store.lease(id)
        return lease is not None and not lease.leaving

    async def receive(self, id: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Keep a push that is authentic; it is in the database before it is answered."""
        lease = await self.store.lease(id)
        if lease is None or lease.leaving or (every := self.every(lease.source_id)) is None:
            return Received.UNKNOWN
        match checked(headers.get("x-hub-signature"), lease.secret, body):
            case Signed.VALID if lease.signs:
                return await self._keep(lease, headers, body)
            case Signed.VALID | Signed.UNKNOWN:
                return await self._hint(lease, every)
        await self.store.change_lease(id, lambda held: replace(held, ignored=held.ignored + 1))
        log.warning("push.ignored", source=lease.source_id, hub=lease.hub)
        return Received.IGNORED

    async def _keep(self, lease: HubLease, headers: Mapping[str, str], body: bytes) -> Received:
        encoding, kind = headers.get("content-encoding", ""), headers.get("content-type", "")
        try:
            document = await asyncio.to_thread(unfolded, body, encoding, LIMITS)
        except FetchError:
            return Received.TOO_LARGE
        digest = hashlib.sha256(document).hexdigest()
        new, room = await self.store.take_push(
            lease.id, digest=digest, content_type=kind, body=document, now=self.now()
        )
        if new and room:
            self.pushed()
        return Received.FULL if not room else Received.KEPT if new else Received.KNOWN

    async def _hint(self, lease: HubLease, every: timedelta) -> Received:
        """Something is new, says somebody: the source is polled, no sooner than it may be."""
        await self.store.change_lease(lease.id, lambda held: replace(held, hints=held.hints + 1))
        why = "its hub says that something is new"
        await self.store.hint(lease.source_id, at=self.now(), gap=max(every, _FLOOR), why=why)
        return Received.HINT
