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
# What our own network does: no way out, a resolver that lies (every name is our own router's), no certificate that can be
# verified (a clock that is wrong, certificates of authorities that are gone, a portal in between), the portal's page.
_OURS = (Trouble.UNREACHABLE, Trouble.FORBIDDEN, Trouble.INSECURE, Trouble.HTML)
# Of a source that never answered a wrong `url:` explains these as well.
_KNOWN_ALONE = (Trouble.FORBIDDEN, Trouble.INSECURE, Trouble.HTML)

NO_WAY = "nothing that we poll can be reached"
NO_TRUST = (
    "no certificate can be verified: see the clock and the CA certificates of this machine, and who stands in between"
)
CAUGHT = "everything that we poll answers with a web page: a portal may stand in between, and want a login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A poll as far as the network goes: `answered` when any HTTP answer came. `failing` says that the source was so before,
    `known` that it ever answered, `own` that it is in the operator's own networks, which are there without a way out."""

    source_id: str
    host: str
    at: datetime
    answered: bool
    trouble: Trouble | None = None
    failing: bool = False
    known: bool = True
    own: bool = False


def silence(attempts: Iterable[Attempt], now: datetime) -> tuple[Attempt, ...]:
    """The latest attempts that found no way out, newest first: none was answered since. Others than those prove nothing."""
    found = []
    for attempt in sorted(attempts, key=lambda one: (one.at, one.source_id), reverse=True):
        if attempt.own:
            continue
        if says_that_we_are_well(answered=attempt.answered, trouble=attempt.trouble) or attempt.at < now - WINDOW:
            break
        if may_be_ours(attempt.trouble) and (attempt.known or attempt.trouble not in _KNOWN_ALONE):
            found.append(attempt)
    return tuple(found)


def says_that_we_are_well(*, answered: bool, trouble: Trouble | None) -> bool:
    """Whether an answer shows that the network is there: a page in place of a feed may be a portal's."""
    return answered and trouble is not Trouble.HTML


def is_ours(silent: Iterable[Attempt], *, hosts: int) -> bool:
    """Whether it is our own network: enough hosts of `hosts` in all fell silent together. What failed before proves nothing;
    pages in place of feeds prove something from the third host on, whoever else there is."""
    well = [attempt for attempt in silent if not attempt.failing]
    fallen = {attempt.host for attempt in well if attempt.trouble is not Trouble.HTML}
    return len(fallen) >= max(_FEWEST, min(HOSTS, hosts)) or len({attempt.host for attempt in well}) >= HOSTS


def evidence(silent: Iterable[Attempt]) -> str:
    """What is wrong with our own network, in a clause."""
    troubles = {attempt.trouble for attempt in silent}
    if troubles == {Trouble.HTML}:
        return CAUGHT
    return NO_TRUST if Trouble.INSECURE in troubles and Trouble.UNREACHABLE not in troubles else NO_WAY


def may_be_ours(trouble: Trouble | None) -> bool:
    """Whether a failure can be our own network's."""
    return trouble in _OURS


def resume(source_id: str, now: datetime) -> datetime:
    """When to try again: spread over half an hour, so that what comes back is not met by everybody at once."""
    share = zlib.crc32(source_id.encode()) / 2**32
    return now + _PAUSE + _SPREAD * share
