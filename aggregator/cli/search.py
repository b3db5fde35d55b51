"""`aggregator search`: the articles that a channel with this `where:` would carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, say_more, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.model import Article

Query = Annotated[str, typer.Argument(help="As in `where:` and in the search box.", metavar="QUERY")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def search(context: typer.Context, text: Query, as_json: Json = False, limit: Limit = 50) -> None:
        """The articles that a channel with this `where:` would carry, newest first.

        Example: aggregator search 'section:south-america AND lithium'
        """

        async def work(app: App) -> None:
            where = await app.syndicate.checked(text, warn=lambda doubt: typer.echo(f"warning: {doubt}", err=True))
            found = await app.store.search(where, now=app.now(), limit=limit)
            show(map(row, found.articles), as_json=as_json, columns=("published", "outlet", "title", "url"))
            say_more(found.next is not None and not found.cut)
            if found.cut:
                typer.echo("the search was cut: narrow the query to see older articles", err=True)

        raise typer.Exit(with_app(settings_of(context), work))


def row(article: Article) -> dict[str, Any]:
    """An article as `--json` shows it."""
    return {
        "id": article.id,
        "title": article.content.title,
        "url": article.content.url,
        "authors": [credit.name for credit in article.credits],
        "sections": list(article.sections),
        "countries": list(article.countries),
        "outlet": article.outlet.id,
        "source": article.source_id,
        "lang": article.content.language,
        "published": article.published,
        "story": article.story,
    }
