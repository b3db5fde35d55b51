"""What servers said over several polls → what we keep to: an address for good, a pause for a whole host, validators it heeds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import HostPenalty, Move, Refusal, Schedule, Source

# Fetching rule 20: a permanent redirect is believed when it was seen so often, for so long, each time with a feed that we know.
SIGHTINGS, WITHIN_A_HOST, ACROSS_HOSTS = 3, timedelta(hours=24), timedelta(days=7)
# An adopted address that fails so often was a mistake, or was taken back: the configured one is asked again.
_FAILURES_TO_RETURN = 3
# Fetching rule 26: two addresses of a host refused within a day speak for all of it.
_WINDOW, FIRST_PAUSE, _LONGEST_PAUSE = timedelta(days=1), timedelta(hours=1), timedelta(days=1)
_LONGEST_RETRY_AFTER = timedelta(days=31)
# Fetching rule 10: after so many equal documents in place of a 304, an ETag that a compressing server spoilt is left out.
UNHEEDED = 3
_SPOILT = ('-gzip"', '--gzip"', ';gzip"', ';br"', '-br"')


def saw_move(
    source: Source, schedule: Schedule, *, to: str | None, same_host: bool, overlaps: bool, now: datetime
) -> Schedule:
    """The schedule after an answer that could be read: `to` is where every redirect on its way was permanent.

    `overlaps`: what stands there shows articles that we hold. An address with a secret in it is the operator's affair and stays.
    """
    if to is None or not overlaps or source.url != source.public_url:
        return replace(schedule, move=None)
    move = schedule.move if schedule.move and schedule.move.to == to else Move(to=to, since=now, seen=0)
    move = replace(move, seen=move.seen + 1)
    patience = WITHIN_A_HOST if same_host else ACROSS_HOSTS
    if move.seen >= SIGHTINGS and now - move.since >= patience:
        return replace(schedule, moved_to=to if to != source.url else None, move=None)
    return replace(schedule, move=move)


def after_failure(schedule: Schedule) -> Schedule:
    """An adopted address that keeps failing is left again."""
    return returned(schedule) if schedule.failures >= _FAILURES_TO_RETURN else schedule


def returned(schedule: Schedule) -> Schedule:
    """The schedule of a source that is asked at its configured address, and was never seen to move."""
    return replace(schedule, moved_to=None, move=None)


def heeded(schedule: Schedule, *, etag: str | None, same_body: bool) -> Schedule:
    """Count the equal documents that came in place of a 304; the count stays once it changed what we ask."""
    if schedule.unheeded >= UNHEEDED and is_spoilt(etag):
        return schedule
    return replace(schedule, unheeded=schedule.unheeded + 1 if same_body else 0)


def is_spoilt(etag: str | None) -> bool:
    """Apache's mod_deflate and its kind write their encoding into the ETag, and do not know it when it comes back."""
    return etag is not None and etag.endswith(_SPOILT)


def leaves_etag_out(schedule: Schedule) -> bool:
    """RFC 9110 §13.1.3: If-Modified-Since is read only where no If-None-Match is sent."""
    held = schedule.validators
    return schedule.unheeded >= UNHEEDED and held.last_modified is not None and is_spoilt(held.etag)


def refused(held: HostPenalty | None, refusal: Refusal) -> HostPenalty:
    """The penalty of a host after one more 429 or 503; `paused_until` is set once two of its addresses were refused.

    Without a Retry-After the pause is an hour, doubled each time that we come back too early.
    """
    address = hashlib.sha256(refusal.url.encode()).hexdigest()[:16]
    fresh = HostPenalty(host=refusal.host, address=address, at=refusal.at, limited=refusal.limited)
    if held is None:
        return fresh
    limited = held.limited or refusal.limited
    if refusal.at - held.at > _WINDOW or (held.address == address and held.paused_until is None):
        return replace(fresh, limited=limited)
    paused = held.paused_until is not None and refusal.at < held.paused_until
    pauses = held.pauses if paused else held.pauses + 1
    pause = min(FIRST_PAUSE * 2 ** min(max(pauses - 1, 0), 16), _LONGEST_PAUSE)
    until = min(refusal.retry_after or refusal.at + pause, refusal.at + _LONGEST_RETRY_AFTER)
    if paused and held.paused_until is not None:
        until = max(until, held.paused_until) if refusal.retry_after else held.paused_until
    return replace(fresh, limited=limited, pauses=pauses, paused_until=until)
