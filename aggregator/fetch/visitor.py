"""A URL → what stands there, asked for as a crawler must: past the guard, in its host's turn, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import bodies, headers
from aggregator.fetch.asking import ENCODINGS
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import REDIRECTS, Trail
from aggregator.net import wording
from aggregator.net.guard import Guard
from aggregator.net.session import exact

PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_LIMITS = bodies.Limits(encoded=2 * bodies.MIB, decoded=4 * bodies.MIB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An answer: `url` is the final address, `robots` are the values of its `X-Robots-Tag` headers, `received` bytes as sent."""

    url: str
    content_type: str
    body: bytes = field(repr=False)
    robots: tuple[str, ...] = ()
    received: int = 0


May = Callable[[str], Awaitable[None]]


async def _anywhere(_url: str) -> None:
    """Leave to go wherever the guard lets us."""


class Visitor:
    """Unconditional requests for what we do not poll: pages, robots.txt, what may be a feed; without headers of a source."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        politeness: Politeness,
        *,
        user_agent: str,
        now: Callable[[], datetime],
        seconds: float = 30.0,
    ) -> None:
        self._session, self._guard, self._politeness = session, guard, politeness
        self._agent, self._now, self._seconds = user_agent, now, seconds

    async def visit(
        self,
        url: str,
        *,
        accept: str = PAGE,
        limits: bodies.Limits = PAGE_LIMITS,
        may: May = _anywhere,
        cut: bool = False,
    ) -> Visit:
        """Raises FetchError for every answer but 200, and what `may` raises for an address, at each redirect. `cut`: of a
        body that is larger than the limits what came until then."""
        trail, left = Trail(url=url), self._seconds
        clock = asyncio.get_running_loop().time
        while True:
            self._guard.check_url(trail.url)
            await may(trail.url)
            async with self._politeness.place(trail.url):
                started = clock()
                answer = await self._ask(trail, accept, limits, left, cut=cut)
                left -= clock() - started
            if isinstance(answer, Visit):
                return answer
            trail = answer

    async def _ask(self, trail: Trail, accept: str, limits: bodies.Limits, left: float, *, cut: bool) -> Visit | Trail:
        sent = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": ENCODINGS}
        try:
            async with (
                asyncio.timeout(left),
                self._session.get(exact(trail.url), headers=sent, allow_redirects=False) as response,
            ):
                if response.status in REDIRECTS:
                    return trail.follow(response.status, response.headers.get("Location", ""))
                if response.status != HTTPStatus.OK:
                    raise self._refusal(response)
                body, received = await (bodies.read_start if cut else bodies.read)(response, limits)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise FetchError(wording.of_error(error, seconds=self._seconds)) from None
        return Visit(
            url=trail.url,
            content_type=response.headers.get("Content-Type", ""),
            body=body,
            robots=tuple(response.headers.getall("X-Robots-Tag", [])[:20]),
            received=received,
        )

    def _refusal(self, response: aiohttp.ClientResponse) -> FetchError:
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._politeness.slow_down(str(response.url))
        return FetchError(
            wording.of_status(response.status, response.headers),
            status=response.status,
            permanent=response.status == HTTPStatus.GONE,
            retry_after=headers.retry_after(response.headers, now=self._now()),
        )
