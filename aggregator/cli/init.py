"""`aggregator init`: a commented configuration to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="Folder to write to; it is made if missing.", metavar="DIR")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def init(folder: Folder) -> None:
        """Write a commented starter configuration to DIR; never overwrites a file.

        Example: aggregator init config
        """
        from aggregator.config import starter

        for path in starter(folder):
            typer.echo(path)
