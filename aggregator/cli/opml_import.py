"""`aggregator import`: an OPML file of another reader → a YAML file of sources."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import settings_of
from aggregator.cli.output import counted

File = Annotated[Path, typer.Argument(help="An OPML file.", exists=True, dir_okay=False, metavar="FILE.opml")]


def register(cli: typer.Typer) -> None:
    @cli.command("import")
    def opml_import(context: typer.Context, file: File) -> None:
        """Add the feeds of an OPML file to the configuration, as one new YAML file; known ones are left out.

        Example: aggregator import subscriptions.opml
        """
        from aggregator.config.opml import sources_yaml
        from aggregator.errors import ParseError
        from aggregator.publish import read_opml, unusable, walk
        from aggregator.reconfigure.admission import read_configuration

        settings = settings_of(context)
        newsroom, _ = read_configuration(settings, strict_secrets=False)
        try:
            outlines = read_opml(file.read_bytes())
        except ParseError as error:
            raise ParseError(f"{file}: {error}") from None
        for outline in unusable(outlines):
            typer.echo(f"left out, as its address is none on the web: {outline.unusable} ({outline.text})", err=True)
        text, sources = sources_yaml(outlines, newsroom)
        named = sum(1 for _ in walk(outlines))
        if sources == 0:
            why = "every feed is configured already" if named else f"{file} names no feed with an address on the web"
            typer.echo(f"nothing to import: {why}")
            return
        target = _write_new(Path(settings.config) / f"imported-{file.stem}", text)
        rest = f"; {named - sources} left out: configured already, or named twice" if named > sources else ""
        typer.echo(f"{counted(sources, 'source')} written to {target}{rest}")


def _write_new(stem: Path, text: str) -> Path:
    """A file of that name, or of the next number where an earlier import took it: what is there is never written over."""
    for number in count(1):
        target = Path(f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml")
        try:
            with target.open("x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            continue
        return target
    raise AssertionError("numbers do not end")
