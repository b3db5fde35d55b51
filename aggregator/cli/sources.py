"""`aggregator sources`: how each source is, and when it is polled next and why then."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.store import SourceStatus

Name = Annotated[str | None, typer.Argument(help="Id of one source.", metavar="SOURCE")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def sources(context: typer.Context, name: Name = None, as_json: Json = False, limit: Limit = 50) -> None:
        """How each source is: health, last error, next poll and why then.

        Example: aggregator sources --json --limit 500
        """

        async def work(app: App) -> None:
            statuses = await app.store.source_statuses()
            chosen = [asdict(status) for status in statuses if name in (None, status.id)]
            if name is not None and not chosen:
                raise typer.BadParameter(f"no source {name}")
            if name is not None and not as_json:
                typer.echo(_sentence(next(status for status in statuses if status.id == name)))
                return
            show(
                chosen[:limit], as_json=as_json, columns=("id", "health", "articles", "last_poll", "next_poll", "error")
            )

        raise typer.Exit(with_app(settings_of(context), work))


def _sentence(status: SourceStatus) -> str:
    """`wire-post: well. Next 14:20: expects 1.4 articles/h now (18 a day)`"""
    lines = [f"{status.id}: {status.health}" + (f" ({status.error})" if status.error else "")]
    if status.last_poll:
        lines.append(f"Last {status.last_poll:%Y-%m-%d %H:%M} UTC; {status.articles} articles so far")
    if status.next_poll:
        lines.append(f"Next {status.next_poll:%Y-%m-%d %H:%M} UTC: {status.why}")
    return "\n".join(lines)
