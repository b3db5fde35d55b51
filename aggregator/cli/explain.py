"""`aggregator explain`: everything about one article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, show

if TYPE_CHECKING:
    from aggregator.app import App

Asked = Annotated[
    str,
    typer.Argument(
        help="An article's id, its address (ours or the outlet's), or words of its title.", metavar="URL|ID|TITLE"
    ),
]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def explain(context: typer.Context, asked: Asked, as_json: Json = False) -> None:
        """Where an article was seen, what each rule said, which channels carry it, and why not the others.

        Example: aggregator explain https://www.example.org/news/storm-842187
        """

        async def work(app: App) -> int:
            from aggregator.explain import explain, find, plain

            ids = await find(app.store, asked, now=app.now())
            said = [one for id in ids if (one := await explain(app.store, app.newsroom, id, now=app.now()))]
            if not said:
                typer.echo(f"no article is known by {asked!r}", err=True)
                return 1
            if len(said) > 1 and not as_json:
                typer.echo(f"{len(said)} articles: name one by its id", err=True)
                rows = [{"id": one.article.id, "published": one.article.published, "outlet": one.article.outlet.id,
                         "title": one.article.content.title} for one in said]  # fmt: skip
                show(rows, as_json=False, columns=("id", "published", "outlet", "title"))
                return 0
            if as_json:
                show(map(plain, said), as_json=True, columns=())
            else:
                typer.echo("\n".join(_lines(plain(said[0]))))
            return 0

        raise typer.Exit(with_app(settings_of(context), work))


def _lines(said: dict[str, Any]) -> Iterator[str]:
    """An explanation for a person, part by part."""
    yield f"{said['title'] or '(erased)'}"
    yield f"  {said['id']}  {said['outlet']}  {said['url'] or ''}"
    yield f"  published {_time(said['published'])}, listed {_time(said['listed'])}, updated {_time(said['updated'])}"
    yield f"  {said['visibility']}, language {said['language'] or 'unknown'}, story {said['story']['id']}" + (
        f" of {len(said['story']['articles'])} articles" if len(said["story"]["articles"]) > 1 else ""
    )
    yield from _part("Seen in", (
        f"{one['source']}: {_time(one['first_seen'])} to {_time(one['last_seen'])}, place {one['position'] + 1}"
        + (f", by {' | '.join(one['bylines'])}" if one["bylines"] else "")
        + (f", in {', '.join(one['categories'])}" if one["categories"] else "")
        for one in said["sightings"]
    ))  # fmt: skip
    yield from _part("Known by", (f"{one['key']}: {one['rule']}, {_time(one['since'])}" for one in said["keys"]))
    yield from _part("Rules", (
        f"{one['kind']} {one['value']}: {one['rule']}" + (f", saw {one['raw']!r}" if one["raw"] else "")
        + f" ({one['source']}, {round(one['weight'] * 100)} %)"
        for one in said["evidence"]
    ))  # fmt: skip
    yield from _part(
        "Carried by", (f"{one['kind']} {one['slug']}: {one['why']}" for one in said["channels"] if one["carried"])
    )
    yield from _part("Not carried by", (
        f"{one['kind']} {one['slug']}: " + (f"{one['condition']} (column {one['column']})" if one["condition"] else one["why"])
        for one in said["channels"] if not one["carried"]
    ))  # fmt: skip
    yield from _part("Revised", (f"{_time(one['until'])}: {', '.join(one['changes'])}" for one in said["revisions"]))
    yield from _part("Decided", (f"{_time(one['at'])}: {one['action']}, {one['reason']}" for one in said["decisions"]))


def _part(heading: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield f"{heading}:"
        yield f"  {' '.join(line.split())}"


def _time(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%d %H:%M"))
