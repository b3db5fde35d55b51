"""`aggregator sections`: what there is to subscribe to by section."""

from __future__ import annotations

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.listing import listing
from aggregator.cli.output import Json, Limit


def register(cli: typer.Typer) -> None:
    @cli.command()
    def sections(context: typer.Context, as_json: Json = False, limit: Limit = 50) -> None:
        """The sections with their number of articles and the address of their feed.

        Example: aggregator sections --limit 10
        """
        work = listing("section", as_json=as_json, limit=limit)
        raise typer.Exit(with_app(settings_of(context), work))
