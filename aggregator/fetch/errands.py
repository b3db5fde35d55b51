"""An address and how to ask it → what came of it, wherever redirects lead: past the guard, in each host's turn, logged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Protocol, TypeVar

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import headers, trouble
from aggregator.fetch.hosts import host_of
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import Trail
from aggregator.fetch.seen import Seen
from aggregator.model import Refusal, Request
from aggregator.net import wording
from aggregator.net.guard import Guard

_Found = TypeVar("_Found")
May = Callable[[str], Awaitable[None]]


class Log(Protocol):
    """The port to what is remembered of requests that are no polls."""

    async def visited(self, started: datetime, requests: Sequence[Request]) -> None: ...

    async def refused(self, refusal: Refusal) -> None: ...


async def anywhere(_url: str) -> None:
    """Leave to go wherever the guard lets us."""


class Errands:
    """Requests that are no polls: each takes at most `seconds`, redirects included, waiting for its turn not."""

    def __init__(
        self, guard: Guard, politeness: Politeness, *, now: Callable[[], datetime], seconds: float, log: Log | None
    ) -> None:
        self._guard, self._politeness, self._now, self._log = guard, politeness, now, log
        self.seconds = seconds

    async def run(
        self,
        url: str,
        ask: Callable[[Trail, Seen], Awaitable[_Found | Trail]],
        *,
        what: str,
        may: May = anywhere,
    ) -> _Found:
        """What `ask` finds; while it answers with a trail, that is followed. Raises what `may` raises for an address, and
        FetchError."""
        trail, left = Trail(url=url), self.seconds
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
                        answer = await self._within(left, ask(trail, seen))
                    finally:
                        requests.append(seen.request(clock() - started))
                    left -= clock() - started
                if not isinstance(answer, Trail):
                    return answer
                trail = answer
        except FetchError as error:
            await self._refused(error)
            raise
        finally:
            if self._log and requests:
                await self._log.visited(at, requests)

    async def _within(self, left: float, asked: Awaitable[_Found | Trail]) -> _Found | Trail:
        try:
            async with asyncio.timeout(left):
                return await asked
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise FetchError(wording.of_error(error, seconds=self.seconds), trouble=trouble.of_error(error)) from None

    async def _refused(self, error: FetchError) -> None:
        """A host that has had enough of our visits may mean all of them (fetching rule 26)."""
        if self._log and error.refused_url and not self._politeness.is_spared(error.refused_url):
            host, url = host_of(error.refused_url), error.refused_url
            await self._log.refused(
                Refusal(
                    host=host,
                    url=url,
                    at=self._now(),
                    limited=error.status == HTTPStatus.TOO_MANY_REQUESTS,
                    retry_after=error.retry_after,
                )
            )

    def refusal(self, response: aiohttp.ClientResponse, *, permanent: bool) -> FetchError:
        """The error of an answer that is not what was asked for."""
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._politeness.slow_down(str(response.url))
        error = FetchError(
            wording.of_status(response.status, response.headers),
            status=response.status,
            permanent=permanent,
            retry_after=headers.come_again(response.status, response.headers, now=self._now()),
            trouble=trouble.of_status(response.status, response.headers),
        )
        if response.status in headers.REFUSALS:
            error.refused_url = str(response.url)
        return error
