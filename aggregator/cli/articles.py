"""`aggregator articles`: what operators decided about articles, and deciding it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, counted, say_more, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.model import Decision

Ids = Annotated[list[str], typer.Argument(help="Articles, by their ids (see `aggregator explain`).", metavar="ID…")]
Reason = Annotated[str, typer.Option("--reason", help="Why: kept with the decision.")]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="What shall leave the article, as `aggregator explain` names it: 'guid SOURCE VALUE'."),
]
Doubted = Annotated[bool, typer.Option("--suspected", help="What its source seems to have taken back, undecided yet.")]
File = Annotated[
    Path, typer.Argument(help="From `aggregator export --decisions`.", exists=True, dir_okay=False, metavar="FILE")
]


def register(cli: typer.Typer) -> None:
    articles = typer.Typer(invoke_without_command=True)
    cli.add_typer(articles, name="articles")

    @articles.callback()
    def listed(context: typer.Context, suspected: Doubted = False, as_json: Json = False, limit: Limit = 50) -> None:
        """What operators decided about articles, the latest first; and deciding it.

        Example: aggregator articles withdraw abcdefghijklmnop --reason "takedown of 3 March"
        """
        if context.invoked_subcommand is not None:
            return

        async def work(app: App) -> None:
            if suspected:
                doubted = await app.store.suspected(limit + 1)
                shown = map(asdict, doubted[:limit])
                show(shown, as_json=as_json, columns=("since", "id", "outlet", "title", "why"))
                say_more(len(doubted) > limit)
                return
            decisions = await app.store.decisions(limit + 1)
            show(map(row, decisions[:limit]), as_json=as_json, columns=("at", "action", "articles", "reason"))
            say_more(len(decisions) > limit)

        raise typer.Exit(with_app(settings_of(context), work))

    _add_acts(articles)

    @articles.command()
    def apply(context: typer.Context, file: File) -> None:
        """Decide here what was decided in another database; articles that are not here yet, when they come.

        Example: aggregator articles apply decisions.json
        """
        from aggregator.decisions import read_decisions

        taken = read_decisions(file.read_text("utf-8"))

        async def work(app: App) -> None:
            count = await app.apply_decisions(taken)
            typer.echo(f"{counted(count, 'decision')} applied, {len(taken) - count} known before")

        raise typer.Exit(with_app(settings_of(context), work))


def _add_acts(articles: typer.Typer) -> None:
    @articles.command()
    def withdraw(context: typer.Context, ids: Ids, reason: Reason) -> None:
        """Erase articles from every output and from the database; they never return.

        Example: aggregator articles withdraw abcdefghijklmnop --reason "takedown of 3 March"
        """
        decide(context, "withdraw", ids, reason)

    @articles.command()
    def restore(context: typer.Context, ids: Ids, reason: Reason) -> None:
        """Undo withdrawing or merging; erased articles come back when their source shows them next.

        Example: aggregator articles restore abcdefghijklmnop --reason "the outlet won"
        """
        decide(context, "restore", ids, reason)

    @articles.command()
    def merge(context: typer.Context, ids: Ids, reason: Reason) -> None:
        """Make articles of one outlet one: the first stays, the addresses of the others forward to it.

        Example: aggregator articles merge abcdefghijklmnop bcdefghijklmnopq --reason "told twice"
        """
        decide(context, "merge", ids, reason)

    @articles.command()
    def split(context: typer.Context, ids: Ids, reason: Reason, key: Keys = None) -> None:
        """Take out of an article what joined it by weak evidence, or the keys that are named.

        Example: aggregator articles split abcdefghijklmnop --reason "two storms"
        """
        decide(context, "split", ids, reason, key or [])


def decide(context: typer.Context, action: str, ids: list[str], reason: str, keys: list[str] | None = None) -> None:
    async def work(app: App) -> None:
        decision = await app.decide(action, ids, reason=reason, keys=keys or [])
        there = decision.action == "split" and await app.store.article(decision.articles[-1]) is not None
        typer.echo(said(decision, there=there))

    raise typer.Exit(with_app(settings_of(context), work))


def said(decision: Decision, *, there: bool = False) -> str:
    """What was done, and what follows from it, in a line; `there`: what was split off is an article already."""
    from aggregator.model import Action

    first, *others = decision.articles
    match decision.action:
        case Action.WITHDRAW:
            return f"withdrawn: {', '.join(decision.articles)}; `aggregator articles restore` undoes it"
        case Action.RESTORE:
            said = f"restored: {', '.join(decision.articles)}"
            return f"{said}; what was erased comes back if its source, which is due now, still shows it"
        case Action.MERGE:
            return (
                f"merged into {first}: {', '.join(others)}; `aggregator articles restore {' '.join(others)}` undoes it"
            )
        case Action.JOIN:
            return f"one story now: {', '.join(decision.articles)}; `aggregator stories part` undoes it"
        case Action.PART:
            return f"parted from their stories: {', '.join(decision.articles)}; `aggregator stories join` undoes it"
        case _:
            when = "as it was when it joined" if there else "which appears when its source, which is due now, shows it"
            return f"split off {first}: {', '.join(others)}, {when}"


def row(decision: Decision) -> dict[str, Any]:
    """A decision as `--json` shows it."""
    from aggregator.decisions import plain

    return plain(decision) | {"at": decision.at}
