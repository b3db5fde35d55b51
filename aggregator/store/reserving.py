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


def due(connection: Connection, source_ids: Collection[str], before: datetime) -> dict[str, tuple[Signal, ...]]:
    """Of these sources those whose host was not asked since `before`, each with what its feed says."""
    s, found = t.source.c, dict[str, tuple[Signal, ...]]()
    for part in chunks(sorted(source_ids)):
        waits = or_(s.host_asked.is_(None), s.host_asked <= before)
        rows = connection.execute(select(s.id, s.signals).where(s.id.in_(part), waits).order_by(s.id))
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
