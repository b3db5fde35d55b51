"""`aggregator sources`: how each source is, why we think so and what to do; and what to do with what is held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import NOTHING_IN_FORCE, Json, Limit, counted, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.store import HeldRecord, SourceStatus

Words = Annotated[
    list[str] | None,
    typer.Argument(
        help="Id of one source; `release SOURCE` publishes what is held back of it, `drop SOURCE` forgets it.",
        metavar="[release|drop] [SOURCE]",
    ),
]
Politeness = Annotated[
    bool, typer.Option("--politeness", help="What each publisher saw of us in the last seven days, by host.")
]
_POLITE = (
    "host", "requests", "pages", "robots", "share_304", "unconditional", "smallest_gap", "bytes", "penalties", "retry_after",
    "unanswered",
)  # fmt: skip
_POLITE_DAYS = timedelta(days=7)
_COLUMNS = ("id", "health", "since", "articles", "last_poll", "next_poll", "evidence")


def register(cli: typer.Typer) -> None:
    @cli.command()
    def sources(
        context: typer.Context,
        words: Words = None,
        politeness: Politeness = False,
        as_json: Json = False,
        limit: Limit = 50,
    ) -> None:
        """How each source is: health since when and why, next poll and why then. With a SOURCE: the same in sentences.

        Example: aggregator sources --json --limit 500
        """
        action, name = _meant(words or [])

        async def work(app: App) -> None:
            status = await _named(app, name) if name else None
            if politeness:
                found = await _footprints(app)
                show(found[:limit], as_json=as_json, columns=_POLITE, total=len(found))
            elif action and name:
                typer.echo(await _decide(app, action, name))
            elif status and not as_json:
                held = await app.store.held(status.id)
                typer.echo("\n".join(sentences(status, held[0] if held else None, app.now())))
            else:
                statuses = (status,) if status else await app.store.source_statuses()
                rows = [row(one, app.now()) for one in statuses[:limit]]
                show(rows, as_json=as_json, columns=_COLUMNS, total=len(statuses), empty=NOTHING_IN_FORCE)
                await _say_outage(app)

        raise typer.Exit(with_app(settings_of(context), work, publish=action == "release"))


def _meant(words: list[str]) -> tuple[str | None, str | None]:
    """The action and the source that the words name."""
    match words:
        case []:
            return None, None
        case [name]:
            return None, name
        case ["release" | "drop" as action, name]:
            return action, name
    raise typer.BadParameter("expected a source, `release SOURCE` or `drop SOURCE`")


async def _named(app: App, name: str) -> SourceStatus:
    from difflib import get_close_matches

    statuses = {status.id: status for status in await app.store.source_statuses()}
    if name not in statuses:
        near = get_close_matches(name, statuses, 1)
        hint = f" (did you mean {near[0]}?)" if near else "" if statuses else f": {NOTHING_IN_FORCE}"
        raise typer.BadParameter(f"no source {name}{hint}")
    return statuses[name]


async def _decide(app: App, action: str, name: str) -> str:
    if action == "release":
        written = await app.release(name)
        return f"{name}: {counted(len(written.new), 'article')} published, each in its place by its time"
    return f"{name}: {counted(await app.drop(name), 'entry', 'entries')} forgotten; they do not come back"


async def _footprints(app: App) -> list[dict[str, Any]]:
    return [asdict(one) for one in await app.store.seen_of_us(app.now() - _POLITE_DAYS)]


async def _say_outage(app: App) -> None:
    if outage := await app.store.outage():
        typer.echo(f"our own network: {outage.evidence}, since {_at(outage.began)}", err=True)


def row(status: SourceStatus, now: datetime) -> dict[str, Any]:
    """A source for a table or a program: what is stored, and what it means."""
    from aggregator.etiquette.leases import plain
    from aggregator.health.judging import advice, meaning

    lease, waiting = status.lease, status.pushes_waiting
    known = {name: value for name, value in asdict(status).items() if name not in ("lease", "pushes_waiting")}
    said = {"meaning": meaning(status.health), "advice": advice(status.health)}
    push = None if lease is None else plain(lease, now, waiting=waiting)
    return known | said | {"signals": [str(signal) for signal in status.signals], "push": push}


def sentences(status: SourceStatus, held: HeldRecord | None, now: datetime) -> Iterator[str]:
    """How a source is, since when, the evidence, what to do, when it is polled next, and whether a hub pushes its news."""
    from aggregator.etiquette.leases import sentence
    from aggregator.health.judging import advice, is_problem, meaning
    from aggregator.model import Health
    from aggregator.normalize.reuse import effect

    since = f" since {_at(status.since)}" if status.since else ""
    tries = f" ({status.failures} failures in a row)" if status.failures > 1 else ""
    because = f": {status.evidence}{tries}" if status.evidence else ""
    yield f"{status.title} ({status.id}) {meaning(status.health)}{since}{because}."
    if held:
        yield "Held back, for example: " + "; ".join(f"“{title}”" for title in held.examples) + "."
    if is_problem(status.health):
        yield advice(status.health)
    last = f"Last polled {_at(status.last_poll)}" if status.last_poll else "Never polled"
    again = f"; next {_at(status.next_poll)}: {status.why}." if status.next_poll else "; not polled."
    yield last + again
    if status.moved_to and status.health is not Health.MOVED:  # there the evidence says it
        yield f"It is asked at {status.moved_to}, where its address used to redirect."
    if status.lease is not None:
        yield sentence(status.lease, now, waiting=status.pushes_waiting)
    pace = f", about {status.articles_per_day:.1f} new a day" if status.articles_per_day else ""
    yield f"{status.url} · {counted(status.articles, 'article')}{pace}."
    if status.licence:
        yield f"Licence: {status.licence}."
    if status.signals:
        changed = effect(status.signals, licence=status.licence) or "nothing is withheld for that"
        yield f"It tells machines: {'; '.join(map(str, status.signals))}: {changed}."


def _at(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
