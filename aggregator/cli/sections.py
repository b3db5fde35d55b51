"""`aggregator sections`: what there is to subscribe to by section; what no rule maps; changed rules on stored articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.listing import listing
from aggregator.cli.output import Json, Limit, counted, progress, suggest

if TYPE_CHECKING:
    from aggregator.app import App

Unmapped = Annotated[
    bool, typer.Option("--unmapped", help="Categories that no rule maps, with counts and YAML to paste.")
]
Reapply = Annotated[
    bool, typer.Option("--reapply", help="Read every stored article again by the rules in force, now, to the end.")
]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def sections(
        context: typer.Context,
        unmapped: Unmapped = False,
        reapply: Reapply = False,
        as_json: Json = False,
        limit: Limit = 50,
    ) -> None:
        """The sections with their number of articles and the address of their feed.

        Example: aggregator sections --unmapped --limit 20
        """
        settings = settings_of(context)
        if reapply:
            raise typer.Exit(with_app(settings, _reapply, configure=True))

        async def to_do(app: App) -> None:
            from aggregator.reconfigure import suggestions

            found, total = await suggestions.categories(app.store, app.rules, limit=limit)
            suggest(found, "category", as_json=as_json, total=total)

        work = to_do if unmapped else listing("section", as_json=as_json, limit=limit)
        raise typer.Exit(with_app(settings, work))


async def _reapply(app: App) -> None:
    """With a bar on a terminal; stopped, the service or the next such command goes on from there."""
    await app.store.restart_reapplying(now=app.now())
    state = await app.store.reapplying()
    with progress("reading again", state.total) as at:
        async for state in app.reapply():
            at(state.done, "")
    typer.echo(f"{counted(state.done, 'article')} read again", err=True)
