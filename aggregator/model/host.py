"""What is remembered of hosts and addresses: refusals, penalties, moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect that is being watched: where to, since when, and in how many polls it was seen."""

    to: str
    since: datetime
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A server on the public internet answered 429 (`limited`) or 503: `host` is its name, `url` what was asked."""

    host: str
    url: str
    at: datetime
    limited: bool
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPenalty:
    """What is remembered of a host's refusals: the last, of an `address` (hashed: it may hold a secret), `at` a time.

    `paused_until` is set when it spoke for the whole host; `pauses` counts those in a row; `limited`: it ever answered 429.
    """

    host: str
    address: str
    at: datetime
    limited: bool
    pauses: int = 0
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTurn:
    """Whether a host may be asked now: it may where `wait` is zero and it did not ask us to wait until `paused_until`.

    `limited`: it ever answered 429.
    """

    wait: timedelta = timedelta(0)
    paused_until: datetime | None = None
    limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What an origin's robots.txt said, and until when that holds (RFC 9309 §2.4). `text` None: it could not be read, and
    nothing may be fetched meanwhile, for the `reason`."""

    text: str | None
    until: datetime
    reason: str = ""
