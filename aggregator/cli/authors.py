"""`aggregator authors`: what there is to subscribe to by author."""

from __future__ import annotations

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.listing import listing
from aggregator.cli.output import Json, Limit


def register(cli: typer.Typer) -> None:
    @cli.command()
    def authors(context: typer.Context, as_json: Json = False, limit: Limit = 50) -> None:
        """The authors with their number of articles and the address of their feed.

        Example: aggregator authors --limit 10
        """
        work = listing("author", as_json=as_json, limit=limit)
        raise typer.Exit(with_app(settings_of(context), work))
