"""One article's page: ask → read → complete → store. The article stands already, from its feed; its page follows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

import structlog

from aggregator.dedupe.retraction import is_retraction
from aggregator.errors import FetchError, ParseError
from aggregator.fetch.errands import May
from aggregator.fetch.hosts import host_of
from aggregator.fetch.robots import ForbiddenError
from aggregator.fetch.visitor import Visit
from aggregator.ingest.terms import Terms
from aggregator.model import Article, Content, Page, Poll, PollOutcome, Schedule, Source
from aggregator.normalize import Rules
from aggregator.normalize.completion import completed, lacking, link_key
from aggregator.normalize.reuse import rsl_targets
from aggregator.sandbox.reading import read_page
from aggregator.store import Batch, Candidate, Finish, HostUse, Store
from aggregator.urls import absolute

log = structlog.get_logger(__name__)

# What one host is asked for: pages a day, pages in one round, and the longest that is waited between two in a round.
MOST_A_DAY, MOST_A_ROUND = 300, 10
_WAIT_IN_ROUND = timedelta(seconds=10)
# Only articles that their source still shows: a source that is switched to pages does not begin with its archive.
_SHOWN, _CANDIDATES = timedelta(days=2), 500
_FIRST_PAUSE, _LONGEST_PAUSE, MOST_TRIES = timedelta(hours=1), timedelta(hours=24), 4
# Such a page is asked for once more: it may be that it was not everywhere yet when its feed was.
_SETTLED = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.GONE,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
)
_TRIES_OF_SETTLED = 2
_DAY = timedelta(days=1)


class Visits(Protocol):
    """The port to the web."""

    async def visit(self, url: str, *, may: May) -> Visit: ...


class Permits(Protocol):
    """The port to what hosts say to crawlers."""

    async def check(self, url: str) -> None: ...

    async def delay(self, url: str) -> timedelta: ...


class Workers(Protocol):
    """The port to the sandbox."""

    async def run(self, function: Callable[..., Page], /, *args: object, **kwargs: object) -> Page: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Completer:
    """What completing works with; `sources` are those that are polled, by id."""

    visitor: Visits
    robots: Permits
    terms: Terms
    workers: Workers
    store: Store
    rules: Callable[[], Rules]
    selects: Callable[[Article], Collection[str]]
    sources: Callable[[], Mapping[str, Source]]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def round(self) -> int:
        """Ask for the pages that are to be asked for now, hosts side by side; how many articles were completed."""
        sources = {id: source for id, source in self.sources().items() if source.pages}
        if not sources:
            return 0
        now = self.now()
        found = await self.store.page_candidates(sources, now=now, seen_since=now - _SHOWN, limit=_CANDIDATES)
        wanted, whole = self._parted(found, sources)
        await self.store.skip_pages(whole)
        used = await self.store.pages_used(since=now - _DAY)
        by_host: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in wanted:
            by_host[host_of(candidate.article.content.url or "")].append(candidate)
        rounds = [self._host(host, queue, used.get(host, HostUse()), sources) for host, queue in by_host.items()]
        return sum(await asyncio.gather(*rounds))

    @staticmethod
    def _parted(
        found: Collection[Candidate], sources: Mapping[str, Source]
    ) -> tuple[list[Candidate], list[tuple[int, str]]]:
        """Those that lack something, and the others."""
        wanted: list[Candidate] = []
        whole: list[tuple[int, str]] = []
        for one in found:
            if lacking(one.article, one.raw_published, sources[one.source_id]):
                wanted.append(one)
            else:
                whole.append((one.article.key, one.source_id))
        return wanted, whole

    async def _host(self, host: str, queue: list[Candidate], used: HostUse, sources: Mapping[str, Source]) -> int:
        """One host's turn: within its budget, as slowly as it asks for."""
        done, last = 0, used.last
        for candidate in queue[: min(MOST_A_ROUND, MOST_A_DAY - used.asked)]:
            try:
                delay = await self.robots.delay(candidate.article.content.url or "")
            except FetchError:
                delay = timedelta()
            wait = last + delay - self.now() if last else timedelta()
            if wait > _WAIT_IN_ROUND:
                break  # a later round
            if wait > timedelta():
                await self.sleep(wait.total_seconds())
            last = self.now()
            done += await self.complete(candidate, sources[candidate.source_id], host=host)
        return done

    async def complete(self, candidate: Candidate, source: Source, *, host: str) -> bool:
        """Ask for one page; whatever happens is stored. True when it completed something."""
        now = self.now()
        again = now + min(_FIRST_PAUSE * 4**candidate.tries, _LONGEST_PAUSE)
        if not await self.store.claim_page(candidate, host=host, now=now, again=again):
            return False
        try:
            page = await self._read(candidate, source, now)
        except (FetchError, ParseError) as error:
            await self.store.finish_page(_failed(candidate, error, again), now=self.now())
            log.info("page.failed", article=candidate.article.id, source=source.id, error=str(error))
            return False
        finish = self._finished(candidate, source, page, now)
        await self.store.finish_page(finish, now=self.now())
        log.info(
            "page.read",
            article=candidate.article.id,
            source=source.id,
            found=finish.found,
            signals=page.signals or None,
        )
        if page.missing:
            log.warning("page.extra_missing", install="aggregator[pages]", unread=page.missing)
        return bool(finish.found)

    async def _read(self, candidate: Candidate, source: Source, now: datetime) -> Page:
        visit = await self.visitor.visit(candidate.article.content.url or "", may=self.robots.check)
        page = await self.workers.run(
            read_page,
            visit.body,
            content_type=visit.content_type,
            url=visit.url,
            now=now,
            robots=visit.robots,
            reserved=visit.reserved,
            want_text="text" in lacking(candidate.article, candidate.raw_published, source),
        )
        named = (url for link in visit.links for url in rsl_targets(link))
        addresses = dict.fromkeys((*page.licences, *filter(None, (absolute(url, page.url) for url in named))))
        return replace(page, terms=(*page.terms, *await self.terms.read(addresses)))

    def _finished(self, candidate: Candidate, source: Source, page: Page, now: datetime) -> Finish:
        lacks = lacking(candidate.article, candidate.raw_published, source)
        completion = completed(candidate.article, page, lacks, source=source, rules=self.rules(), now=now)
        return Finish(
            key=candidate.article.key,
            state="done",
            signals=page.signals,
            found=completion.found,
            sighting=completion.sighting,
            link_key=link_key(completion),
            retracted=is_retraction(Content(title=page.title, url=page.url)),
            batch=_batch(source, self.selects, now),
        )


def _batch(source: Source, selects: Callable[[Article], Collection[str]], now: datetime) -> Batch:
    """What gives an article its places; nothing was polled."""
    return Batch(
        source=source,
        verdicts=(),
        schedule=Schedule(source_id=source.id, next_poll=now),
        poll=Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH),
        first_document=False,
        selects=selects,
    )


def _failed(candidate: Candidate, error: FetchError | ParseError, again: datetime) -> Finish:
    """Refused by robots.txt or by the guard, settled, or to be tried again, longer from time to time."""
    tries = candidate.tries + 1
    status = error.status if isinstance(error, FetchError) else None
    permanent = isinstance(error, FetchError) and error.permanent
    most = 1 if permanent else _TRIES_OF_SETTLED if status in _SETTLED or isinstance(error, ParseError) else MOST_TRIES
    if isinstance(error, FetchError) and error.retry_after:
        again = max(again, error.retry_after)
    state = "waiting"
    if isinstance(error, ForbiddenError) and error.by_rule:
        state = "refused"
    elif tries >= most:
        state = "failed"
    return Finish(key=candidate.article.key, state=state, again=again if state == "waiting" else None, error=str(error))
