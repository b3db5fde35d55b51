"""A week of one feed that changes twice a day, answers 503 for an afternoon and moves: what its server's log would say of us,
by the criteria that a publisher scores feed readers with (rachelbythebay.com). With what its host is asked beside the feed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from aggregator.fetch import Robots, Visitor
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.sites.reservations import Reservations
from tests.integration.etiquette.rig import AGENT, DAY, HOUR, LOOPBACK, NOW, Rig, feed, rig_of, source
from tests.origin import Origin, Reply, Request, running_origin

_NAMED = re.compile(r"\S+/\S+ \(\+\S+@\S+(?:; feed-id=\w+)?\)")
_MAY_BE_SAID = {
    "host", "user-agent", "accept", "accept-encoding", "connection", "if-none-match", "if-modified-since", "a-im",
}  # fmt: skip
_BUSY = (2 * DAY, 2 * DAY + 4 * HOUR)
_FEED, _BESIDE = "/feed", ("/robots.txt", "/.well-known/tdmrep.json")


class _Publisher:
    """Knows which validators it gave, and counts what does not fit."""

    def __init__(self, origin: Origin) -> None:
        self.origin, self.given, self.strangers, self.early = origin, set[str](), 0, 0
        self.not_before = 0.0

    def absent(self, request: Request) -> Reply:
        """What it has not."""
        self.early += request.at < self.not_before
        return Reply(status=404)

    def answer(self, request: Request) -> Reply:
        at = timedelta(seconds=request.at - NOW.timestamp())
        self.early += request.at < self.not_before
        if _BUSY[0] <= at < _BUSY[1]:
            self.not_before = request.at + 3 * HOUR.total_seconds()
            return Reply(status=503, headers=(("Retry-After", str(3 * 3600)),))
        edition = int(at / (DAY / 2))
        etag, modified = f'W/"edition-{edition}"', f"edition {edition}"
        sent = [request.header("If-None-Match"), request.header("If-Modified-Since")]
        self.strangers += sum(value is not None and value not in self.given for value in sent)
        self.given |= {etag, modified}
        validators = (("ETag", etag), ("Last-Modified", modified))
        if sent[0] == etag:
            return Reply(status=304, headers=validators)
        titles = [f"Story {number} of the edition" for number in range(edition, edition + 5)]
        return Reply(body=feed(*titles), headers=validators)


async def seen_in_a_week(database: Path) -> dict[str, float | int | str]:
    """Poll for a week of the rig's time, and ask the host each hour what is due; the measures of the log."""
    async with running_origin() as origin, open_door(Guard(LOOPBACK)) as door:
        publisher = _Publisher(origin)
        for path in _BESIDE:
            origin.serve(path, publisher.absent)
        async with rig_of(origin, database, source(origin.serve(_FEED, publisher.answer))) as rig:
            rig.jitter, polls = 0.5, []
            visitor = Visitor(
                door.session, Guard(LOOPBACK), rig.client.politeness, user_agent=lambda: AGENT, now=lambda: rig.now
            )
            reservations = _reservations(rig, visitor)
            for _ in range(7 * 24):
                polls += await rig.pass_time(HOUR)
                await reservations.round()
        return _measures(origin.requests, Counter(poll.status for poll in polls), publisher)


def _reservations(rig: Rig, visitor: Visitor) -> Reservations:
    return Reservations(
        visitor=visitor,
        robots=Robots(visitor, lambda: rig.now),
        store=rig.store,
        sources=lambda: rig.sources,
        now=lambda: rig.now,
    )


def _measures(
    requests: list[Request], statuses: Counter[int | None], publisher: _Publisher
) -> dict[str, float | int | str]:
    said = {name.lower() for request in requests for name, _ in request.headers}
    feeds = [request for request in requests if request.path == _FEED]
    beside = [request for request in requests if request.path in _BESIDE]
    gaps = [b.at - a.at for a, b in pairwise(feeds)]
    return {
        "requests": len(requests),
        "of them for robots.txt and tdmrep.json": len(beside),
        "unconditional requests (the first may be)": sum(not request.conditional for request in feeds),
        "validators that the server never gave": publisher.strangers,
        "answered 304": statuses[304],
        "answered 200": statuses[200],
        "answered 503": statuses[503],
        "requests before Retry-After was over": publisher.early,
        "minutes between two requests for the feed, smallest": round(min(gaps) / 60, 1),
        "minutes between two requests for the feed, mean": round(sum(gaps) / len(gaps) / 60, 1),
        "requests with cookies, referrers or other headers that need not be": len(said - _MAY_BE_SAID),
        "requests with something added to the address": len(requests) - len(feeds) - len(beside),
        "requests that do not say who we are": sum(
            not _NAMED.match(request.header("User-Agent") or "") for request in requests
        ),
    }
