"""A URL → what stands there, asked for as a crawler must: past the guard, in its host's turn, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import bodies, headers
from aggregator.fetch.asking import ENCODINGS
from aggregator.fetch.hosts import host_of
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import REDIRECTS, Trail
from aggregator.fetch.seen import Seen
from aggregator.model import Refusal, Request
from aggregator.net import wording
from aggregator.net.guard import Guard
from aggregator.net.session import exact

PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PAGE_LIMITS = bodies.Limits(encoded=2 * bodies.MIB, decoded=4 * bodies.MIB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An answer: `url` is the final address, `robots` are the values of its `X-Robots-Tag` headers, `reserved` that of
    `tdm-reservation`, `received` bytes as sent."""

    url: str
    content_type: str
    body: bytes = field(repr=False)
    robots: tuple[str, ...] = ()
    reserved: str = ""
    received: int = 0


May = Callable[[str], Awaitable[None]]


class Log(Protocol):
    """The port to what is remembered of visits."""

    async def visited(self, started: datetime, requests: Sequence[Request]) -> None: ...

    async def refused(self, refusal: Refusal) -> None: ...


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
        log: Log | None = None,
    ) -> None:
        self._session, self._guard, self._politeness = session, guard, politeness
        self._agent, self._now, self._seconds, self._log = user_agent, now, seconds, log

    async def visit(
        self,
        url: str,
        *,
        accept: str = PAGE,
        limits: bodies.Limits = PAGE_LIMITS,
        may: May = _anywhere,
        cut: bool = False,
        what: str = "page",
    ) -> Visit:
        """Raises FetchError for every answer but 200, and what `may` raises for an address, at each redirect. `cut`: of a
        body that is larger than the limits what came until then."""
        trail, left = Trail(url=url), self._seconds
        clock, requests, at = asyncio.get_running_loop().time, list[Request](), self._now()
        began = clock()
        try:
            while True:
                self._guard.check_url(trail.url)
                await may(trail.url)
                async with self._politeness.place(trail.url):
                    started = clock()
                    seen = Seen.of(trail.url, after=started - began, own=self._politeness.is_own(trail.url), what=what)
                    try:
                        answer = await self._ask(trail, accept, limits, left, seen, cut=cut)
                    finally:
                        requests.append(seen.request(clock() - started))
                    left -= clock() - started
                if isinstance(answer, Visit):
                    return answer
                trail = answer
        except FetchError as error:
            await self._refused(error)
            raise
        finally:
            if self._log and requests:
                await self._log.visited(at, requests)

    async def _refused(self, error: FetchError) -> None:
        """A host that has had enough of our visits may mean all of them (fetching rule 26)."""
        if self._log and error.refused_url and not self._politeness.is_spared(error.refused_url):
            limited = error.status == HTTPStatus.TOO_MANY_REQUESTS
            host, url = host_of(error.refused_url), error.refused_url
            await self._log.refused(
                Refusal(host=host, url=url, at=self._now(), limited=limited, retry_after=error.retry_after)
            )

    async def _ask(
        self, trail: Trail, accept: str, limits: bodies.Limits, left: float, seen: Seen, *, cut: bool
    ) -> Visit | Trail:
        sent = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": ENCODINGS}
        try:
            async with (
                asyncio.timeout(left),
                self._session.get(exact(trail.url), headers=sent, allow_redirects=False) as response,
            ):
                seen.status, seen.told_to_wait = response.status, "Retry-After" in response.headers
                if response.status in REDIRECTS:
                    return trail.follow(response.status, response.headers.get("Location", ""))
                if response.status != HTTPStatus.OK:
                    raise self._refusal(response)
                body, received = await (bodies.read_start if cut else bodies.read)(response, limits)
                seen.received = received
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise FetchError(wording.of_error(error, seconds=self._seconds)) from None
        return Visit(
            url=trail.url,
            content_type=response.headers.get("Content-Type", ""),
            body=body,
            robots=tuple(response.headers.getall("X-Robots-Tag", [])[:20]),
            reserved=response.headers.get("tdm-reservation", "")[:20],
            received=received,
        )

    def _refusal(self, response: aiohttp.ClientResponse) -> FetchError:
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._politeness.slow_down(str(response.url))
        error = FetchError(
            wording.of_status(response.status, response.headers),
            status=response.status,
            permanent=response.status == HTTPStatus.GONE,
            retry_after=headers.retry_after(response.headers, now=self._now()),
        )
        if response.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            error.refused_url = str(response.url)
        return error
