"""The log of requests → what each publisher saw of us."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from aggregator.model import Request

_NOT_MODIFIED = 304
# What a server says when it has had enough (RFC 6585 §4, RFC 9110 §15.6.4).
_ENOUGH = (429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Our requests to one host: for feeds, for `pages` of articles, for `robots` (robots.txt, tdmrep.json, licences), to it
    as one of `hubs`. `share_304` of the answers for feeds were "not modified"; `unconditional` requests for feeds had no
    validators; `smallest_gap` are seconds between two starts; `bytes` of bodies as sent; `penalties` are answers 429 and 503,
    and `retry_after` those that told us to wait; `unanswered` got no answer (yet), and may never have arrived."""

    host: str
    requests: int
    not_modified: int
    share_304: float
    unconditional: int
    smallest_gap: float | None
    bytes: int
    penalties: int
    retry_after: int
    unanswered: int
    pages: int = 0
    robots: int = 0
    hubs: int = 0


def footprints(log: Iterable[tuple[datetime, tuple[Request, ...]]]) -> tuple[Footprint, ...]:
    """What each host saw, the busiest first. `log` has when each poll or visit began and its requests, the earliest first; it
    is read once and may be of any length."""
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    for at, request in _in_order(log):
        seen[request.host].add(at, request)
    return tuple(sorted((one.of(host) for host, one in seen.items()), key=lambda one: (-one.requests, one.host)))


def _in_order(log: Iterable[tuple[datetime, tuple[Request, ...]]]) -> Iterator[tuple[datetime, Request]]:
    """Requests as they went out: a later hop of a poll may follow the first of the next."""
    waiting: list[tuple[datetime, int, Request]] = []
    number = count()
    for began, requests in log:
        while waiting and waiting[0][0] <= began:
            at, _, request = heapq.heappop(waiting)
            yield at, request
        for request in requests:
            heapq.heappush(waiting, (began + timedelta(seconds=request.after), next(number), request))
    for at, _, request in sorted(waiting):
        yield at, request


@dataclass(slots=True)
class _Seen:
    """A footprint while it is counted; `feeds` are answers for feeds, `last` when the last one was asked for that came."""

    requests: int = 0
    feeds: int = 0
    not_modified: int = 0
    unconditional: int = 0
    bytes: int = 0
    penalties: int = 0
    retry_after: int = 0
    unanswered: int = 0
    pages: int = 0
    robots: int = 0
    hubs: int = 0
    gap: float | None = None
    last: datetime | None = None

    def add(self, at: datetime, request: Request) -> None:
        if request.status is None:
            self.unanswered += 1
            return
        if self.last is not None:
            gap = (at - self.last).total_seconds()
            self.gap = gap if self.gap is None else min(self.gap, gap)
        self.last = at
        is_feed = request.what == "feed"
        self.requests += 1
        self.feeds += is_feed
        self.not_modified += is_feed and request.status == _NOT_MODIFIED
        self.unconditional += is_feed and not request.conditional
        self.bytes += request.received
        self.penalties += request.status in _ENOUGH
        self.retry_after += request.told_to_wait
        self.pages += request.what == "page"
        self.robots += request.what == "robots"
        self.hubs += request.what == "hub"

    def of(self, host: str) -> Footprint:
        return Footprint(
            host=host,
            requests=self.requests,
            not_modified=self.not_modified,
            share_304=round(self.not_modified / self.feeds, 3) if self.feeds else 0.0,
            unconditional=self.unconditional,
            smallest_gap=None if self.gap is None else round(self.gap, 1),
            bytes=self.bytes,
            penalties=self.penalties,
            retry_after=self.retry_after,
            unanswered=self.unanswered,
            pages=self.pages,
            robots=self.robots,
            hubs=self.hubs,
        )
