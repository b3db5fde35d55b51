"""What hosts reserve for themselves (TDMRep, RSL) → beside what their feeds say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from aggregator.model import Signal
from aggregator.store import tables as t
from aggregator.store.mapping import chunks, signals_json, signals_of
from aggregator.store.polls import tell_changes


def due(
    connection: Connection, source_ids: Collection[str], before: datetime, now: datetime
) -> dict[str, tuple[Signal, ...]]:
    """Of these sources those that answer well, and whose host was not asked since `before`, each with what its feed says."""
    s, c, found = t.source.c, t.schedule.c, dict[str, tuple[Signal, ...]]()
    # Who fails, is gone (which is a failure too) or told us to wait has enough of us.
    well = (c.last_success.is_not(None), c.failures == 0, or_(c.retry_after.is_(None), c.retry_after <= now))
    answering = select(s.id, s.signals).join(t.schedule, c.source_id == s.id).where(*well).order_by(s.id)
    for part in chunks(sorted(source_ids)):
        waits = or_(s.host_asked.is_(None), s.host_asked <= before)
        rows = connection.execute(answering.where(s.id.in_(part), waits))
        found |= {id: signals_of(signals or ()) for id, signals in rows}
    return found


def keep(connection: Connection, said: Mapping[str, tuple[Signal, ...] | None], asked: datetime, now: datetime) -> None:
    """Write down what hosts said; None leaves what they said before."""
    s = t.source.c
    for id, signals in said.items():
        values: dict[str, Any] = {"host_asked": asked}
        if signals is not None:
            values["host_signals"] = signals_json(signals)
            held = connection.execute(select(s.host_signals).where(s.id == id)).scalar()
            if held != values["host_signals"]:
                tell_changes(connection, id, now)
        connection.execute(update(t.source).where(s.id == id).values(values))
