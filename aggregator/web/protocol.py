"""uvicorn's protocol of HTTP/1.1, but that an answer which is at hand is sent where its request was read.

Feeds are asked for far more often than they change: to make a task of a request, and to look through each field of an answer
that was worked out long ago, would take twice what it takes to find it. And readers of one kind that have the same of a feed ask
for it in the same bytes: those mean what they meant, so they are not even parsed again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

Client = tuple[str, int] | None
# Who asks → head and body of an answer, as long as it is at hand; None from then on. The head lacks what the server adds, and
# the empty line.
Ready = Callable[[Client], tuple[bytes, bytes] | None]
AtHand = Callable[[Scope], Ready | None]
_REQUESTS, _LONGEST = 4096, 2048


def protocol(at_hand: AtHand) -> type[HttpToolsProtocol]:
    """The protocol that asks `at_hand` first, and then the application; uvicorn makes one for each connection."""
    return type("Protocol", (_AtOnce,), {"at_hand": staticmethod(at_hand), "known": {}})


class _AtOnce(HttpToolsProtocol):
    """`known` is what was ready, by the bytes of a whole request; `_begun` and `_ended` count requests as they are parsed."""

    at_hand: ClassVar[AtHand]
    known: ClassVar[dict[bytes, Ready]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun = self._ended = 0
        self._ready: Ready | None = None
        self._answered = 0.0

    def data_received(self, data: bytes) -> None:
        if not (between := self._is_between()) or (answer := self._known_answer(data)) is None:
            before, self._ready = self._ended, None
            super().data_received(data)
            if between and self._begun == self._ended == before + 1:
                self._remember(data)
            return
        self._say(*answer)
        self.server_state.total_requests += 1
        self._answered = self.loop.time()

    def on_message_begin(self) -> None:
        self._begun += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._ended += 1
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Counted from the last answer, whichever way it went."""
        left = self._answered + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        # Not for who asks without reading, nor in a row of requests that wait: each would call the next.
        at_once = cycle.keep_alive and not self.pipeline and not self.flow.write_paused
        self._ready = type(self).at_hand(cycle.scope) if at_once else None  # type: ignore[arg-type]
        answer = self._ready(self.client) if self._ready else None
        if answer is None:
            super()._start_asgi_task(cycle, app)
            return
        self._say(*answer)
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()

    def _is_between(self) -> bool:
        """No request is under way, and who asks reads what is said."""
        answered = not self.cycle or self.cycle.response_complete
        return answered and self._begun == self._ended and not self.flow.write_paused

    def _known_answer(self, data: bytes) -> tuple[bytes, bytes] | None:
        ready = self.known.get(data)
        return ready(self.client) if ready else None

    def _remember(self, data: bytes) -> None:
        """That these bytes are one request from its beginning to its end, and what is ready for it."""
        if self._ready and len(data) <= _LONGEST:
            if len(self.known) >= _REQUESTS:
                self.known.clear()  # what is asked for is there again at once
            self.known[data] = self._ready

    def _say(self, head: bytes, body: bytes) -> None:
        added = b"".join([b"%s: %s\r\n" % field for field in self.server_state.default_headers])
        self.transport.write(b"".join((head, added, b"\r\n", body)))
