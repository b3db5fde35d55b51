"""HubLease: what a hub granted us, or what we asked it for. Push: what it brought, until it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_LONGEST = timedelta(days=32)
# A hub that verified a lease has shown that it works, and not yet that its publisher tells it of everything.
FIRST_TRUST = 0.5


class LeaseState(StrEnum):
    """How a lease stands, in one word."""

    ASKED = "asked"  # our request went out; the hub has not verified it yet
    ACTIVE = "active"  # verified: the hub pushes until it expires
    REFUSED = "refused"  # the hub denied it or cannot be reached; asked again later
    LEAVING = "leaving"  # not wanted any more; the hub has not verified that


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLease:
    """A subscription of ours at an outlet's hub (W3C WebSub). Times are aware UTC.

    `id` is the unguessable end of `callback`, `secret` what pushes are signed with. `asked` is when the request went out that is
    `pending`: only that is verified. `next_try` is when the hub is asked next; `left` once it verified that we are gone.

    `trust` of 0…1 says how much of the news the hub brings: see `cadence.trust`. Counts: `pushes` that were authentic, `brought`
    articles new by them, `missed` ones that a poll had to find, `ignored` pushes without a valid signature, `hints` that
    only made us poll.
    """

    id: str
    source_id: str
    hub: str
    topic: str
    callback: str
    secret: str = field(repr=False)
    next_try: datetime
    leaving: bool = False
    left: bool = False
    pending: bool = False
    asked: datetime | None = None
    verified: datetime | None = None
    expires: datetime | None = None
    failures: int = 0
    error: str | None = None
    trust: float = FIRST_TRUST
    last_push: datetime | None = None
    pushes: int = 0
    brought: int = 0
    missed: int = 0
    ignored: int = 0
    hints: int = 0
    seen: tuple[str, ...] = ()

    def active(self, now: datetime) -> bool:
        """Whether the hub pushes now, as far as we know. Nobody grants more than a month: what ends later than that was
        written by a clock that ran ahead."""
        return not self.leaving and self.expires is not None and now < self.expires <= now + _LONGEST

    @property
    def signs(self) -> bool:
        """Whether a valid signature proves something: a secret that went over plain HTTP may be known to others (§5.1: only over
        HTTPS), so that beside an https topic it proves nothing, and a push is no more than a hint."""
        return self.hub.startswith("https:") or not self.topic.startswith("https:")

    def state(self, now: datetime) -> LeaseState:
        if self.leaving:
            return LeaseState.LEAVING
        if self.active(now):
            return LeaseState.ACTIVE
        return LeaseState.REFUSED if self.error else LeaseState.ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a hub sent, authentic and whole, as it waits to be read. `number` orders them; `body` is decoded."""

    number: int
    lease_id: str
    source_id: str
    received: datetime
    content_type: str
    body: bytes = field(repr=False)
