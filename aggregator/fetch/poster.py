"""An address and a body → posted there, past the guard and in its host's turn; or a FetchError in clear words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import headers, trouble
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import Trail
from aggregator.fetch.seen import Seen
from aggregator.fetch.visitor import Log
from aggregator.model import Request
from aggregator.net import wording
from aggregator.net.guard import Guard
from aggregator.net.session import exact

# RFC 9110 §15.4.8: the others would make a GET of it.
_REDIRECTS = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)


class Poster:
    """Sends bodies; what comes back is their status alone."""

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

    async def post(self, url: str, body: bytes, *, content_type: str) -> None:
        """Returns once the server took it (2xx). Raises FetchError: `permanent` where it does not want it."""
        trail, left = Trail(url=url), self._seconds
        clock, requests, at = asyncio.get_running_loop().time, list[Request](), self._now()
        began = clock()
        try:
            while True:
                self._guard.check_url(trail.url)
                async with self._politeness.place(trail.url):
                    started = clock()
                    own = self._politeness.is_own(trail.url)
                    seen = Seen.of(trail.url, after=started - began, own=own, what="hub")
                    try:
                        answer = await self._send(trail, body, content_type, left, seen)
                    finally:
                        requests.append(seen.request(clock() - started))
                    left -= clock() - started
                if answer is None:
                    return
                trail = answer
        finally:
            if self._log and requests:
                await self._log.visited(at, requests)

    async def _send(self, trail: Trail, body: bytes, content_type: str, left: float, seen: Seen) -> Trail | None:
        sent = {"User-Agent": self._agent, "Content-Type": content_type, "Accept": "*/*;q=0.1"}
        try:
            async with (
                asyncio.timeout(left),
                self._session.post(exact(trail.url), data=body, headers=sent, allow_redirects=False) as response,
            ):
                seen.status, seen.told_to_wait = response.status, "Retry-After" in response.headers
                if response.status in _REDIRECTS:
                    return trail.follow(response.status, response.headers.get("Location", ""))
                if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                    return None
                raise self._refusal(response)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            said = wording.of_error(error, seconds=self._seconds)
            raise FetchError(said, trouble=trouble.of_error(error)) from None

    def _refusal(self, response: aiohttp.ClientResponse) -> FetchError:
        limited = response.status == HTTPStatus.TOO_MANY_REQUESTS
        if limited:
            self._politeness.slow_down(str(response.url))
        refused = HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return FetchError(
            wording.of_status(response.status, response.headers),
            status=response.status,
            permanent=refused and not limited and response.status != HTTPStatus.REQUEST_TIMEOUT,
            retry_after=headers.retry_after(response.headers, now=self._now()),
            trouble=trouble.of_status(response.status, response.headers),
        )
