"""uvicorn's protocol of HTTP/1.1, but that an answer which is at hand is sent where its request was read.

Feeds are asked for far more often than they change: to make a task of a request, and to look through each field of an answer
that was worked out long ago, would take twice what it takes to find it.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# Head and body of an answer; None where it is not at hand. The head lacks what the server adds, and the empty line.
AtHand = Callable[[Scope], tuple[bytes, bytes] | None]


def protocol(at_hand: AtHand) -> type[HttpToolsProtocol]:
    """The protocol that asks `at_hand` first, and then the application; uvicorn makes one for each connection."""

    class Protocol(HttpToolsProtocol):
        def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
            # Not for who asks without reading, nor in a row of requests that wait: each would call the next.
            at_once = cycle.keep_alive and not self.pipeline and not self.flow.write_paused
            answer = at_hand(cycle.scope) if at_once else None  # type: ignore[arg-type]
            if answer is None:
                super()._start_asgi_task(cycle, app)
                return
            head, body = answer
            added = b"".join(b"%s: %s\r\n" % field for field in self.server_state.default_headers)
            self.transport.write(b"".join((head, added, b"\r\n", body)))
            cycle.response_started = cycle.response_complete = True
            cycle.on_response()

    return Protocol
