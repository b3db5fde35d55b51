"""Schedules after a stop → schedules that storm nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from aggregator.store import tables as t
from aggregator.store.hosts import spread_of

_LONGEST_SPREAD = timedelta(hours=1)


def spread(connection: Connection, now: datetime) -> None:
    """At a start: what is overdue is spread by its id, over no longer than it is late, its interval or an hour (fetching
    rule 19)."""
    c = t.schedule.c
    rows = connection.execute(select(t.schedule).where(c.last_poll.is_not(None), c.next_poll < now)).mappings().all()
    for row in rows:
        late = min(now - row["next_poll"], _interval(row), _LONGEST_SPREAD)
        _put(connection, row, {"next_poll": now + spread_of(row["source_id"]) * late})


def _interval(row: RowMapping) -> timedelta:
    return timedelta(seconds=row["interval_seconds"] or 3600.0)


def _put(connection: Connection, row: RowMapping, values: dict[str, Any]) -> None:
    connection.execute(update(t.schedule).where(t.schedule.c.source_id == row["source_id"]).values(values))
