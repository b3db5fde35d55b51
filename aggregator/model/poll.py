"""Poll: one scheduled attempt on a source. Schedule: when the next one is, and why then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.errors import Trouble
from aggregator.model.document import Request, Validators
from aggregator.model.host import Move
from aggregator.model.lease import HubLease
from aggregator.model.rhythm import Forecast, Rhythm


class Health(StrEnum):
    """How a source is, in one word: `health` says what each means, why, and what to do."""

    NEW = "new"
    WELL = "well"
    SLOW = "slow"
    STALE = "stale"
    PARTIAL = "partial"
    EMPTY = "empty"
    HTML = "html"
    BLOCKED = "blocked"
    FAILING = "failing"
    DORMANT = "dormant"
    GONE = "gone"
    MOVED = "moved"
    HELD = "held"
    DISABLED = "disabled"


class PollOutcome(StrEnum):
    """How a poll ended; `pushed` is none of ours, but what a hub brought."""

    FRESH = "fresh"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    PARTIAL = "partial"
    FAILED = "failed"
    GONE = "gone"
    HELD = "held"
    PUSHED = "pushed"

    @property
    def failed(self) -> bool:
        return self in (PollOutcome.FAILED, PollOutcome.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a source's health is judged by, kept from poll to poll.

    `seconds` is how long its answers take, a mean that forgets; `last_news` when it last had something new, and
    `longest_silence` the longest it was used to be without; `watched_since` our first look at it, `failing_since` the first
    failure of those in a row.
    """

    seconds: float | None = None
    last_news: datetime | None = None
    longest_silence: timedelta | None = None
    watched_since: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All that a poll needs to remember of a source between polls. Times are aware UTC.

    `not_before` is written before a request goes out: a crash loop cannot hammer anybody; `retry_after` is the server's own.
    `move` is a permanent redirect that is being watched, `moved_to` one that was adopted: the address that is asked now.
    `overlaps`: the last whole document showed articles that we held before, or was the first.
    `unheeded` counts equal documents in place of a 304. `lease` is what the source's hub granted us. `owner` has claimed it.
    `first_document` holds until a document was stored: its articles are listed at their publication time.
    `health` holds since `since`; `evidence` says in a clause why, and is the same text while nothing changes.
    """

    source_id: str
    next_poll: datetime
    why: str = "never polled"
    not_before: datetime | None = None
    retry_after: datetime | None = None
    validators: Validators = Validators()
    body_hash: str | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0
    error: str | None = None
    health: Health = Health.NEW
    since: datetime | None = None
    evidence: str = ""
    vitals: Vitals = Vitals()
    first_document: bool = True
    interval_seconds: float | None = None
    articles_per_day: float | None = None
    rhythm: Rhythm | None = None
    forecast: Forecast | None = None
    move: Move | None = None
    moved_to: str | None = None
    overlaps: bool = True
    unheeded: int = 0
    lease: HubLease | None = None
    owner: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One attempt, for the log: counts are of entries; `received` is bytes of body as sent; `requests` are what its
    publishers saw of it."""

    source_id: str
    started: datetime
    finished: datetime
    outcome: PollOutcome
    status: int | None = None
    received: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    error: str | None = None
    trouble: Trouble | None = None
    requests: tuple[Request, ...] = ()
