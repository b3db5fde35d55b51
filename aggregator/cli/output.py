"""Rows → a table for people, or one JSON array for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from aggregator.reconfigure.suggestions import Suggestion

Json = Annotated[bool, typer.Option("--json", help="One JSON array with documented keys.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")]


_COPIED = frozenset({"id", "slug"})
# Where a list is empty because no configuration was taken up yet.
NOTHING_IN_FORCE = "none yet: `aggregator run` or `aggregator poll` puts the configuration in force"


def show(
    rows: Iterable[Mapping[str, Any]],
    *,
    as_json: bool,
    columns: Sequence[str],
    total: int | None = None,
    empty: str = "none",
) -> None:
    """Print `rows`: all keys as JSON, else `columns` as a table (tab-separated lines where stdout is no terminal).

    Where there are more in `total`, that is said on stderr; so is `empty` to people, where there is none.
    """
    rows = list(rows)
    if as_json:
        typer.echo(json_text(rows))
    elif not rows:
        typer.echo(empty, err=True)
    elif sys.stdout.isatty():
        from rich.console import Console

        Console(markup=False, highlight=False).print(table(rows, columns))
    else:
        for row in rows:
            typer.echo("\t".join(_cell(row.get(column)) for column in columns))
    if total is not None and total > len(rows):
        typer.echo(f"… {total - len(rows)} more: --limit {total}", err=True)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 source`, `2,000 sources`; `1 entry`, `2 entries` where `many` says so."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def say_more(there_is: bool) -> None:
    """The same where nobody counted them."""
    if there_is:
        typer.echo("… and more: --limit takes any number", err=True)


def suggest(suggestions: Iterable[Suggestion], what: str, *, as_json: bool, total: int) -> None:
    """Print what no rule knows: as a table and YAML to paste, or as JSON (`what` count where target why others yaml)."""
    from aggregator.reconfigure.suggestions import as_yaml

    suggestions = list(suggestions)
    rows = [
        {
            what: one.value,
            "count": one.count,
            "where": one.where,
            "target": one.target,
            "why": one.why,
            "others": one.others,
            "yaml": one.yaml,
        }
        for one in suggestions
    ]
    show(rows, as_json=as_json, columns=(what, "count", "where", "target", "why"), total=total)
    if not as_json and rows:
        typer.echo(f"\n{as_yaml(suggestions)}")


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """`rows` for a terminal: where it is narrow all is folded but what one copies from it, ids and slugs."""
    from rich.table import Table

    made = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in _COPIED)
    for row in rows:
        made.add_row(*(_cell(row.get(column)) for column in columns))
    return made


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return " ".join(str(value).split())


def json_text(value: Any) -> str:
    """Times as RFC 3339, lengths of time in seconds."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """A bar on a terminal, nothing elsewhere; call it with how many of `total` are done, and what the last one was."""
    if not sys.stderr.isatty():
        yield lambda _done, _last: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, last: bar.update(task, completed=done, description=last or what)
