"""Hosts that asked us to wait: what is remembered of them, and the sources that wait with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from aggregator.etiquette.servers import refused
from aggregator.model import HostPenalty, Refusal
from aggregator.store import tables as t
from aggregator.store.mapping import chunks

_FIELDS = ("host", "address", "at", "limited", "pauses", "paused_until")
# A host that has not refused us for so long starts anew.
_REMEMBERED = timedelta(days=30)
# Sources that waited together do not come back together.
_LONGEST_SPREAD = timedelta(minutes=10)


def keep_refusal(connection: Connection, refusal: Refusal, siblings: Iterable[str]) -> None:
    """Remember a 429 or 503; when it spoke for its whole host, `siblings` (all sources there) wait too."""
    c = t.host.c
    row = connection.execute(select(t.host).where(c.host == refusal.host)).mappings().first()
    penalty = refused(_penalty(row) if row else None, refusal)
    values = {name: getattr(penalty, name) for name in _FIELDS}
    if row is None:
        connection.execute(insert(t.host).values(values))
    else:
        connection.execute(update(t.host).where(c.host == refusal.host).values(values))
    if penalty.paused_until is not None:
        pause(connection, siblings, refusal.host, penalty.paused_until)


def limited_hosts(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Those that answered 429 within a month."""
    c = t.host.c
    return tuple(connection.execute(select(c.host).where(c.limited, c.at > now - _REMEMBERED)).scalars())


def paused_hosts(connection: Connection, now: datetime) -> frozenset[str]:
    """Those that asked us to wait."""
    return frozenset(connection.execute(select(t.host.c.host).where(t.host.c.paused_until > now)).scalars())


def spread_of(source_id: str) -> float:
    """0…1, ever the same for a source."""
    return int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:4], "big") / 2**32


def pause(connection: Connection, source_ids: Iterable[str], host: str, until: datetime) -> None:
    """These sources wait until their host may be asked again."""
    c = t.schedule.c
    for part in chunks(list(source_ids)):
        rows = connection.execute(select(c.source_id, c.next_poll, c.not_before).where(c.source_id.in_(part))).all()
        for source_id, next_poll, not_before in rows:
            back = until + spread_of(source_id) * _LONGEST_SPREAD
            values = {"not_before": max(until, not_before or until)}
            if next_poll < back:
                values |= {"next_poll": back, "why": f"{host} asked us to wait until {until:%Y-%m-%d %H:%M} UTC"}
            connection.execute(update(t.schedule).where(c.source_id == source_id).values(values))


def _penalty(row: RowMapping) -> HostPenalty:
    return HostPenalty(**{name: row[name] for name in _FIELDS})
