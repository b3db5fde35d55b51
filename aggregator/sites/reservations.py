"""A host's `/.well-known/tdmrep.json` → what its publisher reserves (the TDM Reservation Protocol), looked at once a week.

Only of hosts that we take more from than their feeds' summaries: whose article pages we read, or whose full texts we show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from aggregator.errors import FetchError
from aggregator.fetch.bodies import Limits
from aggregator.fetch.visitor import Visit
from aggregator.model import Republish, Signal, Source
from aggregator.normalize.reuse import tdm_file
from aggregator.store import Store

log = structlog.get_logger(__name__)

AGAIN, AFTER_FAILURE = timedelta(days=7), timedelta(days=1)
_PATH, _HOSTS_A_ROUND = "/.well-known/tdmrep.json", 10
_LIMITS = Limits(encoded=64 * 1024, decoded=256 * 1024)
# A refusal for the moment says nothing of what is reserved.
_NOT_NOW = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_ABSENT = frozenset(range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)) - {*_NOT_NOW}


class Visits(Protocol):
    """The port to the web."""

    async def visit(self, url: str, *, accept: str, limits: Limits) -> Visit: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    """What looking works with; `sources` are those that are polled, by id."""

    visitor: Visits
    store: Store
    sources: Callable[[], Mapping[str, Source]]
    now: Callable[[], datetime]

    async def round(self) -> int:
        """Ask the hosts whose week is over, a few at a time; how many were asked."""
        sources = {id: source for id, source in self.sources().items() if _concerns(source)}
        due = await self.store.reservations_due(sources, before=self.now() - AGAIN) if sources else ()
        by_origin: dict[str, list[Source]] = defaultdict(list)
        for id in due:
            parts = urlsplit(sources[id].url)
            by_origin[f"{parts.scheme}://{parts.netloc}"].append(sources[id])
        for origin, those in list(by_origin.items())[:_HOSTS_A_ROUND]:
            await self._ask(origin, those)
        return min(len(by_origin), _HOSTS_A_ROUND)

    async def before(self, work: Callable[[], Awaitable[int]]) -> int:
        """A round of this, then of other `work`."""
        await self.round()
        return await work()

    async def _ask(self, origin: str, sources: list[Source]) -> None:
        try:
            visit = await self.visitor.visit(f"{origin}{_PATH}", accept="application/json", limits=_LIMITS)
        except FetchError as error:
            if error.status not in _ABSENT:  # what was said last holds until we know better
                again = self.now() - AGAIN + AFTER_FAILURE
                await self.store.keep_reservations({source.id: None for source in sources}, asked=again, now=self.now())
                return
            said: dict[str, tuple[Signal, ...]] = {source.id: () for source in sources}
        else:
            said = {source.id: self._said(visit, source) for source in sources}
        await self.store.keep_reservations(said, asked=self.now(), now=self.now())
        log.info("reservations.asked", origin=origin, reserved=any(said.values()))

    def _said(self, visit: Visit, source: Source) -> tuple[Signal, ...]:
        """What holds for the feed, or for the whole site that it is of."""
        return tdm_file(visit.body, [source.url, source.outlet.url], f"{_PATH} of its host")


def _concerns(source: Source) -> bool:
    return source.pages or source.republish is Republish.FULL
