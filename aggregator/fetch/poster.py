"""An address and a body → posted there, past the guard and in its host's turn; or a FetchError in clear words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import aiohttp

from aggregator.fetch.errands import Errands, Log
from aggregator.fetch.politeness import Politeness
from aggregator.fetch.redirects import Trail
from aggregator.fetch.seen import Seen
from aggregator.net.guard import Guard
from aggregator.net.session import exact

# RFC 9110 §15.4.8: the others would make a GET of it.
_KEEPING_THE_BODY = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
# Of the statuses that say no, those that may say yes another time.
_NOT_NOW = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class Poster:
    """Sends bodies to hubs; what comes back is whether they were taken."""

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

    async def post(self, url: str, body: bytes, *, content_type: str) -> None:
        """Returns once the server took it (2xx). Raises FetchError: `permanent` where it does not want it."""
        await self._errands.run(url, lambda trail, seen: self._send(trail, seen, body, content_type), what="hub")

    async def _send(self, trail: Trail, seen: Seen, body: bytes, content_type: str) -> bool | Trail:
        sent = {"User-Agent": self._agent(), "Content-Type": content_type, "Accept": "*/*;q=0.1"}
        async with self._session.post(exact(trail.url), data=body, headers=sent, allow_redirects=False) as response:
            seen.status, seen.told_to_wait = response.status, "Retry-After" in response.headers
            if response.status in _KEEPING_THE_BODY:
                return trail.follow(response.status, response.headers.get("Location", ""))
            if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
                refused = HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
                raise self._errands.refusal(response, permanent=refused and response.status not in _NOT_NOW)
        return True
