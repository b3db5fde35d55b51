"""`aggregator worker`, `aggregator scheduler`: one role of the service alone, to run on several machines over PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import Concurrency, run_to_end, settings_of
from aggregator.cli.duties import (
    PATIENCE_SECONDS,
    keep_up_on,
    poll_on,
    reloading,
    service,
    ticking,
)

if TYPE_CHECKING:
    from aggregator.app import App


def register(cli: typer.Typer) -> None:
    @cli.command()
    def worker(context: typer.Context, concurrency: Concurrency = None) -> None:
        """Poll what is due, and nothing else: as many beside each other over PostgreSQL as you like, one on SQLite.

        Example: aggregator worker --concurrency 64
        """
        run_to_end(service(settings_of(context, concurrency=concurrency), _work, configure=False))

    @cli.command()
    def scheduler(context: typer.Context) -> None:
        """Migrate the database, put the configuration in force, keep channels and retention up: one for a service.

        Example: aggregator scheduler
        """
        run_to_end(service(settings_of(context), _schedule))


async def _work(app: App, stop: asyncio.Event) -> None:
    async with app.poller() as poller, ticking() as clock, reloading(app):
        await app.spread()
        poll_on(clock, app, poller)
        await stop.wait()
        await poller.drain(patience=PATIENCE_SECONDS)


async def _schedule(app: App, stop: asyncio.Event) -> None:
    async with ticking() as clock, reloading(app):
        keep_up_on(clock, app)
        await stop.wait()
