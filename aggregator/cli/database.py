"""`aggregator db upgrade`, `db check`, `backup`, `prune`: the database's upkeep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import run_to_end, settings_of, with_app
from aggregator.cli.output import counted

if TYPE_CHECKING:
    from aggregator.app import App

Target = Annotated[
    Path, typer.Argument(help="The copy; one that is there is replaced when the new one is whole.", metavar="FILE")
]


def register(cli: typer.Typer) -> None:
    db = typer.Typer(help="The database.\n\nExample: aggregator db check", no_args_is_help=True)
    cli.add_typer(db, name="db")
    _register_schema(db)
    _register_upkeep(cli)


def _register_schema(db: typer.Typer) -> None:
    @db.command()
    def upgrade(context: typer.Context) -> None:
        """Bring the database to this program's schema; safe to run again.

        Example: aggregator db upgrade
        """
        from aggregator.app import upgrade_database

        changed = run_to_end(upgrade_database(settings_of(context)))
        typer.echo("upgraded" if changed else "already current")

    @db.command()
    def check(context: typer.Context) -> None:
        """Look for damage in the database; exit 3 when there is any.

        Example: aggregator db check
        """

        async def work(app: App) -> int:
            damage = await app.store.check()
            for line in damage:
                typer.echo(f"{app.store.name}: {line}", err=True)
            typer.echo("damaged: restore a backup" if damage else "sound")
            return 3 if damage else 0

        raise typer.Exit(with_app(settings_of(context), work))


def _register_upkeep(cli: typer.Typer) -> None:
    @cli.command()
    def backup(context: typer.Context, file: Target) -> None:
        """Copy the database to FILE while the service runs (SQLite; for PostgreSQL use pg_dump).

        Example: aggregator backup backups/aggregator.db
        """

        async def work(app: App) -> None:
            await app.store.backup(file)
            typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")

        raise typer.Exit(with_app(settings_of(context), work))

    @cli.command()
    def prune(context: typer.Context) -> None:
        """Remove articles that no source has shown for longer than its `keep`; what they were known by is kept.

        Example: aggregator prune
        """

        async def work(app: App) -> None:
            pruned = await app.prune()
            typer.echo(f"{counted(pruned.articles, 'article')} and {counted(pruned.polls, 'poll')} of the log removed")

        raise typer.Exit(with_app(settings_of(context), work))
