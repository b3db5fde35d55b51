"""What a host tells machines of reuse beside its feeds → signals of its sources, looked at once a week:
`/.well-known/tdmrep.json` (the TDM Reservation Protocol), and the licences (RSL) that its robots.txt or the feed point to.

Of hosts whose words we show, in a summary or in full, or whose article pages we read: a headline with its link needs no leave.
Robots.txt is read first, and obeyed. Whoever does not answer a feed of ours well is not asked for more.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from aggregator.errors import FetchError
from aggregator.fetch.bodies import Limits
from aggregator.fetch.errands import May
from aggregator.fetch.robots import ForbiddenError
from aggregator.fetch.visitor import Visit
from aggregator.model import Republish, Signal, Source
from aggregator.normalize.reuse import RSL_TYPE, rsl_file, rsl_links, tdm_file
from aggregator.store import Store

log = structlog.get_logger(__name__)

AGAIN, AFTER_FAILURE = timedelta(days=7), timedelta(days=1)
_TDM_PATH, _HOSTS_A_ROUND, _MOST_LICENCES = "/.well-known/tdmrep.json", 10, 5
_LIMITS = Limits(encoded=64 * 1024, decoded=256 * 1024)


class Visits(Protocol):
    """The port to the web."""

    async def visit(self, url: str, *, accept: str, limits: Limits, may: May, what: str) -> Visit: ...


class Permits(Protocol):
    """The port to robots.txt files."""

    async def check(self, url: str) -> None: ...

    async def licences(self, url: str) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    """What looking works with; `sources` are those that are polled, by id."""

    visitor: Visits
    robots: Permits
    store: Store
    sources: Callable[[], Mapping[str, Source]]
    now: Callable[[], datetime]

    async def round(self) -> int:
        """Ask the hosts whose week is over, a few side by side; how many were asked."""
        sources = {id: source for id, source in self.sources().items() if _concerns(source)}
        now = self.now()
        due = await self.store.reservations_due(sources, before=now - AGAIN, now=now) if sources else {}
        by_origin: dict[str, dict[Source, tuple[str, ...]]] = defaultdict(dict)
        for id, signals in due.items():
            parts = urlsplit(sources[id].url)
            by_origin[f"{parts.scheme}://{parts.netloc}"][sources[id]] = rsl_links(signals, sources[id].url)
        asked = islice(by_origin.items(), _HOSTS_A_ROUND)
        await asyncio.gather(*(self._ask(origin, feeds) for origin, feeds in asked))
        return min(len(by_origin), _HOSTS_A_ROUND)

    async def before(self, work: Callable[[], Awaitable[int]]) -> int:
        """A round of this, then of other `work`."""
        await self.round()
        return await work()

    async def _ask(self, origin: str, feeds: Mapping[Source, tuple[str, ...]]) -> None:
        """Ask one host; `feeds` are sources of it, and the licences that they name. That it is asked is written down before: a
        crash that repeats itself asks it once a day."""
        ids, again = [source.id for source in feeds], self.now() - AGAIN + AFTER_FAILURE
        await self.store.keep_reservations(dict.fromkeys(ids), asked=again, now=self.now())
        try:
            stated = await self.robots.licences(origin)
            if stated is None:
                return  # what was said last holds until we know better
            hidden = await self._is_hidden(f"{origin}{_TDM_PATH}")
            tdm = None if hidden else await self._read(f"{origin}{_TDM_PATH}", "application/json")
            named = list(dict.fromkeys(chain(stated, *feeds.values())))[:_MOST_LICENCES]
            licences = {url: await self._read(url, RSL_TYPE) for url in named if not await self._is_hidden(url)}
        except FetchError as error:
            if error.retry_after and (later := error.retry_after - AGAIN) > again:
                await self.store.keep_reservations(dict.fromkeys(ids), asked=later, now=self.now())
            return
        said: dict[str, tuple[Signal, ...] | None] = {}
        for source, own in feeds.items():
            about = [source.url, source.outlet.url]  # the feed, or the whole site that it is of
            found = list(tdm_file(tdm.body, about, f"{_TDM_PATH} of its host")) if tdm else []
            for url in (*stated, *own):
                if visit := licences.get(url):
                    found += rsl_file(visit.body, about, f"licence {url}")
            # What we may not look at any more does not take back what it said.
            said[source.id] = tuple(dict.fromkeys(found)) if found or not hidden else None
        await self.store.keep_reservations(said, asked=self.now(), now=self.now())
        log.info("reservations.asked", origin=origin, reserved=any(said.values()))

    async def _is_hidden(self, url: str) -> bool:
        """Whether robots.txt keeps us away; raises FetchError where it cannot be read now."""
        try:
            await self.robots.check(url)
        except ForbiddenError as error:
            if error.by_rule:
                return True
            raise
        return False

    async def _read(self, url: str, accept: str) -> Visit | None:
        """What stands there, None for nothing; raises FetchError where that cannot be told now."""
        try:
            return await self.visitor.visit(url, accept=accept, limits=_LIMITS, may=self.robots.check, what="robots")
        except FetchError as error:
            if error.absent:
                return None
            raise


def _concerns(source: Source) -> bool:
    return source.pages or source.republish is not Republish.TITLE
