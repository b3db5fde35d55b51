"""A source and what we remember of it → a document, NotModified, or a FetchError in clear words."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import bodies, headers, trouble
from aggregator.fetch.asking import headers_hash, request_headers
from aggregator.fetch.politeness import GAP_SECONDS, Book, Politeness
from aggregator.fetch.redirects import REDIRECTS, Trail
from aggregator.fetch.seen import Seen
from aggregator.model import Document, Hints, NotModified, Request, Schedule, Source
from aggregator.net import wording
from aggregator.net.guard import Guard
from aggregator.net.names import Names
from aggregator.net.session import exact

_MOST_LINKS = 20


class Client:
    """Conditional requests through one session, one at a time for each host, `concurrency` in all.

    A fetch takes at most `seconds`, redirects included, waiting for its turn not; `gap_seconds` lie between two
    requests to one host, see `Politeness`. `user_agent` is asked each time: a reload takes effect.
    `names` is the session's resolver, `book` what is shared with other processes.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        *,
        user_agent: Callable[[], str],
        concurrency: int,
        seconds: float = 60.0,
        gap_seconds: float = GAP_SECONDS,
        names: Names | None = None,
        book: Book | None = None,
        spare_own: bool = True,
        limits: bodies.Limits = bodies.Limits(),  # noqa: B008  frozen
        idle_seconds: float = bodies.IDLE_SECONDS,
    ) -> None:
        self._session, self._guard, self._agent, self._seconds = session, guard, user_agent, seconds
        self._limits, self._idle = limits, idle_seconds
        self.politeness = Politeness(
            guard, concurrency=concurrency, gap_seconds=gap_seconds, names=names, book=book, spare_own=spare_own
        )

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        """Ask for `source` once. Raises FetchError; `now` dates a Retry-After in seconds."""
        requests: list[Request] = []
        try:
            answer = await self._follow(source, schedule, now, requests)
        except FetchError as error:
            error.requests = tuple(requests)
            raise
        return replace(answer, requests=tuple(requests))

    async def _follow(
        self, source: Source, schedule: Schedule, now: datetime, requests: list[Request]
    ) -> Document | NotModified:
        """Ask, and ask where redirects lead; every request goes into `requests`."""
        trail, left = Trail(url=schedule.moved_to or source.url), self._seconds
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            self._guard.check_url(trail.url)
            async with self.politeness.place(trail.url):
                started = clock()
                seen = Seen.of(trail.url, after=started - began, own=self.politeness.is_own(trail.url))
                try:
                    answer = await self._ask(source, schedule, trail, now, left, seen)
                finally:
                    requests.append(seen.request(clock() - started))
                left -= clock() - started
            if not isinstance(answer, Trail):
                return answer
            trail = answer

    async def _ask(
        self, source: Source, schedule: Schedule, trail: Trail, now: datetime, left: float, seen: Seen
    ) -> Document | NotModified | Trail:
        """One request; a redirect comes back as the trail to follow."""
        asked = request_headers(source, schedule, url=trail.url, user_agent=self._agent())
        seen.conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
        try:
            async with (
                asyncio.timeout(left),
                self._session.get(exact(trail.url), headers=asked, allow_redirects=False) as response,
            ):
                seen.status, seen.told_to_wait = response.status, "Retry-After" in response.headers
                answer = await self._read(response, source, schedule, trail, now)
                seen.received = answer.received if isinstance(answer, Document) else 0
                return answer
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            # Not chained: what aiohttp says holds the URL, which may hold a secret.
            said = wording.of_error(error, seconds=self._seconds)
            raise FetchError(said, trouble=trouble.of_error(error)) from None

    async def _read(
        self, response: aiohttp.ClientResponse, source: Source, schedule: Schedule, trail: Trail, now: datetime
    ) -> Document | NotModified | Trail:
        headers.check_size(response.raw_headers)
        if response.status in REDIRECTS:
            return trail.follow(response.status, response.headers.get("Location", ""))
        if response.status == HTTPStatus.NOT_MODIFIED:
            return _not_modified(response, source, schedule, trail, now)
        delta = response.status == HTTPStatus.IM_USED and _is_delta(response)
        if response.status not in headers.WHOLE and not delta:
            raise self._refused(response, trail, now)
        body, received = await bodies.read(response, self._limits, idle_seconds=self._idle)
        digest = hashlib.sha256(body).hexdigest()
        return Document(
            url=trail.url,
            status=response.status,
            content_type=response.headers.get("Content-Type", ""),
            body=body,
            body_hash=digest,
            validators=headers.validators(response.raw_headers, final_url=trail.url, headers_hash=headers_hash(source)),
            hints=_hints(response, now),
            unchanged=digest == schedule.body_hash,
            delta=delta,
            permanent_url=trail.moved_to,
            received=received,
            reuse=headers.reuse(response.headers),
            links=tuple(response.headers.getall("Link", [])[:_MOST_LINKS]),
        )

    def _refused(self, response: aiohttp.ClientResponse, trail: Trail, now: datetime) -> FetchError:
        """A status that brings no document, and may say when to come back; 429 and 503 may speak for their whole host."""
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.politeness.slow_down(trail.url)
        error = FetchError(
            wording.of_status(response.status, response.headers),
            status=response.status,
            # Where a temporary redirect led says nothing of the address that was asked (fetching rule 21).
            permanent=response.status == HTTPStatus.GONE and trail.permanent,
            retry_after=headers.come_again(response.status, response.headers, now=now),
            trouble=trouble.of_status(response.status, response.headers),
        )
        # A host of our own network may be many services in one: it speaks for one feed at a time.
        told = response.status in headers.REFUSALS
        error.refused_url = trail.url if told and not self.politeness.is_spared(trail.url) else None
        return error


def _hints(response: aiohttp.ClientResponse, now: datetime) -> Hints:
    return Hints(
        fresh_for=headers.freshness(response.headers),
        retry_after=headers.limit_reset(response.headers, now=now, refused=False),
    )


def _is_delta(response: aiohttp.ClientResponse) -> bool:
    """RFC 3229 §10.4.1: only to who asked for it, and only in the one manipulation that we asked for."""
    manipulations = response.headers.get("IM", "").strip().lower()
    return "A-IM" in response.request_info.headers and manipulations == "feed"


def _not_modified(
    response: aiohttp.ClientResponse, source: Source, schedule: Schedule, trail: Trail, now: datetime
) -> NotModified:
    """RFC 9111 §4.3.4: a 304 replaces the validators that it carries and leaves the others."""
    asked = response.request_info.headers
    if "If-None-Match" not in asked and "If-Modified-Since" not in asked:
        raise FetchError("answered 304 to a request without validators", status=response.status)
    found = headers.validators(response.raw_headers, final_url=trail.url, headers_hash=headers_hash(source))
    held = schedule.validators
    return NotModified(
        url=trail.url,
        validators=replace(
            found, etag=found.etag or held.etag, last_modified=found.last_modified or held.last_modified
        ),
        hints=_hints(response, now),
        permanent_url=trail.moved_to,
    )
