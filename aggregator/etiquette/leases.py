"""What hubs said to us → how our leases stand: asked for, verified, renewed, refused, given up (W3C WebSub §5)."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model import HubLease, LeaseState
from aggregator.text import one_line, shorten, xml_legal

REQUESTED = timedelta(days=10)
# A hub may grant what it likes; we ask it neither every minute nor believe it for years.
_SHORTEST_RENEWAL, _LONGEST = timedelta(hours=1), timedelta(days=30)
_RENEWED_AT = 0.8
# How long a hub has to verify what we asked for.
PATIENCE = timedelta(minutes=15)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
_REFUSED_PAUSE, _LONGEST_REFUSED = timedelta(days=1), timedelta(days=7)
_LONGEST_RETRY_AFTER = timedelta(days=31)
_AHEAD = timedelta(days=1)
# A hub that does not let us go is left without its leave.
_TRIES_TO_LEAVE = 3
# A hub that did not grant us anything so often is left for another, where the source names several.
_TRIES = 2
# Digests of pushes that came, the latest last: one that comes again brings nothing.
_SEEN = 50
# Names that nobody outside can look up (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal).
_PRIVATE_NAMES = ("localhost", "local", "internal", "home.arpa", "test", "invalid", "example", "lan", "onion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a source's lease should be: of which `topic`, at one of which `hubs`, to be pushed below which `base`."""

    hubs: tuple[str, ...]
    topic: str
    base: str

    def callback(self, id: str) -> str:
        return f"{self.base}{id}"

    def hub(self, held: HubLease | None, now: datetime) -> str:
        """The hub to be asked: the first, or the one that we hold a lease of. Where that one does not push, after `_TRIES` the
        next; after the last the first again (§4: a publisher may name several, and the subscriber chooses)."""
        if held is None or held.hub not in self.hubs:
            return self.hubs[0]
        at = self.hubs.index(held.hub)
        return self.hubs[(at + 1) % len(self.hubs) if held.failures >= _TRIES and not held.active(now) else at]

    def fits(self, lease: HubLease, now: datetime) -> bool:
        """Whether `lease` is that."""
        stated = (self.hub(lease, now), self.topic, self.callback(lease.id))
        return (lease.hub, lease.topic, lease.callback) == stated


def asked_for(
    wanted: Wanted, hub: str, *, source_id: str, id: str, secret: str, trust: float, now: datetime
) -> HubLease:
    """A lease that `hub` is to be asked for at once. `trust` is what it earned before."""
    return HubLease(
        id=id,
        source_id=source_id,
        hub=hub,
        topic=wanted.topic,
        callback=wanted.callback(id),
        secret=secret,
        next_try=now,
        trust=trust,
    )


def due(lease: HubLease, now: datetime) -> bool:
    """Whether its hub is to be asked now. Nothing is put off for longer than a month: no clock that ran ahead is waited for."""
    return lease.next_try <= now or lease.next_try > now + _LONGEST_RETRY_AFTER + _AHEAD


def asking(lease: HubLease, now: datetime) -> HubLease:
    """Written down before the request goes out: the hub may verify it before it has answered."""
    return replace(lease, pending=True, asked=now, next_try=now + PATIENCE)


def leaving(lease: HubLease, now: datetime) -> HubLease:
    """Not wanted any more. A hub that grants us nothing has nothing to be told."""
    return replace(
        lease, leaving=True, left=not lease.active(now) and not lease.pending, pending=False, failures=0, next_try=now
    )


def verified(lease: HubLease, *, mode: str, topic: str, seconds: str | None, now: datetime) -> HubLease | None:
    """What `hub.mode`, `hub.topic` and `hub.lease_seconds` of a verification make of it; None: we did not ask for that."""
    if not lease.pending or topic != lease.topic or mode != ("unsubscribe" if lease.leaving else "subscribe"):
        return None
    done = replace(lease, pending=False, failures=0, error=None)
    if lease.leaving:
        return replace(done, left=True, expires=None)
    granted = _granted(seconds)
    return replace(
        done,
        # Trust is earned from the first verification on: a renewal changes nothing about that.
        verified=lease.verified if lease.active(now) else now,
        expires=now + granted,
        next_try=now + max(granted * _RENEWED_AT, _SHORTEST_RENEWAL),
    )


def _granted(seconds: str | None) -> timedelta:
    """What a hub says that it grants; what is no number is what we asked for."""
    stated = int(seconds) if seconds and seconds.isascii() and seconds.isdigit() and len(seconds) < 18 else 0
    return min(timedelta(seconds=min(stated, 10**9)) if stated else REQUESTED, _LONGEST)


