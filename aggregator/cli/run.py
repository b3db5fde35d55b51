"""`aggregator run`: scheduler, worker and web server in one process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import run_to_end, settings_of

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.config import Settings
    from aggregator.schedule import Poller

Host = Annotated[str | None, typer.Option(help="Address to listen on (AGGREGATOR_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (AGGREGATOR_PORT).")]
Concurrency = Annotated[int | None, typer.Option(help="Polls side by side (AGGREGATOR_CONCURRENCY).")]

# How long polls that run may take to end after a stop was asked for; Docker waits 10 seconds before it kills.
PATIENCE_SECONDS = 8.0


def register(cli: typer.Typer) -> None:
    @cli.command()
    def run(context: typer.Context, host: Host = None, port: Port = None, concurrency: Concurrency = None) -> None:
        """Poll and serve: the whole service in one process.

        Example: aggregator run --port 8000
        """
        run_to_end(service(settings_of(context, host=host, port=port, concurrency=concurrency)))


async def service(settings: Settings) -> None:
    """Poll and serve until SIGINT or SIGTERM; waits for a database that is out of reach."""
    import structlog

    from aggregator.app import open_app
    from aggregator.errors import PollerRunningError, StoreError

    log, wait = structlog.get_logger(__name__), 1.0
    while True:
        try:
            async with open_app(settings, strict_secrets=True) as app, app.poller() as poller:
                await _serve_and_poll(app, poller)
            return
        except PollerRunningError:
            raise
        except StoreError as error:
            log.error("database.unreachable", error=str(error), again_in_seconds=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, 60.0)


async def _serve_and_poll(app: App, poller: Poller) -> None:
    from aggregator.cli.serve import serve_until_stopped
    from aggregator.schedule import REPRICED_EVERY_SECONDS, Clock

    clock = Clock()
    clock.every(2, poller.tick, name="poll")
    # While polls run they come first: a quarter of the time is for rendering what they brought.
    clock.every(1, lambda: app.editions.renew(patience=timedelta(seconds=0.8 if poller.idle else 0.25)), name="render")
    clock.every(30, poller.complete, name="pages")
    clock.every(60, app.syndicate.sweep, name="sweep")
    clock.every(REPRICED_EVERY_SECONDS, app.pricing.reprice, name="price")
    clock.every(2, app.reapply_some, name="reapply")
    clock.every(3600, app.prune, name="prune")
    clock.start()
    watch = asyncio.create_task(reload_on_change(app))
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: asyncio.ensure_future(app.reload()))
    try:
        await serve_until_stopped(app, polling=True)
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await poller.drain(patience=PATIENCE_SECONDS)
        clock.stop()


async def reload_on_change(app: App) -> None:
    """Take up the configuration whenever a file of its folder changed (renames and mounted volumes included)."""
    from pathlib import Path

    from watchfiles import awatch

    folder = Path(app.settings.config)
    async for _ in awatch(folder, recursive=False, step=200, rust_timeout=1000):
        await app.reload()
