"""Addresses that asked us to wait before any source was taken up there → the schedules that such sources begin with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from aggregator.cadence.spans import time_words
from aggregator.model import Schedule, Source
from aggregator.store import tables as t
from aggregator.store.engine import insert_of
from aggregator.store.mapping import storable

# Nobody is waited for longer (fetching rule 14): a clock that ran ahead wrote it.
_NO_PAUSE = timedelta(days=32)


def pause_stranger(connection: Connection, source: Source, until: datetime, said: str) -> None:
    """The address of a source asked us to wait; `said` is the error with which it did, if it was one."""
    values = {"until": until, "said": storable(said)}
    put = insert_of(connection, t.stranger).values(address=_hashed(source), **values)
    connection.execute(put.on_conflict_do_update(index_elements=[t.stranger.c.address], set_=values))


def first_schedules(connection: Connection, sources: Iterable[Source], now: datetime) -> list[Schedule]:
    """Each is due at once, unless its address asked us to wait."""
    c = t.stranger.c
    query = select(c.address, c.until, c.said).where(c.until > now, c.until <= now + _NO_PAUSE)
    pauses = {row.address: row for row in connection.execute(query)}
    schedules = []
    for source in sources:
        schedule = Schedule(source_id=source.id, next_poll=now)
        if pause := pauses.get(_hashed(source)):
            schedule = Schedule(
                source_id=source.id,
                next_poll=pause.until,
                not_before=pause.until,
                retry_after=pause.until,
                why=f"the server asked to wait until {time_words(pause.until)}",
                error=pause.said or None,
                evidence=pause.said,
            )
        schedules.append(schedule)
    return schedules


def forget(connection: Connection, now: datetime) -> None:
    """Pauses that are over."""
    connection.execute(delete(t.stranger).where(t.stranger.c.until < now))


def _hashed(source: Source) -> str:
    """An address may hold a secret."""
    return hashlib.sha256(source.url.encode()).hexdigest()
