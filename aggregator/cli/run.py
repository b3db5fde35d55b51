"""`aggregator run`: scheduler, worker and web server in one process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import run_to_end, settings_of
from aggregator.cli.stopping import stop_asked, stopped_within

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.config import Settings
    from aggregator.schedule import Clock, Poller
    from aggregator.web.mirroring import Mirror
    from aggregator.websub import Hub

Host = Annotated[str | None, typer.Option(help="Address to listen on (AGGREGATOR_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (AGGREGATOR_PORT).")]
Concurrency = Annotated[int | None, typer.Option(help="Polls side by side (AGGREGATOR_CONCURRENCY).")]

# How long polls that run may take to end after a stop was asked for; Docker waits 10 seconds before it kills.
PATIENCE_SECONDS = 8.0
# How soon a process takes up what another one of the service did.
FOLLOW_SECONDS = 10.0
Duty = Callable[["App", asyncio.Event], Awaitable[None]]  # until the event


def register(cli: typer.Typer) -> None:
    @cli.command()
    def run(context: typer.Context, host: Host = None, port: Port = None, concurrency: Concurrency = None) -> None:
        """Poll and serve: the whole service in one process.

        Example: aggregator run --port 8000
        """
        run_to_end(service(settings_of(context, host=host, port=port, concurrency=concurrency)))


async def service(settings: Settings, duty: Duty | None = None, *, configure: bool = True) -> None:
    """Do `duty` (all of them: poll, keep up and serve) until SIGINT or SIGTERM; waits for a database that is out of reach."""
    import structlog

    from aggregator.app import open_app
    from aggregator.errors import PollerRunningError, StoreError

    log, stop, wait = structlog.get_logger(__name__), stop_asked(), 1.0
    while True:
        try:
            async with open_app(settings, configure=configure, strict_secrets=True, warn=wait == 1.0) as app:
                await (duty or _everything)(app, stop)
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


async def _everything(app: App, stop: asyncio.Event) -> None:
    from aggregator.cli.serve import listening, serve_until
    from aggregator.web import mirror

    with listening(app.settings) as sockets:
        async with app.poller() as poller, app.publishing(poller) as hub, ticking() as clock:
            await app.spread()
            poll_on(clock, app, poller)
            keep_up_on(clock, app)
            if app.settings.static_dir is not None:
                files = mirror(app.desk(polling=True), app.settings.static_dir)
                clock.every(60, lambda: _mirrored(files, hub), name="mirror")
            async with reloading(app):
                await serve_until(stop, app, sockets, polling=True)
            await poller.drain(patience=PATIENCE_SECONDS)


async def _mirrored(files: Mirror, hub: Hub) -> None:
    """Bring the mirror up to date, then tell other hubs: what they fetch is there."""
    await files.refresh()
    await hub.tell()


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
