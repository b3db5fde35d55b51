"""The service as `bench push` wants it: its clock can be put forward, and a source is polled when it says so.

`python -m bench.push_service ROLE PORT`: `run` polls and serves, `worker` only polls, `serve` only serves; it prints "ready",
and for each line that it reads polls the source once, ten minutes later by its clock than the time before, and prints "polled".
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

from aggregator import app as application
from aggregator.cli.context import run_to_end, set_up_logs
from aggregator.cli.listening import server_of
from aggregator.config import Settings

# No source is polled more often than every five minutes (fetching rule 9).
_STEP = timedelta(minutes=10)


async def main(role: str, port: int) -> None:
    """Until its input ends."""
    ahead = timedelta(0)
    # app.py is the only place that reads the clock, so moving it there moves it everywhere.
    application.now = lambda: datetime.now(UTC) + ahead  # noqa: TID251
    settings = Settings.read(port=port)
    set_up_logs(settings.log_level, settings.log_format)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(application.open_app(settings, configure=role != "worker"))
        poller = await stack.enter_async_context(app.poller()) if role != "serve" else None
        if role != "worker":
            await stack.enter_async_context(app.publishing(poller))
            server = server_of(app, polling=poller is not None)
            serving = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110  it tells nobody
                await asyncio.sleep(0.01)
            stack.push_async_callback(_stop, server, serving)
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            ahead += _STEP
            if poller is not None:
                await poller.poll("wire")
            print("polled", flush=True)


async def _stop(server: object, serving: asyncio.Task[None]) -> None:
    server.should_exit = True  # type: ignore[attr-defined]
    with suppress(asyncio.CancelledError):
        await serving


if __name__ == "__main__":
    run_to_end(main(sys.argv[1], int(sys.argv[2])))
