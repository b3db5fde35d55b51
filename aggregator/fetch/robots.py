"""A host's robots.txt → whether a crawler may fetch an address there, and how slowly (RFC 9309)."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from aggregator.errors import FetchError
from aggregator.fetch.bodies import Limits
from aggregator.fetch.visitor import Visitor
from aggregator.model import RobotsFile
from aggregator.urls import absolute

PRODUCT = "aggregator"
# RFC 9309 §2.4: at most 24 hours. A server that fails is left alone as long, or longer where it asks for that; where nobody
# answered, nobody is troubled by another try, and it may have been our own network.
_FRESH, _UNANSWERED = timedelta(hours=24), timedelta(hours=1)
# No `Retry-After` is kept for longer (fetching rule 14): a clock that ran ahead wrote it.
_LONGEST = timedelta(days=31)
# §2.5: at least 500 KiB are read; the rest is left.
_LIMITS = Limits(encoded=500 * 1024, decoded=500 * 1024)
_MOST_HOSTS = 5_000
_LICENCE, _MOST_LICENCES = re.compile(r"^[ \t]*license[ \t]*:[ \t]*(https?://[^\s#]+)", re.I | re.M), 3
_LONGEST_DELAY = timedelta(hours=24)


class ForbiddenError(FetchError):
    """robots.txt does not let us, by a rule or because it cannot be read; `again` is when to look anew."""

    def __init__(self, message: str, *, again: datetime, by_rule: bool) -> None:
        super().__init__(message, retry_after=again)
        self.by_rule = by_rule


class Files(Protocol):
    """The port to what is remembered of robots.txt files, over a restart too."""

    async def robots_file(self, origin: str) -> RobotsFile | None: ...

    async def keep_robots_file(self, origin: str, file: RobotsFile) -> None: ...


@dataclass(frozen=True, slots=True)
class _Record:
    """`rules` None: nothing may be fetched, for the `reason`."""

    rules: Protego | None
    until: datetime
    reason: str = ""
    licences: tuple[str, ...] = ()


class Robots:
    """What each origin's robots.txt says, remembered for a day."""

    def __init__(self, visitor: Visitor, now: Callable[[], datetime], files: Files | None = None) -> None:
        self._visitor, self._now, self._files = visitor, now, files
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Raises ForbiddenError where we may not go."""
        record = await self._record(url)
        if record.rules is None:
            raise ForbiddenError(record.reason, again=record.until, by_rule=False)
        if not record.rules.can_fetch(url, PRODUCT):
            raise ForbiddenError("robots.txt does not let us", again=record.until, by_rule=True)

    async def delay(self, url: str) -> timedelta:
        """`Crawl-delay` for us, or `Request-rate`: not of the RFC, and meant all the same."""
        rules = (await self._record(url)).rules
        if rules is None:
            return timedelta()
        rate = rules.request_rate(PRODUCT)
        between = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return min(timedelta(seconds=min(max(rules.crawl_delay(PRODUCT) or 0.0, between), 86_400)), _LONGEST_DELAY)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The `Sitemap:` lines."""
        rules = (await self._record(url)).rules
        return _addresses(rules.sitemaps) if rules is not None else ()

    async def licences(self, url: str) -> tuple[str, ...] | None:
        """The `License:` lines, which are for every crawler (https://rslstandard.org/guide/robots-txt); None where robots.txt
        cannot be read."""
        record = await self._record(url)
        return record.licences if record.rules is not None else None

    async def _record(self, url: str) -> _Record:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(origin, asyncio.Lock()):
            held = self._records.get(origin)
            if held is None or held.until <= self._now():
                held = await _parsed(await self._file(origin))
                self._records[origin] = held
            self._records.move_to_end(origin)
        while len(self._records) > _MOST_HOSTS:
            self._asking.pop(self._records.popitem(last=False)[0], None)
        return held

    async def _file(self, origin: str) -> RobotsFile:
        """As it is remembered, or asked for anew."""
        if self._files is None:
            return await self._read(origin)
        file = await self._files.robots_file(origin)
        if file is None or not self._now() < file.until <= self._now() + (_LONGEST if file.text is None else _FRESH):
            file = await self._read(origin)
            await self._files.keep_robots_file(origin, file)
        return file

    async def _read(self, origin: str) -> RobotsFile:
        """§2.3.1: without a file (4xx) everything is allowed, while the server fails (5xx, no answer) nothing is."""
        try:
            answer = await self._visitor.visit(
                f"{origin}/robots.txt", accept="text/plain, */*;q=0.1", limits=_LIMITS, cut=True, what="robots"
            )
        except FetchError as error:
            status = error.status or 0
            if (
                HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
                and status != HTTPStatus.TOO_MANY_REQUESTS
            ):
                return RobotsFile(text="", until=self._now() + _FRESH)
            again = self._now() + (_FRESH if status else _UNANSWERED)
            until = max(error.retry_after or again, again)
            return RobotsFile(text=None, until=until, reason=f"robots.txt cannot be read: {error}")
        text = answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
        return RobotsFile(text=text, until=self._now() + _FRESH)


def _addresses(named: Iterable[str]) -> tuple[str, ...]:
    """Those that may be asked and shown, each once."""
    return tuple(dict.fromkeys(filter(None, map(absolute, named))))


async def _parsed(file: RobotsFile) -> _Record:
    if file.text is None:
        return _Record(None, file.until, file.reason)
    licences = _addresses(_LICENCE.findall(file.text))[:_MOST_LICENCES]
    return _Record(await asyncio.to_thread(Protego.parse, file.text), file.until, licences=licences)
