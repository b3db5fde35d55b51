"""`aggregator stories`: what several outlets tell, and deciding what is one story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from aggregator.cli.articles import Ids, Reason, decide
from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.app import App
    from aggregator.model import Article


def register(cli: typer.Typer) -> None:
    stories = typer.Typer(invoke_without_command=True)
    cli.add_typer(stories, name="stories")

    @stories.callback()
    def listed(context: typer.Context, as_json: Json = False, limit: Limit = 50) -> None:
        """Stories of more than one article, those told last first.

        Example: aggregator stories --limit 10
        """
        if context.invoked_subcommand is not None:
            return

        async def work(app: App) -> None:
            rows = [_row(id, told) for id, told in await app.store.stories(limit=limit)]
            show(rows, as_json=as_json, columns=("id", "outlets", "articles", "title"))

        raise typer.Exit(with_app(settings_of(context), work))

    @stories.command()
    def join(context: typer.Context, ids: Ids, reason: Reason) -> None:
        """Make the stories of these articles one: no rule parts them again.

        Example: aggregator stories join abcdefghijklmnop bcdefghijklmnopq --reason "one eruption"
        """
        decide(context, "join", ids, reason)

    @stories.command()
    def part(context: typer.Context, ids: Ids, reason: Reason) -> None:
        """Take these articles out of their stories; those of one story stay together. No rule puts them back.

        Example: aggregator stories part abcdefghijklmnop --reason "another storm"
        """
        decide(context, "part", ids, reason)


def _row(id: str, told: Sequence[Article]) -> dict[str, Any]:
    return {
        "id": id,
        "title": told[0].content.title,
        "listed": told[-1].listed,
        "outlets": sorted({one.outlet.id for one in told}),
        "articles": [one.id for one in told],
    }
