"""`aggregator poll`: one pass over what is due, then exit: for cron."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import Concurrency, settings_of, with_app
from aggregator.cli.output import counted, progress

if TYPE_CHECKING:
    from aggregator.app import App

Names = Annotated[list[str] | None, typer.Argument(help="Ids of sources; all that are due if none.", metavar="SOURCE")]
All = Annotated[bool, typer.Option("--all", help="Whatever the schedule says; never what is gone or told us to wait.")]


# How long a pass reads stored articles again where rules changed; the next one goes on.
REAPPLY_SECONDS = 60


def register(cli: typer.Typer) -> None:
    @cli.command()
    def poll(context: typer.Context, sources: Names = None, all: All = False, concurrency: Concurrency = None) -> None:  # noqa: A002
        """Poll what is due once, then exit: 0 all well, 1 some failed, 2 configuration, 3 database.

        Example: aggregator poll --all
        """

        async def work(app: App) -> int:
            return await one_pass(app, names=sources or [], everything=all)

        raise typer.Exit(with_app(settings_of(context, concurrency=concurrency), work, configure=True))


async def one_pass(app: App, *, names: list[str], everything: bool) -> int:
    """Poll `names`, or everything, or what is due; print what failed."""
    async with app.poller(jitter=lambda: 0.0) as poller:
        if poller.receiver is not None:  # what hubs pushed to a process that serves
            await poller.receiver.read_all()
        chosen = await app.choose(names, everything=everything)
        for name, why in (await app.barred(names)).items():
            typer.echo(f"{name}: {why}", err=True)
        with progress("polling", len(chosen)) as at:
            count = itertools.count(1)
            result = await poller.run_pass(chosen, done=lambda poll: at(next(count), poll.source_id))
        await poller.complete()
        async for _ in app.reapply(seconds=REAPPLY_SECONDS):
            pass
        await app.release_waiting()
        await app.syndicate.sweep()
        await app.prune()
    for failed in sorted(result.failed, key=lambda poll: poll.source_id):
        typer.echo(f"{failed.source_id}: {failed.error}", err=True)
    for held in sorted(result.held, key=lambda poll: poll.source_id):
        typer.echo(f"{held.source_id}: held back: {held.error}; see `aggregator sources {held.source_id}`", err=True)
    if outage := await app.store.outage():
        typer.echo(f"our own network: {outage.evidence}; no source is blamed for it", err=True)
    polled, new = counted(len(result.polls), "source"), counted(result.new, "new article")
    typer.echo(f"{polled} polled, {new}, {len(result.failed)} failed", err=True)
    return 1 if result.failed else 0
