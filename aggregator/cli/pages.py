"""`aggregator pages`: what came of asking for the pages of articles, by source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from aggregator.cli.context import settings_of, with_app
from aggregator.cli.output import Json, Limit, show

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.store import PageStatus

_COLUMNS = ("source", "read", "waiting", "refused", "failed", "asked_today", "found", "signals", "error")


def register(cli: typer.Typer) -> None:
    @cli.command()
    def pages(context: typer.Context, as_json: Json = False, limit: Limit = 50) -> None:
        """Of each source with `pages: true`: pages read, waiting, refused by robots.txt; what they brought, what they say.

        Example: aggregator pages --json
        """

        async def work(app: App) -> None:
            statuses = await app.store.page_statuses(since=app.now() - timedelta(days=1))
            rows = (_row(one, readable=not as_json) for one in statuses[:limit])
            show(rows, as_json=as_json, columns=_COLUMNS, total=len(statuses))

        raise typer.Exit(with_app(settings_of(context), work))


def _row(status: PageStatus, *, readable: bool) -> dict[str, Any]:
    return {
        "source": status.source_id,
        "read": status.states.get("done", 0),
        "waiting": status.states.get("waiting", 0),
        "refused": status.states.get("refused", 0),
        "failed": status.states.get("failed", 0),
        "whole": status.states.get("whole", 0),
        "asked_today": status.asked_today,
        "found": _counts(status.found) if readable else status.found,
        "signals": _counts(status.signals) if readable else status.signals,
        "error": status.error,
    }


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
