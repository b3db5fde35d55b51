"""Pages made once for each change of the news and each minute: the same page asked for again costs one look into the store."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from aggregator.web.answers import Representation, page
from aggregator.web.desk import Desk
from aggregator.web.outcomes import Moved, Refused

Outcome = str | Moved | Refused
_PAGES = 200

# A fingerprint of the news, the configuration in force, and the minute: pages say how long ago things happened.
Stamp = tuple[str, str, int]


class Kept:
    """The latest pages. Refusals are not kept: they are cheap, and a stranger could fill this with them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages: OrderedDict[str, tuple[Stamp, Representation]] = OrderedDict()
        self._making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def page(self, address: str, make: Callable[[], Awaitable[Outcome]]) -> Representation | Moved | Refused:
        """The page at `address`, made now unless it is held; many who ask at once wait for one making."""
        stamp = await self._stamp()
        async with self._making.setdefault(address, asyncio.Lock()):
            held = self._pages.get(address)
            if held is not None and held[0] == stamp:
                self._pages.move_to_end(address)
                return held[1]
            outcome = await make()
            if not isinstance(outcome, str):
                return outcome
            made = page(outcome)
            self._pages[address] = (stamp, made)
            if len(self._pages) > _PAGES:
                self._pages.popitem(last=False)
            return made

    async def _stamp(self) -> Stamp:
        minute = int(self._desk.now().timestamp() // 60)
        return (await self._desk.store.fingerprint(), self._desk.newsroom().digest, minute)
