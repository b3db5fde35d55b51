"""`aggregator export`: OPML, or every channel and page as files for any web server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import counted

if TYPE_CHECKING:
    from aggregator.app import App

Opml = Annotated[bool, typer.Option("--opml", help="Print every public channel as OPML 2.0.")]
Decisions = Annotated[
    Path | None, typer.Option("--decisions", help="Write operators' decisions on articles to FILE.", metavar="FILE")
]
Static = Annotated[Path | None, typer.Option("--static", help="Write feeds, pages and OPML to DIR.", metavar="DIR")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def export(context: typer.Context, opml: Opml = False, static: Static = None, decisions: Decisions = None) -> None:
        """Write what we publish: as OPML to stdout, or as a folder of files; or what operators decided.

        Example: aggregator export --static site
        """
        settings = settings_of(context)
        other = opml or decisions is not None
        folder = static or (Path(settings.static_dir) if settings.static_dir and not other else None)
        if not other and folder is None:
            raise typer.BadParameter("say what to export: --opml, --decisions FILE or --static DIR")

        async def work(app: App) -> None:
            from aggregator.distribution import tell_once
            from aggregator.fetch import agent_of
            from aggregator.web import mirror, opml_document

            desk = app.desk(polling=False)
            if opml:
                typer.echo(await opml_document(desk), nl=False)
            if decisions is not None:
                from aggregator.decisions import write_decisions

                decisions.write_text(write_decisions(await app.store.decisions()), encoding="utf-8")
            if folder is not None:
                made = await mirror(desk, folder).refresh()
                await tell_once(app, agent=lambda: agent_of(app.newsroom), now=app.now)
                typer.echo(
                    f"{counted(made.files, 'file')} in {folder}: {made.written:,} written, {made.removed:,} removed",
                    err=True,
                )

        raise typer.Exit(with_app(settings, work, publish=True))
