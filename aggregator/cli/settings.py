"""`aggregator settings`: each setting, its value and where it came from."""

from __future__ import annotations

import typer

from aggregator.cli.context import settings_of
from aggregator.cli.output import Json, Limit, show


def register(cli: typer.Typer) -> None:
    @cli.command()
    def settings(context: typer.Context, as_json: Json = False, limit: Limit = 50) -> None:
        """Print each setting, its value and where it came from; secrets are hidden.

        Example: AGGREGATOR_PORT=9000 aggregator settings
        """
        rows = [
            {"setting": name, "value": value, "origin": origin}
            for name, value, origin in settings_of(context).describe()
        ]
        show(rows[:limit], as_json=as_json, columns=("setting", "value", "origin"), total=len(rows))
