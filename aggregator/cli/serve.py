"""`aggregator serve`: the web server alone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.run import Host, Port, reloading, ticking

if TYPE_CHECKING:
    import uvicorn

    from aggregator.app import App


def register(cli: typer.Typer) -> None:
    @cli.command()
    def serve(context: typer.Context, host: Host = None, port: Port = None) -> None:
        """Serve feeds, pages and the API; polls nothing.

        Example: aggregator serve --host 0.0.0.0
        """

        async def work(app: App) -> None:
            async with ticking() as clock, reloading(app):
                # Whoever polls in another process and stays renders at once; `poll` from cron does not.
                clock.every(5, app.editions.renew, name="render")
                await serve_until_stopped(app, polling=False)

        raise typer.Exit(with_app(settings_of(context, host=host, port=port), work, publish=True))


async def serve_until_stopped(app: App, *, polling: bool) -> None:
    """Serve `app` until SIGINT or SIGTERM; answers under way may end."""
    server = server_of(app, polling=polling)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, lambda: setattr(server, "should_exit", True))
    # uvicorn would raise the signal again once it has stopped, and so end us before the polls under way are stored.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    await server.serve()


def server_of(app: App, *, polling: bool) -> uvicorn.Server:
    """A server for `app`, not started."""
    import uvicorn

    from aggregator.web import create_app

    config = uvicorn.Config(
        create_app(app.desk(polling=polling)),
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
