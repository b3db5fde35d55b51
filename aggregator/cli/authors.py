"""`aggregator authors`: what there is to subscribe to by author; the bylines that nobody explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.listing import listing
from aggregator.cli.output import Json, Limit, suggest

if TYPE_CHECKING:
    from aggregator.app import App

Unknown = Annotated[
    bool,
    typer.Option("--unknown", help="Names that no profile explains, with counts, whom they may be, and YAML to paste."),
]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def authors(context: typer.Context, unknown: Unknown = False, as_json: Json = False, limit: Limit = 50) -> None:
        """The authors with their number of articles and the address of their feed.

        Example: aggregator authors --unknown --limit 20
        """

        async def to_do(app: App) -> None:
            from aggregator.reconfigure import suggestions

            found, total = await suggestions.authors(app.store, app.newsroom, limit=limit)
            suggest(found, "name", as_json=as_json, total=total)

        work = to_do if unknown else listing("author", as_json=as_json, limit=limit)
        raise typer.Exit(with_app(settings_of(context), work))
