"""`aggregator db upgrade`, `aggregator prune`: the database's upkeep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import settings_of, with_app

if TYPE_CHECKING:
    from aggregator.app import App


def register(cli: typer.Typer) -> None:
    db = typer.Typer(help="The database.", no_args_is_help=True)
    cli.add_typer(db, name="db")

    @db.command()
    def upgrade(context: typer.Context) -> None:
        """Bring the database to this program's schema; safe to run again.

        Example: aggregator db upgrade
        """
        import asyncio

        from aggregator.app import upgrade_database

        changed = asyncio.run(upgrade_database(settings_of(context)))
        typer.echo("upgraded" if changed else "already current")

    @cli.command()
    def prune(context: typer.Context) -> None:
        """Remove articles that no source has shown for longer than its `keep`; what they were known by is kept.

        Example: aggregator prune
        """

        async def work(app: App) -> None:
            pruned = await app.prune()
            typer.echo(f"{pruned.articles} articles and {pruned.polls} entries of the poll log removed")

        raise typer.Exit(with_app(settings_of(context), work))
