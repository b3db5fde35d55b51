"""The log of requests → what each publisher saw of us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from aggregator.model import Request

_NOT_MODIFIED = 304
# What a server says when it has had enough (RFC 6585 §4, RFC 9110 §15.6.4).
_ENOUGH = (429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Our requests to one host: for feeds, for `pages` of articles, for `robots` (robots.txt), to it as one of `hubs`.
    `share_304` of the answers for feeds were "not modified"; `unconditional` requests for feeds had no validators;
    `smallest_gap` are seconds between two starts; `bytes` of bodies as sent; `penalties` are answers 429 and 503, and
    `retry_after` those that told us to wait; `unanswered` got no answer, and may never have arrived."""

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
    """What each host saw, the busiest first. `log` has when each poll or visit began and its requests."""
    seen: defaultdict[str, list[tuple[datetime, Request]]] = defaultdict(list)
    for began, requests in log:
        for request in requests:
            seen[request.host].append((began + timedelta(seconds=request.after), request))
    made = [_footprint(host, sorted(requests, key=lambda one: one[0])) for host, requests in seen.items()]
    return tuple(sorted(made, key=lambda one: (-one.requests, one.host)))


def _footprint(host: str, requests: list[tuple[datetime, Request]]) -> Footprint:
    answered = [(at, request) for at, request in requests if request.status is not None]
    feeds = [request for _, request in answered if request.what == "feed"]
    not_modified = sum(request.status == _NOT_MODIFIED for request in feeds)
    gaps = [(later - earlier).total_seconds() for (earlier, _), (later, _) in pairwise(answered)]
    return Footprint(
        host=host,
        requests=len(answered),
        not_modified=not_modified,
        share_304=round(not_modified / len(feeds), 3) if feeds else 0.0,
        unconditional=sum(not request.conditional for request in feeds),
        smallest_gap=round(min(gaps), 1) if gaps else None,
        bytes=sum(request.received for _, request in answered),
        penalties=sum(request.status in _ENOUGH for _, request in answered),
        retry_after=sum(request.told_to_wait for _, request in answered),
        unanswered=len(requests) - len(answered),
        pages=sum(request.what == "page" for _, request in answered),
        robots=sum(request.what == "robots" for _, request in answered),
        hubs=sum(request.what == "hub" for _, request in answered),
    )
