"""An address and a port → answers there, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

    from aggregator.app import App
    from aggregator.config import Settings


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Sockets on host and port, ours before anything else is done. Raises ConfigError where they are not to be had."""
    from aggregator.errors import ConfigError, Problem

    with contextlib.ExitStack() as held:
        try:
            sockets = [held.enter_context(one) for one in _sockets(settings.host, settings.port)]
        except OSError as error:
            # Python adds "(while attempting …)" to some of them.
            why = (error.strerror or str(error)).partition(" (while")[0]
            expected = f"expected an address to listen on, not {settings.host} port {settings.port} ({why})"
            key = "AGGREGATOR_HOST, AGGREGATOR_PORT"
            raise ConfigError(Problem(file="environment", line=0, column=0, key=key, expected=expected)) from None
        yield sockets


def _sockets(host: str, port: int) -> Iterator[socket.socket]:
    """One for each address of `host`, but for those that this machine lacks (`localhost` where there is no IPv6)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    lacking, count = None, 0
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            yield socket.create_server(address, family=family, backlog=2048)
            count += 1
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
            lacking = error
    if lacking is not None and not count:
        raise lacking


async def serve_until(stop: asyncio.Event, app: App, sockets: list[socket.socket], *, polling: bool) -> None:
    """Serve `app` until `stop`; answers under way may end."""
    import structlog

    server = server_of(app, polling=polling)
    # uvicorn would take the signals, and raise them again once it has stopped: polls under way would not be stored.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    structlog.get_logger(__name__).info(
        "web.serving", url=f"http://{_bracketed(app.settings.host)}:{app.settings.port}"
    )

    async def heed() -> None:
        await stop.wait()
        server.should_exit = True

    heeding = asyncio.create_task(heed())
    try:
        await server.serve(sockets)
    finally:
        heeding.cancel()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def server_of(app: App, *, polling: bool) -> uvicorn.Server:
    """A server for `app`, not started."""
    import uvicorn

    from aggregator.web import create_app
    from aggregator.web.protocol import protocol

    door = create_app(app.desk(polling=polling))
    config = uvicorn.Config(
        door,
        http=protocol(door.at_hand),
        host=app.settings.host,
        port=app.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # Whom we believe about the client's address is a setting (trusted_proxies), not a default.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
