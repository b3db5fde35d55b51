"""The latest polls of all sources → whether it is our own network that fails, and since when: then no source is to blame."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import Trouble

# Failures so far apart are no one event.
WINDOW = timedelta(minutes=20)
# So many hosts that were well do not fall silent at once by themselves; a newsroom of two has no third.
HOSTS, _FEWEST = 3, 2
_PAUSE, _SPREAD = timedelta(minutes=5), timedelta(minutes=30)
_NO_WAY = (Trouble.UNREACHABLE, Trouble.FORBIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A poll as far as the network goes: `answered` when any HTTP answer came. `failing` says that the source was so before,
    `known` that it ever answered."""

    source_id: str
    host: str
    at: datetime
    answered: bool
    trouble: Trouble | None = None
    failing: bool = False
    known: bool = True


def silence(attempts: Iterable[Attempt], now: datetime) -> tuple[Attempt, ...]:
    """The latest attempts that found no way out, newest first: none was answered since. Others than those prove nothing."""
    found = []
    for attempt in sorted(attempts, key=lambda one: (one.at, one.source_id), reverse=True):
        if attempt.answered or attempt.at < now - WINDOW:
            break
        # A resolver that lies (every name is our own router's) looks like refused addresses, but so does a wrong `url:`.
        if attempt.trouble is Trouble.UNREACHABLE or (attempt.trouble is Trouble.FORBIDDEN and attempt.known):
            found.append(attempt)
    return tuple(found)


def is_ours(silent: Iterable[Attempt], *, hosts: int) -> bool:
    """Whether it is our own network: enough hosts of `hosts` in all fell silent together. What failed before proves nothing."""
    fallen = {attempt.host for attempt in silent if not attempt.failing}
    return len(fallen) >= max(_FEWEST, min(HOSTS, hosts))


def may_be_ours(trouble: Trouble | None) -> bool:
    """Whether a failure can be our own network's."""
    return trouble in _NO_WAY


def resume(source_id: str, now: datetime) -> datetime:
    """When to try again: spread over half an hour, so that what comes back is not met by everybody at once."""
    share = zlib.crc32(source_id.encode()) / 2**32
    return now + _PAUSE + _SPREAD * share
