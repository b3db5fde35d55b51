"""`aggregator check`: every error and warning of the configuration at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import run_to_end, settings_of
from aggregator.cli.output import counted

if TYPE_CHECKING:
    from aggregator.config import Settings
    from aggregator.model import Newsroom

Live = Annotated[bool, typer.Option("--live", help="Also fetch each source once and say what it holds.")]

_MARKS = {True: "ok  ", False: "FAIL", None: "wait"}


def register(cli: typer.Typer) -> None:
    @cli.command()
    def check(context: typer.Context, live: Live = False) -> None:
        """Read the configuration and print every error and warning at once.

        Example: aggregator --config config check
        """
        from aggregator.reconfigure.admission import check_configuration

        settings = settings_of(context)
        newsroom, warnings = run_to_end(check_configuration(settings))
        for warning in warnings:
            typer.echo(f"warning: {warning}", err=True)
        counts = {
            "outlet": newsroom.outlets,
            "source": newsroom.sources,
            "section": newsroom.sections,
            "author": newsroom.authors,
            "channel": newsroom.channels,
        }
        typer.echo(", ".join(counted(len(values), name) for name, values in counts.items()))
        if live:
            raise typer.Exit(run_to_end(_live(settings, newsroom)))


async def _live(settings: Settings, newsroom: Newsroom) -> int:
    from aggregator.app import now
    from aggregator.schedule.trial import probe

    failed = 0
    async for source, verdict, well in probe(settings, newsroom, now=now):
        failed += well is False
        typer.echo(f"{_MARKS[well]} {source.id}: {verdict}")
    return 1 if failed else 0
