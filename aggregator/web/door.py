"""The outermost layers, bare ASGI: the site's prefix, the rate of a client, the headers of every answer, the counts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from aggregator.web.access import client_address, on_loopback, straight_from_loopback
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import Feeds, Fields
from aggregator.web.links import root_of
from aggregator.web.outcomes import Refused
from aggregator.web.pictures import policy
from aggregator.web.problems import moved, refusal
from aggregator.web.protocol import Client, Ready

log = structlog.get_logger(__name__)

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
_CLIENTS = 10_000
_FAILED = Refused(status=500, detail="Something went wrong here; it has been logged.")


@dataclass(slots=True)
class Counts:
    """Answers by route and status, for the metrics."""

    answers: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, route: str, status: int) -> None:
        self.answers[route, status] = self.answers.get((route, status), 0) + 1


class Door:
    """What every request passes: counted, with safe headers, below the site's prefix or not, within its rate."""

    def __init__(self, feeds: Feeds, desk: Desk, counts: Counts) -> None:
        self._feeds, self._desk, self.counts = feeds, desk, counts
        self._rates = Rates(desk.now)
        always = _ALWAYS | {"content-security-policy": policy(desk.settings)}
        self._always = [(name.encode(), value.encode("latin-1")) for name, value in always.items()]
        self._head = lru_cache(maxsize=8192)(self._written)

    def at_hand(self, scope: Scope) -> Ready | None:
        """Head and body of an answer that waits for nothing, as long as it stands; None for any other, and for who is over the
        rate. The head has neither Date nor the empty line at its end: those are the server's."""
        path = below(scope["path"], root_of(self._desk.newsroom().site))
        answer, fields = self._feeds.at_hand(scope, path), scope["headers"]
        if answer is None:
            return None
        head = self._head(answer.status, answer.fields)

        def ready(client: Client) -> tuple[bytes, bytes] | None:
            body = self._feeds.body_of(answer)
            if body is None or self._over_rate(client, fields):
                return None
            self.counts.add("feed", answer.status)
            return head, body

        return ready

    def _written(self, status: int, fields: Fields) -> bytes:
        lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
        lines += [b"%s: %s" % field for field in self._completed(status, fields)]
        return b"".join(b"%s\r\n" % line for line in lines)

    def _completed(self, status: int, fields: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """With what every answer has, but a 304, which updates what is stored of the 200 (RFC 9110 §15.4.5)."""
        said = list(fields)
        there = {name for name, _ in said}
        return said if status == 304 else said + [field for field in self._always if field[0] not in there]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._feeds(scope, receive, send)
            return
        scope = {**scope, "path": below(scope["path"], root_of(self._desk.newsroom().site)), "root_path": ""}
        scope["aggregator.route"] = _route(scope["path"])

        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = self._completed(message["status"], message["headers"])
                self.counts.add(scope["aggregator.route"], message["status"])
            await send(message)

        try:
            await self._answer(scope, receive, guarded)
        except Exception:
            # Answered here and not by Starlette's outermost layer: a failure has the safe headers too.
            log.exception("web.failed", path=scope["path"])
            if not started:
                await refusal(self._desk, _FAILED, scope["path"], _accept(scope))(scope, receive, guarded)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refused := self._over_rate(scope.get("client"), scope["headers"]):
            await refusal(self._desk, refused, scope["path"], _accept(scope))(scope, receive, send)
        elif scope["path"] != "/" and scope["path"].endswith("/") and scope["method"] in ("GET", "HEAD"):
            location, asked = self._without_slash(scope), scope["query_string"].decode("latin-1")
            await moved(location, asked)(scope, receive, send)
        else:
            await self._feeds(scope, receive, send)

    def _without_slash(self, scope: Scope) -> str:
        """Root-relative and never `//host`, which would lead elsewhere."""
        root = root_of(self._desk.newsroom().site)
        return f"{root}/" + quote(scope["path"].strip("/"), safe="/@:!$&'()*+,;=~.-_")

    def _over_rate(self, address: Client, fields: list[tuple[bytes, bytes]]) -> Refused | None:
        limit = self._desk.settings.rate_limit
        if limit is None:
            return None
        client = address[0] if address else ""
        if straight_from_loopback(client, fields):
            return None
        headers = Headers(raw=fields)
        if on_loopback(client, headers, self._desk.settings):
            return None
        who = client_address(client, headers, self._desk.settings)
        wait = self._rates.take(who, limit.per_second, limit.burst)
        if wait <= 0:
            return None
        seconds = str(max(1, round(wait + 0.5)))
        return Refused(status=429, detail="Too many requests; please wait a little.", headers={"retry-after": seconds})


class Rates:
    """A token bucket for each client, by address; the longest unseen is forgotten first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, who: str, per_second: float, burst: int) -> float:
        """Take one token; the seconds until there is one, 0 where there was."""
        now, who = self._now(), _neighbourhood(who)
        level, at = self._buckets.pop(who, (float(burst), now))
        level = min(float(burst), level + max(0.0, (now - at).total_seconds()) * per_second)
        wait = 0.0 if level >= 1 else (1 - level) / per_second
        self._buckets[who] = (level if wait else level - 1, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return wait


def _accept(scope: Scope) -> str:
    return Headers(scope=scope).get("accept", "")


def below(path: str, root: str) -> str:
    """The path below the site's own: requests come with the prefix or, from a proxy that strips it, without."""
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return path or "/"


def _route(path: str) -> str:
    """The first segment of our own paths, for counting: never what a client made up."""
    first = path.strip("/").partition("/")[0].partition(".")[0] or "front"
    return first if first in _ROUTES else "other"


_NAMES = (
    "front sections authors outlets sources channels search opml articles stories status metrics healthz readyz "
    "api static robots favicon opensearch websub"
)
_ROUTES = frozenset(_NAMES.split())


def _neighbourhood(address: str) -> str:
    """An IPv6 client has a /64 to itself: counted as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address
