"""`aggregator import`: an OPML file of another reader → a YAML file of sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import settings_of

File = Annotated[Path, typer.Argument(help="An OPML file.", exists=True, dir_okay=False, metavar="FILE.opml")]


def register(cli: typer.Typer) -> None:
    @cli.command("import")
    def opml_import(context: typer.Context, file: File) -> None:
        """Add the feeds of an OPML file to the configuration, as one new YAML file; known ones are left out.

        Example: aggregator import subscriptions.opml
        """
        from aggregator.admission import read_configuration
        from aggregator.config.opml import sources_yaml
        from aggregator.publish import read_opml

        settings = settings_of(context)
        newsroom, _ = read_configuration(settings, strict_secrets=False)
        text, count = sources_yaml(read_opml(file.read_bytes()), newsroom)
        target = Path(settings.config) / f"imported-{file.stem}.yaml"
        if count == 0:
            typer.echo("nothing to import: every feed is configured already")
            return
        with target.open("x", encoding="utf-8") as out:
            out.write(text)
        typer.echo(f"{count} sources written to {target}")