def denied(lease: HubLease, *, topic: str, reason: str, now: datetime) -> HubLease | None:
    """After `hub.mode=denied`, which may come at any time (§5.2); None where it speaks of another topic."""
    if topic != lease.topic:
        return None
    if lease.leaving:
        return replace(lease, left=True, pending=False)
    said = shorten(one_line(xml_legal(reason)), 200)
    failures = lease.failures + 1
    return replace(
        lease,
        pending=False,
        verified=None,
        expires=None,
        failures=failures,
        error=f"the hub refused: {said}" if said else "the hub refused",
        next_try=now + min(_REFUSED_PAUSE * 2 ** min(failures - 1, 8), _LONGEST_REFUSED),
    )


def failed(
    lease: HubLease, error: str, *, now: datetime, permanent: bool = False, retry_after: datetime | None = None
) -> HubLease:
    """A request came to nothing. `permanent`: the hub understood it, and does not want it.

    A lease that holds goes on holding: renewing is tried again in time.
    """
    failures = lease.failures + 1
    if lease.leaving:
        left = failures >= _TRIES_TO_LEAVE or permanent
        return replace(lease, pending=False, failures=failures, error=error, left=left, next_try=now + _FIRST_PAUSE)
    first, longest = (_REFUSED_PAUSE, _LONGEST_REFUSED) if permanent else (_FIRST_PAUSE, _LONGEST_PAUSE)
    until = now + min(first * 2 ** min(failures - 1, 16), longest)
    if retry_after is not None:
        until = max(until, min(retry_after, now + _LONGEST_RETRY_AFTER))
    return replace(lease, pending=False, failures=failures, error=error, next_try=until)


def lapsed(lease: HubLease, now: datetime) -> HubLease | None:
    """What becomes of a lease that the hub did not renew in time; None while it holds."""
    if lease.expires is None or lease.active(now):
        return None
    return replace(lease, verified=None, expires=None, error=lease.error or "the hub did not renew it in time")


def came(lease: HubLease, digest: str, now: datetime) -> HubLease | None:
    """After an authentic push with a body of this digest; None for one that came before: it brings nothing, and a stranger
    who recorded it may have sent it."""
    if digest in lease.seen:
        return None
    return replace(lease, pushes=lease.pushes + 1, last_push=now, seen=(*lease.seen, digest)[-_SEEN:])


def trouble(lease: HubLease) -> str | None:
    """What is wrong with a lease, as evidence of its source's health; None where nothing is."""
    if lease.leaving or lease.error is None:
        return None
    times = "" if lease.failures < 2 else f", {lease.failures} times in a row"
    return f"its hub {_host(lease.hub)}: {lease.error}{times}"


def sentence(lease: HubLease, now: datetime, *, waiting: int = 0) -> str:
    """How a lease stands, for an operator."""
    match lease.state(now):
        case LeaseState.ACTIVE:
            assert lease.expires is not None
            what = (
                f"pushes its news until {lease.expires:%Y-%m-%d %H:%M} UTC, renewed {lease.next_try:%Y-%m-%d %H:%M} UTC"
            )
        case LeaseState.ASKED:
            what = (
                "was asked to push its news and has not confirmed it yet"
                if lease.asked
                else "is asked shortly to push its news"
            )
        case LeaseState.LEAVING:
            what = "is told that we want no more pushes"
        case LeaseState.REFUSED:
            what = f"does not push: {lease.error}; asked again {lease.next_try:%Y-%m-%d %H:%M} UTC"
    told = ", ".join(_counts(lease, waiting))
    return f"Its hub {_host(lease.hub)} {what}; trusted {lease.trust:.0%}{f' ({told})' if told else ''}."


def _counts(lease: HubLease, waiting: int) -> Iterator[str]:
    if lease.pushes:
        yield f"{_number(lease.pushes, 'push', 'pushes')} brought {_number(lease.brought, 'article')} before any poll"
    if lease.missed:
        yield f"{_number(lease.missed, 'article')} missed"
    if lease.ignored:
        yield f"{_number(lease.ignored, 'push', 'pushes')} without a valid signature ignored"
    if lease.hints:
        yield f"{_number(lease.hints, 'push', 'pushes')} taken as a hint to poll"
    if waiting:
        yield f"{waiting} waiting to be read"


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def plain(lease: HubLease, now: datetime, *, waiting: int = 0) -> dict[str, object]:
    """A lease as JSON has it: without what hubs alone may know."""
    names = ("hub", "verified", "expires", "next_try", "failures", "error", "trust", "last_push")
    counts = ("pushes", "brought", "missed", "ignored", "hints")
    return {
        "state": lease.state(now).value,
        **{name: getattr(lease, name) for name in (*names, *counts)},
        "waiting": waiting,
    }


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def reachable(url: str, allowed: Collection[str] = ()) -> bool:
    """Whether hubs can reach a site at `url`: its host is no name or address of a private network, unless that is `allowed`."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    networks = [ipaddress.ip_network(one) for one in allowed]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        private = "." not in host or any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)
        loopback = host == "localhost" and any(ipaddress.ip_address("127.0.0.1") in one for one in networks)
        return bool(host) and (not private or loopback)
    return address.is_global or any(address in one for one in networks)
