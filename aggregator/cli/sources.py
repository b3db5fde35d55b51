"""`aggregator sources`: how each source is, and when it is polled next and why then."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, show

if TYPE_CHECKING:
    from aggregator.app import App

Name = Annotated[str | None, typer.Argument(help="Id of one source.", metavar="SOURCE")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def sources(context: typer.Context, name: Name = None, as_json: Json = False, limit: Limit = 50) -> None:
        """How each source is: health, last error, next poll and why then.

        Example: aggregator sources --json --limit 500
        """

        async def work(app: App) -> None:
            statuses = await app.store.source_statuses()
            chosen = [asdict(status) for status in statuses if name in (None, status.id)]
            if name is not None and not chosen:
                raise typer.BadParameter(f"no source {name}")
            show(
                chosen[:limit], as_json=as_json, columns=("id", "health", "articles", "last_poll", "next_poll", "error")
            )

        raise typer.Exit(with_app(settings_of(context), work))
