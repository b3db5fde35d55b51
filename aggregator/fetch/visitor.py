"""A URL → what stands there, asked for as a crawler must: past the guard, in its host's turn, within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import aiohttp

from aggregator.fetch import bodies, headers
from aggregator.fetch.asking import ENCODINGS
from aggregator.fetch.errands import Errands, Log, May, anywhere
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import REDIRECTS, Trail
from aggregator.fetch.seen import Seen
from aggregator.net.guard import Guard
from aggregator.net.session import exact

PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_LIMITS = bodies.Limits(encoded=2 * bodies.MIB, decoded=4 * bodies.MIB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An answer: `url` is the final address, `lasting` the last that only permanent redirects led to; `robots` are the values
    of its `X-Robots-Tag` headers, `links` those of `Link`, `reserved` that of `tdm-reservation`; `received` bytes as sent."""

    url: str
    lasting: str
    content_type: str
    body: bytes = field(repr=False)
    robots: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    reserved: str = ""
    received: int = 0


class Visitor:
    """Unconditional requests for what we do not poll: pages, robots.txt, what may be a feed; without headers of a source."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        politeness: Politeness,
        *,
        user_agent: Callable[[], str],
        now: Callable[[], datetime],
        seconds: float = 30.0,
        log: Log | None = None,
    ) -> None:
        self._session, self._agent = session, user_agent
        self._errands = Errands(guard, politeness, now=now, seconds=seconds, log=log)

    async def visit(
        self,
        url: str,
        *,
        accept: str = PAGE,
        limits: bodies.Limits = PAGE_LIMITS,
        may: May = anywhere,
        cut: bool = False,
        what: str = "page",
    ) -> Visit:
        """Raises FetchError for every answer but 200 and 203, and what `may` raises for an address, at each redirect. `cut`: of a
        body that is larger than the limits what came until then."""
        return await self._errands.run(
            url, lambda trail, seen: self._ask(trail, seen, accept, limits, cut=cut), what=what, may=may
        )

    async def _ask(self, trail: Trail, seen: Seen, accept: str, limits: bodies.Limits, *, cut: bool) -> Visit | Trail:
        sent = {"User-Agent": self._agent(), "Accept": accept, "Accept-Encoding": ENCODINGS}
        async with self._session.get(exact(trail.url), headers=sent, allow_redirects=False) as response:
            seen.status, seen.told_to_wait = response.status, "Retry-After" in response.headers
            if response.status in REDIRECTS:
                return trail.follow(response.status, response.headers.get("Location", ""))
            if response.status not in headers.WHOLE:
                raise self._errands.refusal(response, permanent=response.status == HTTPStatus.GONE)
            body, received = await (bodies.read_start if cut else bodies.read)(response, limits)
            seen.received = received
        return Visit(
            url=trail.url,
            lasting=trail.lasting,
            content_type=response.headers.get("Content-Type", ""),
            body=body,
            robots=tuple(response.headers.getall("X-Robots-Tag", [])[:20]),
            links=tuple(response.headers.getall("Link", [])[:20]),
            reserved=response.headers.get("tdm-reservation", "")[:20],
            received=received,
        )
