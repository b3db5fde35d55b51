"""Licences (RSL) that articles' pages name → what they say. A site has few for all its pages: each is asked for once a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.errors import FetchError
from aggregator.fetch.bodies import Limits
from aggregator.fetch.errands import May
from aggregator.fetch.visitor import Visit
from aggregator.normalize.reuse import RSL_TYPE

_DAY, _MOST_HELD = timedelta(days=1), 500
_LIMITS = Limits(encoded=64 * 1024, decoded=256 * 1024)


class Visits(Protocol):
    """The port to the web."""

    async def visit(self, url: str, *, accept: str, limits: Limits, may: May) -> Visit: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What was read lately, by address."""

    visitor: Visits
    may: May
    now: Callable[[], datetime]
    _held: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    async def read(self, urls: Iterable[str]) -> tuple[str, ...]:
        """Those that can be had. Raises FetchError where that cannot be told now: what we may show is then not known."""
        return tuple(filter(None, [await self._one(url) for url in urls]))

    async def _one(self, url: str) -> str:
        at, text = self._held.get(url, (None, ""))
        if at is not None and self.now() - at < _DAY:
            return text
        try:
            visit = await self.visitor.visit(url, accept=RSL_TYPE, limits=_LIMITS, may=self.may)
            text = visit.body.decode("utf-8", "replace")
        except FetchError as error:
            if not error.absent:
                raise
            text = ""
        if len(self._held) >= _MOST_HELD:
            self._held.clear()
        self._held[url] = (self.now(), text)
        return text
