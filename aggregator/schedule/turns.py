"""Sources that wait → whose turn it is: hosts take turns, and none is started before it may be asked."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import count

# A host that is busy for another one's sake (names of one address) is looked at again after so long.
_LOOK_AGAIN_SECONDS = 0.25


class Turns:
    """Each host waits with its sources, first come first served; of the hosts that may be asked, the one that could be asked
    first is next. One slow host, or one with thousands of sources, therefore keeps nobody else waiting.

    `ready_in(url)` says in how many seconds the host of `url` may be asked (see `fetch.Politeness`), `host_of` names it.
    """

    def __init__(
        self, *, host_of: Callable[[str], str], ready_in: Callable[[str], float], clock: Callable[[], float]
    ) -> None:
        self._host_of, self._ready_in, self._clock = host_of, ready_in, clock
        self._waiting: dict[str, deque[tuple[str, str]]] = defaultdict(deque)
        self._known: set[str] = set()
        self._asked: dict[str, str] = {}  # source → its host
        self._busy: set[str] = set()
        self._ready: list[tuple[float, int, str]] = []
        self._count = count()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._known)

    def add(self, source_id: str, url: str) -> None:
        """Let a source wait for its turn; one that waits already keeps its place."""
        if source_id in self._known:
            return
        host = self._host_of(url)
        self._known.add(source_id)
        self._waiting[host].append((source_id, url))
        if len(self._waiting[host]) == 1 and host not in self._busy:
            self._enter(host)

    def take(self) -> str | None:
        """The source to start now, if any. Its host is then asked until `done`."""
        while self._ready and self._ready[0][0] <= self._clock():
            _, _, host = heapq.heappop(self._ready)
            source_id, url = self._waiting[host][0]
            if (wait := self._ready_in(url)) > 0:
                self._push(host, wait)
                continue
            self._waiting[host].popleft()
            self._known.discard(source_id)
            self._asked[source_id] = host
            self._busy.add(host)
            return source_id
        return None

    def done(self, source_id: str) -> None:
        """The source was asked: the next of its host may enter."""
        host = self._asked.pop(source_id)
        self._busy.discard(host)
        if self._waiting[host]:
            self._enter(host)
        else:
            del self._waiting[host]

    def next_in(self) -> float:
        """Seconds until `take` may have something; infinite where nobody waits who is not being asked."""
        return max(self._ready[0][0] - self._clock(), 0.0) if self._ready else math.inf

    def clear(self) -> None:
        """Nobody waits any more."""
        self._known.clear()
        self._ready.clear()
        self._waiting = defaultdict(deque)

    def _enter(self, host: str) -> None:
        self._push(host, self._ready_in(self._waiting[host][0][1]))

    def _push(self, host: str, wait: float) -> None:
        seconds = wait if math.isfinite(wait) else _LOOK_AGAIN_SECONDS
        heapq.heappush(self._ready, (self._clock() + max(seconds, 0.0), next(self._count), host))
