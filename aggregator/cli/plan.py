"""`aggregator plan`: what a changed configuration would do, before it goes live."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Limit, counted, json_text, progress, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.model import Newsroom
    from aggregator.reconfigure.planning import Differences, Tally

Against = Annotated[
    str | None,
    typer.Option(
        help="Compare with a folder or file of configuration, with one that was in force (its digest), or with a git "
        "revision of the folder; the default is what is in force.",
        metavar="FILE|REV",
    ),
]
Most = Annotated[int, typer.Option("--articles", min=1, help="Look at so many of the newest stored articles.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object with documented keys.")]
_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is compared with; `newsroom` None where its files were not kept, `in_force` where the database stands by it."""

    name: str
    newsroom: Newsroom | None
    in_force: bool


def register(cli: typer.Typer) -> None:
    @cli.command()
    def plan(
        context: typer.Context, against: Against = None, most: Most = 10_000, as_json: Json = False, limit: Limit = 50
    ) -> None:
        """What the configuration would do to each channel (+12 −3 articles) if it went live. Nothing is written.

        Example: aggregator --config new-config plan
        """
        from aggregator.reconfigure.admission import read_configuration

        settings = settings_of(context)
        for warning in read_configuration(settings, strict_secrets=False)[1]:
            typer.echo(f"warning: {warning}", err=True)

        async def work(app: App) -> None:
            from aggregator.reconfigure.planning import differences

            base = await _baseline(app, against)
            tally, total = await _effects(app, base, most)
            found = differences(base.newsroom, app.newsroom) if base.newsroom else {}
            if as_json:
                typer.echo(json_text(_plain(base, found, tally, total)))
                return
            typer.echo(f"compared with {base.name}:")
            lines = [line for kind, one in found.items() for line in _lines(kind, one)]
            typer.echo("\n".join(lines or ["  nothing is added, removed or changed"] if found else []), nl=bool(found))
            _show(tally, total, limit)
            if found and found["sources"].added:
                typer.echo("what the new sources bring is not known yet", err=True)
            _say_losses(base.newsroom, app.newsroom)

        raise typer.Exit(with_app(settings, work))


async def _baseline(app: App, against: str | None) -> Baseline:
    from aggregator.config import files_at, files_of, newsroom_from
    from aggregator.model import Newsroom

    applied = await app.store.applied(limit=20)
    if against is None and not applied:
        return Baseline(name="nothing, as no configuration is in force", newsroom=Newsroom(), in_force=True)
    kept = [one for one in applied if one.digest.startswith(against or "")]
    if against is None or (len(against) >= 6 and kept):
        one = kept[0]
        name = f"the configuration of {one.at:%Y-%m-%d %H:%M} UTC ({one.digest[:8]})"
        then = newsroom_from(one.files, called=name, environment=os.environ) if one.files else None
        return Baseline(name=name, newsroom=then, in_force=one == applied[0])
    folder = Path(app.settings.config)
    files = files_of(Path(against)) or files_at(folder, against)
    if files is None:
        known = ", ".join(f"{one.digest[:8]} ({one.at:%Y-%m-%d %H:%M})" for one in applied) or "none"
        what = f"no file, no git revision of {folder}, nothing that was in force: {against}"
        raise typer.BadParameter(f"{what} (in force were {known})")
    return Baseline(name=against, newsroom=newsroom_from(files, called=against, environment=os.environ), in_force=False)


async def _effects(app: App, base: Baseline, most: int) -> tuple[Tally, int]:
    from aggregator.reconfigure.planning import Tally, effects

    tally, total = Tally(), (await app.store.reapplying()).total
    with progress("looking at articles", min(total, most)) as at:
        async for tally in effects(
            app.store, app.newsroom, old=base.newsroom, in_force=base.in_force, most=most, now=app.now
        ):
            at(tally.read, "")
    return tally, total


def _plain(base: Baseline, found: Mapping[str, Differences], tally: Tally, total: int) -> dict[str, Any]:
    return {
        "against": base.name,
        "differences": {kind: asdict(one) for kind, one in found.items()},
        "channels": [asdict(one) for one in tally.effects()],
        "articles_read": tally.read,
        "articles": total,
    }


def _show(tally: Tally, total: int, limit: int) -> None:
    effects = tally.effects()
    rows = [
        {
            "channel": f"{one.kind.folder}/{one.slug}",
            "articles": one.articles,
            "change": " ".join(f"{sign}{count}" for sign, count in (("+", one.added), ("−", one.removed)) if count),
        }
        for one in effects[:limit]
    ]
    show(rows, as_json=False, columns=("channel", "articles", "change"), total=len(effects))
    among = f"all {total:,}" if tally.read >= total else f"the newest {tally.read:,} of {total:,}"
    said = f"{counted(len(effects), 'channel')} would change, by {among} stored articles"
    typer.echo(said, err=True)


def _lines(kind: str, one: Differences) -> Iterator[str]:
    """`sources: +2 (a, b), −1 (c); 228 keep; d: url`."""
    parts = [f"{sign}{len(ids)} ({_few(ids)})" for sign, ids in (("+", one.added), ("−", one.removed)) if ids]
    parts += [f"{old} is now {new}" for old, new in one.renamed]
    by_keys: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for id, keys in one.changed.items():
        by_keys[keys].append(id)
    parts += [
        f"{', '.join(keys)} of {_few(ids)}" if kind != "site" else ", ".join(keys) for keys, ids in by_keys.items()
    ]
    if parts:
        yield f"  {kind}: {'; '.join(parts)}"


def _few(ids: tuple[str, ...] | list[str]) -> str:
    return ", ".join(ids[:_FEW]) + (f" and {len(ids) - _FEW} more" if len(ids) > _FEW else "")


def _say_losses(old: Newsroom | None, new: Newsroom) -> None:
    from aggregator.errors import ConfigError
    from aggregator.reconfigure.admission import refuse_losses

    try:
        refuse_losses(old or new, new)
    except ConfigError as error:
        typer.echo(error.problems[0].expected, err=True)
