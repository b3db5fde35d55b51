"""Sightings by those who pass on what others published: other instances, other aggregators, a feed of our own that we poll.

What we hold from its own source is not touched by them: it gets no second source that would widen its rights or keep it for ever,
no other words and no other places. What we know through them alone gives way to its own source.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, select, update

from aggregator.model import Sighting, Verdict
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.prepared import prepared
from aggregator.store.records.sources import Batch
from aggregator.store.visibility import recompute


def own(connection: Connection, batch: Batch, verdicts: Sequence[Verdict], fresh: Collection[str]) -> dict[str, int]:
    """The keys of held articles by their ids, but for those that the batch's source only passes on; what was purged has none,
    and stays away, as does what was withdrawn."""
    direct = {verdict.id for verdict in verdicts if not verdict.sighting.relayed}
    found: dict[str, int] = {}
    for part in chunks({verdict.id for verdict in verdicts} - set(fresh)):
        rows = connection.execute(*_unruled(ids=part))
        found |= {id: key for id, key, source_id in rows if id in direct or source_id == batch.source.id}
    return found


def settle(
    connection: Connection,
    batch: Batch,
    new: Mapping[int, Sighting],
    held: Mapping[int, Sighting],
    now: datetime,
) -> None:
    """What is new and passed on is no more open than its own source; what was passed on and is told now by its own outlet is
    attributed to that."""
    recompute(connection, [key for key, sighting in new.items() if sighting.origin], now)
    direct = [key for key, sighting in held.items() if not sighting.relayed]
    for part in chunks(direct):
        connection.execute(*_attributed(keys=part, source_id=batch.source.id))


@prepared
def _unruled(ids: Any) -> Executable:
    c = t.article.c
    return select(c.id, c.key, c.source_id).where(c.id.in_(ids), c.ruling.is_(None))


@prepared
def _attributed(keys: Any, source_id: Any) -> Executable:
    c = t.article.c
    return update(t.article).where(c.key.in_(keys), c.relayed.is_not(None)).values(relayed=None, source_id=source_id)
