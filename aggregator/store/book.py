"""What all pollers of a database share of hosts, as one of them uses it: turns, refusals, robots.txt, the log of visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from aggregator.errors import StoreError
from aggregator.model import HostTurn, Refusal, Request, RobotsFile
from aggregator.store import hosts, turns, visits
from aggregator.store.engine import Database


class HostBook:
    """The book of `owner`, a poller; `now` is asked for the time."""

    def __init__(self, database: Database, owner: str, now: Callable[[], datetime]) -> None:
        self._database, self._owner, self._now = database, owner, now

    async def take(self, hosts: Sequence[str]) -> HostTurn:
        """Take hosts for a request, all or none. Raises StoreError."""
        return await self._database.write(turns.take, hosts, owner=self._owner, now=self._now())

    async def leave(self, hosts: Sequence[str], *, pause: timedelta) -> None:
        """The request is over; others may ask after the pause. Out of reach, the turn ends by itself."""
        with suppress(StoreError):
            await self._database.write(turns.leave, hosts, owner=self._owner, now=self._now(), pause=pause)

    async def refused(self, refusal: Refusal) -> None:
        """A host answered 429 or 503 to what was no poll."""
        await self._database.write(hosts.keep_refusal, refusal, ())

    async def visited(self, started: datetime, requests: Sequence[Request]) -> None:
        """What went out beside polls."""
        await self._database.write(visits.keep_visit, started, requests)

    async def robots_file(self, origin: str) -> RobotsFile | None:
        return await self._database.read(visits.robots_file, origin)

    async def keep_robots_file(self, origin: str, file: RobotsFile) -> None:
        await self._database.write(visits.keep_robots_file, origin, file)
