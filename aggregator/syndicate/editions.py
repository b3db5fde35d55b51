"""Channels → editions: rendered when a channel changes, kept with their bytes, served as often as anybody asks."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from aggregator import __version__, publish
from aggregator.errors import RenderError
from aggregator.lasting import Glances
from aggregator.model import ChannelKind, Newsroom
from aggregator.publish import PLAIN
from aggregator.store import ChannelState, Edition, Store
from aggregator.syndicate.channels import Syndicate, is_readable
from aggregator.syndicate.rendering import Renderer

log = structlog.get_logger(__name__)

Address = tuple[ChannelKind, str]
# A rendering that failed may have failed by chance.
_TRY_AGAIN = timedelta(minutes=5)
_CHANNELS = 20_000
_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Held:
    """A channel's editions by format as of a pulse of the store; none where there is nothing to serve."""

    pulse: int | None
    digest: str
    editions: Mapping[str, Edition]


class Editions:
    """The feeds of every channel. What is held in memory is served only while the store says that nothing was committed
    since it was read: one look at shared memory on SQLite. On PostgreSQL each answer takes one look at the channel's rows."""

    def __init__(self, store: Store, newsroom: Callable[[], Newsroom], now: Callable[[], datetime]) -> None:
        self._store, self._newsroom, self._now = store, newsroom, now
        self._renderer = Renderer(Syndicate(store, newsroom, now), now)
        self._held: OrderedDict[Address, _Held] = OrderedDict()
        self._bodies = Bodies(_BYTES)
        self._failed: dict[Address, tuple[int, str, datetime]] = {}
        self._glances, self._renewing = Glances(), ""
        self._looked: tuple[int | None] | None = None
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def feed(self, kind: ChannelKind, slug: str, format: str) -> Edition | None:
        """The edition of a channel in a format, as it is now; None for a channel unknown or removed. Raises RenderError
        where none could ever be made."""
        address = (kind, slug)
        held = self._current(address, self._store.pulse()) or await self._look(address, serving=True)
        if not held.editions and address not in self._failed:
            return None
        if format in held.editions:
            return held.editions[format]
        raise RenderError(f"{kind.value} {slug} could not be written as {format}; the log says why")

    async def body(self, edition: Edition, coding: str) -> bytes | None:
        """The bytes of an edition in a coding ("identity": the plain ones); None when another took its place meanwhile."""
        if (held := self._bodies.get(edition.etag, coding)) is not None:
            return held
        if coding == PLAIN:
            packed = await self.body(edition, "gzip")
            body = None if packed is None else gzip.decompress(packed)
        else:
            body = await self._store.body(edition, coding)
        if body is None:
            self._held.pop((edition.kind, edition.slug), None)
        else:
            self._bodies.put(edition.etag, coding, body)
        return body

    def at_hand(self, kind: ChannelKind, slug: str, format: str) -> Edition | None:
        """The edition, where it is in memory and current; None also where there is none."""
        held = self._current((kind, slug), self._beat())
        return held.editions.get(format) if held else None

    def _beat(self) -> int | None:
        """The pulse of the store, looked at once for all that the event loop found readable when it last asked: each of these
        requests was sent before that look, so none is answered with less than was there when it was sent."""
        if self._looked is None:
            # First: what is stored after the look comes after it.
            asyncio.get_running_loop().call_soon(self._look_again)
            self._looked = (self._store.pulse(),)
        return self._looked[0]

    def _look_again(self) -> None:
        self._looked = None

    def body_at_hand(self, edition: Edition, coding: str) -> bytes | None:
        """As `body`, where it is in memory."""
        return self._bodies.get(edition.etag, coding)

    async def renew(self, *, patience: timedelta = timedelta(seconds=1), most: int = 200) -> int:
        """Render channels that changed since they were rendered, those that wait longest first; how many were rendered.

        Begins none after `patience`. Whoever interrupts this loses nothing: the store knows what is out of date.
        """
        now, count, digest = self._now(), 0, self._digest()
        if digest != self._renewing:
            self._renewing = digest
            self._glances.again()
        found = await self._store.outdated(
            digest=digest,
            formats=len(publish.FORMATS),
            failed_before=now - _TRY_AGAIN,
            limit=most,
            since=self._glances.since(now),
        )
        for address in found:
            if count and self._now() >= now + patience:
                break
            await self._look(address, serving=False)
            count += 1
        if count < len(found) or count == most:
            self._glances.again()
        return count

    def _digest(self) -> str:
        """What decides bytes beside a channel's version: the configuration in force and our own code."""
        return f"{self._newsroom().digest}:{__version__}"

    def _current(self, address: Address, pulse: int | None) -> _Held | None:
        held = self._held.get(address)
        if held is None or pulse is None or held.pulse != pulse or held.digest != self._digest():
            return None
        return held

    async def _look(self, address: Address, *, serving: bool) -> _Held:
        """What the store has of a channel, rendered anew where it is out of date; many who ask at once wait for one."""
        async with self._turns.setdefault(address, asyncio.Lock()):
            pulse, digest = self._store.pulse(), self._digest()
            if (held := self._current(address, pulse)) is not None:
                return held
            found = await self._store.editions(*address)
            editions: Mapping[str, Edition] = {}
            if found is not None and is_readable(self._newsroom(), found[0]):
                state, editions = found
                if not _up_to_date(state, editions, digest) and not self._failed_lately(address, state, digest):
                    editions = await self._rendered(state, editions, digest, serving=serving)
            return self._hold(address, _Held(pulse, digest, editions))

    def _hold(self, address: Address, held: _Held) -> _Held:
        if not held.editions:  # a stranger could fill this with what there is not
            return held
        self._held[address] = held
        self._held.move_to_end(address)
        if len(self._held) > _CHANNELS:
            self._held.popitem(last=False)
        return held

    async def _rendered(
        self, state: ChannelState, held: Mapping[str, Edition], digest: str, *, serving: bool
    ) -> Mapping[str, Edition]:
        """The editions of a channel as it is. Of a format that cannot be written the last good one stays."""
        address = (state.kind, state.slug)
        made = await self._renderer.render(state, digest, held)
        self._failed.pop(address, None)
        if made.errors:
            self._failed[address] = (state.version, digest, self._now())
            log.error("channel.not_rendered", channel=f"{state.kind}:{state.slug}", errors=made.errors)
        await self._store.keep(state, digest, made.rendered, error="; ".join(made.errors), now=self._now())
        if serving:
            for one in made.rendered:
                for coding, body in one.bodies.items():
                    self._bodies.put(one.edition.etag, coding, body)
        return {**held, **{one.edition.format: one.edition for one in made.rendered}}

    def _failed_lately(self, address: Address, state: ChannelState, digest: str) -> bool:
        version, of, at = self._failed.get(address, (-1, "", self._now()))
        return (version, of) == (state.version, digest) and self._now() < at + _TRY_AGAIN


def _up_to_date(state: ChannelState, editions: Mapping[str, Edition], digest: str) -> bool:
    return editions.keys() >= publish.FORMATS.keys() and all(
        (one.version, one.digest) == (state.version, digest) for one in editions.values()
    )


class Bodies:
    """The bytes last served, up to a number of them. Known by the hash of what they say: they cannot be out of date."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._bodies: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def get(self, etag: str, coding: str) -> bytes | None:
        body = self._bodies.get((etag, coding))
        if body is not None:
            self._bodies.move_to_end((etag, coding))
        return body

    def put(self, etag: str, coding: str, body: bytes) -> None:
        self._size += len(body) - len(self._bodies.pop((etag, coding), b""))
        self._bodies[etag, coding] = body
        while self._size > self._most:
            self._size -= len(self._bodies.popitem(last=False)[1])
