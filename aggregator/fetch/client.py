"""A source and what we remember of it → a document, NotModified, or a FetchError in clear words."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch import bodies, headers
from aggregator.fetch.politeness import Politeness
from aggregator.model import Document, Hints, NotModified, Schedule, Source, Validators
from aggregator.net.guard import Guard, RefusedAddressError

MAX_HOPS = 5
_PERMANENT = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_REDIRECTS = (*_PERMANENT, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT)
# Always the same, so that a server's idea of our variant is stable (its ETag depends on it).
_ENCODINGS = "gzip, br"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class _Trail:
    """Where redirects led: the URL to ask now, and whether every hop said that it is for good."""

    url: str
    permanent: bool = True
    hops: tuple[str, ...] = ()


class Client:
    """Conditional requests through one session, one at a time for each host, `concurrency` in all."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        *,
        user_agent: str,
        concurrency: int,
        seconds: float = 60.0,
        gap_seconds: float = 2.0,
    ) -> None:
        self._session, self._guard, self._agent, self._seconds = session, guard, user_agent, seconds
        self._politeness = Politeness(guard, concurrency=concurrency, gap_seconds=gap_seconds)

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        """Ask for `source` once. Raises FetchError; `now` dates a Retry-After in seconds."""
        trail = _Trail(source.url)
        while True:
            self._guard.check_url(trail.url)
            async with self._politeness.place(trail.url):
                answer = await self._ask(source, schedule, trail, now)
            if not isinstance(answer, _Trail):
                return answer
            trail = answer

    async def _ask(
        self, source: Source, schedule: Schedule, trail: _Trail, now: datetime
    ) -> Document | NotModified | _Trail:
        """One request; a redirect comes back as the trail to follow."""
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._session.get(
                    trail.url, headers=self._headers(source, schedule, trail), allow_redirects=False
                ) as response,
            ):
                return await self._read(response, source, schedule, trail, now)
        except FetchError:
            raise
        except TimeoutError:
            raise FetchError(f"timed out after {self._seconds:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError, ssl.SSLError) as error:
            raise FetchError(_words(error)) from error

    def _headers(self, source: Source, schedule: Schedule, trail: _Trail) -> Mapping[str, str]:
        sent = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": _ENCODINGS}
        if _origin(trail.url) == _origin(source.url):
            # What an operator set for a source (a token, say) is for its own origin alone.
            sent |= dict(source.headers)
        held = schedule.validators
        if held.final_url == trail.url and held.headers_hash == headers_hash(source):
            sent |= {"If-None-Match": held.etag} if held.etag else {}
            sent |= {"If-Modified-Since": held.last_modified} if held.last_modified else {}
        return sent

    async def _read(
        self, response: aiohttp.ClientResponse, source: Source, schedule: Schedule, trail: _Trail, now: datetime
    ) -> Document | NotModified | _Trail:
        if response.status in _REDIRECTS:
            return _follow(response, trail)
        hints = Hints(fresh_for=headers.freshness(response.headers))
        found = headers.validators(response.raw_headers, final_url=trail.url, headers_hash=headers_hash(source))
        if response.status == HTTPStatus.NOT_MODIFIED:
            asked = response.request_info.headers
            if "If-None-Match" not in asked and "If-Modified-Since" not in asked:
                raise FetchError("answered 304 to a request without validators", status=304)
            return NotModified(url=trail.url, validators=_updated(schedule.validators, found), hints=hints)
        if response.status != HTTPStatus.OK:
            raise _refusal(response, now)
        body, received = await bodies.read(response)
        digest = hashlib.sha256(body).hexdigest()
        return Document(
            url=trail.url,
            status=response.status,
            content_type=response.headers.get("Content-Type", ""),
            body=body,
            body_hash=digest,
            validators=found,
            hints=hints,
            unchanged=digest == schedule.body_hash,
            permanent_url=trail.url if trail.hops and trail.permanent else None,
            received=received,
        )


def headers_hash(source: Source) -> str:
    """What validators are bound to beside the URL: the operator's headers and our encodings (fetching rule 7)."""
    stated = "\n".join([_ENCODINGS, *(f"{name.lower()}:{value}" for name, value in sorted(source.headers))])
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def _follow(response: aiohttp.ClientResponse, trail: _Trail) -> _Trail:
    """RFC 9110 §15.4: where a redirect leads; never in circles, never further than a few hops."""
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(f"HTTP {response.status} without saying where to", status=response.status)
    url = urljoin(trail.url, location).partition("#")[0]
    hops = (*trail.hops, trail.url)
    if url in hops:
        raise FetchError("redirects in a circle", status=response.status)
    if len(hops) > MAX_HOPS:
        raise FetchError(f"redirects more than {MAX_HOPS} times", status=response.status)
    return _Trail(url, trail.permanent and response.status in _PERMANENT, hops)


def _updated(held: Validators, found: Validators) -> Validators:
    """RFC 9111 §4.3.4: a 304 replaces the validators that it carries and leaves the others."""
    return Validators(
        etag=found.etag or held.etag,
        last_modified=found.last_modified or held.last_modified,
        final_url=found.final_url,
        headers_hash=found.headers_hash,
    )


def _refusal(response: aiohttp.ClientResponse, now: datetime) -> FetchError:
    status = response.status
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "with an unknown status"
    note = " (bot wall)" if response.headers.get("cf-mitigated") == "challenge" else ""
    wait = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return FetchError(
        f"HTTP {status} {phrase}{note}",
        status=status,
        permanent=status == HTTPStatus.GONE,
        retry_after=headers.retry_after(response.headers, now=now) if wait else None,
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _words(error: BaseException) -> str:
    """An error of the network as a person would say it; nothing of what stands behind a refused address."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RefusedAddressError | PermissionError):
            return "refused: the address is not on the public internet"
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"no such host: {error.host}"
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError | ssl.SSLError):
        return f"the connection is not secure: {error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.strerror or error}"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "the server closed the connection early"
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
