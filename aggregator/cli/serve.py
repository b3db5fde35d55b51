"""`aggregator serve`: the web server alone."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import Host, Port, settings_of, with_app
from aggregator.cli.duties import reloading
from aggregator.cli.listening import listening, serve_until
from aggregator.cli.stopping import stop_asked

if TYPE_CHECKING:
    from aggregator.app import App


def register(cli: typer.Typer) -> None:
    @cli.command()
    def serve(context: typer.Context, host: Host = None, port: Port = None) -> None:
        """Serve feeds, pages and the API; polls nothing.

        Example: aggregator serve --host 0.0.0.0
        """

        async def work(app: App) -> None:
            with listening(app.settings) as sockets:
                await _serve(app, sockets)

        raise typer.Exit(with_app(settings_of(context, host=host, port=port), work, publish=True))


async def _serve(app: App, sockets: list[socket.socket]) -> None:
    # Whoever polls in another process does not render.
    async with app.publishing(), reloading(app):
        await serve_until(stop_asked(), app, sockets, polling=False)
