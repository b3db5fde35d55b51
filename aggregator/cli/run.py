"""`aggregator run`: scheduler, worker and web server in one process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import Concurrency, Host, Port, run_to_end, settings_of
from aggregator.cli.duties import PATIENCE_SECONDS, keep_up_on, poll_on, reloading, service, ticking
from aggregator.cli.listening import listening, serve_until

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.web.mirroring import Mirror
    from aggregator.websub import Hub


def register(cli: typer.Typer) -> None:
    @cli.command()
    def run(context: typer.Context, host: Host = None, port: Port = None, concurrency: Concurrency = None) -> None:
        """Poll and serve: the whole service in one process.

        Example: aggregator run --port 8000
        """
        run_to_end(service(settings_of(context, host=host, port=port, concurrency=concurrency), everything))


async def everything(app: App, stop: asyncio.Event) -> None:
    """Poll, keep up and serve until `stop`."""
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
