"""What a process of the service does until it is stopped: the roles are made of these."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from aggregator.cli.stopping import stop_asked, stopped_within

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.config import Settings
    from aggregator.schedule import Clock, Poller

# How long polls that run may take to end after a stop was asked for; Docker waits 10 seconds before it kills.
PATIENCE_SECONDS = 8.0
# How soon a process takes up what another one of the service did.
FOLLOW_SECONDS = 10.0
Duty = Callable[["App", asyncio.Event], Awaitable[None]]  # until the event


async def service(settings: Settings, duty: Duty, *, configure: bool = True) -> None:
    """Do `duty` until SIGINT or SIGTERM; waits for a database that is out of reach."""
    import structlog

    from aggregator.app import open_app
    from aggregator.errors import PollerRunningError, StoreError

    log, stop, wait = structlog.get_logger(__name__), stop_asked(), 1.0
    while True:
        try:
            async with open_app(settings, configure=configure, strict_secrets=True, warn=wait == 1.0) as app:
                await duty(app, stop)
            return
        except PollerRunningError:
            raise
        except StoreError as error:
            if stop.is_set():
                return
            log.error("database.unreachable", error=str(error), again_in_seconds=wait)
        if await stopped_within(stop, wait):
            return
        wait = min(wait * 2, 60.0)


@contextlib.asynccontextmanager
async def ticking() -> AsyncIterator[Clock]:
    """A clock that ticks while the block runs."""
    from aggregator.schedule import Clock

    clock = Clock()
    clock.start()
    try:
        yield clock
    finally:
        clock.stop()


def poll_on(clock: Clock, app: App, poller: Poller) -> None:
    """What a worker does: poll what is due, complete articles by their pages."""
    from aggregator.schedule import REPRICED_EVERY_SECONDS

    clock.every(2, poller.tick, name="poll")
    clock.every(30, poller.complete, name="pages")
    # In this process a push is read at once; what another one took waits for this.
    clock.every(1, poller.receive, name="pushes")
    clock.every(5, poller.subscribe, name="leases")
    clock.every(REPRICED_EVERY_SECONDS, app.pricing.reprice, name="price")


def keep_up_on(clock: Clock, app: App) -> None:
    """What one process of a service does: channels that depend on the time, stored articles where rules changed, retention."""
    clock.every(60, app.syndicate.sweep, name="sweep")
    clock.every(2, app.release_waiting, name="release")
    clock.every(2, app.reapply_some, name="reapply")
    clock.every(3600, app.prune, name="prune")


@contextlib.asynccontextmanager
async def reloading(app: App) -> AsyncIterator[None]:
    """Take up the configuration while the block runs: when a file changes, on SIGHUP, and where another process did."""
    watch = [asyncio.create_task(reload_on_change(app)), asyncio.create_task(_follow(app))]
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: asyncio.ensure_future(app.reload()))
    try:
        yield
    finally:
        for task in watch:
            task.cancel()
        await asyncio.gather(*watch, return_exceptions=True)


async def _follow(app: App) -> None:
    from aggregator.lasting import Lasting

    lasting = Lasting("following")
    while True:
        await asyncio.sleep(FOLLOW_SECONDS)
        await lasting.do(app.follow)


async def reload_on_change(app: App) -> None:
    """Take up the configuration whenever a file of its folder changed (renames and mounted volumes included)."""
    from pathlib import Path

    from watchfiles import awatch

    folder = Path(app.settings.config)
    async for _ in awatch(folder, recursive=False, step=200, rust_timeout=1000):
        await app.reload()
