"""New articles → their order keys: after all that others stored meanwhile, each its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from aggregator.model import listed_of, order_key
from aggregator.store import tables as t
from aggregator.store.mapping import chunks

# Between a poll's look at the clock and its commit others may commit that looked later.
_OVERTAKEN = timedelta(minutes=1)


def after_all(connection: Connection, now: datetime) -> datetime:
    """`now`, or a moment later where somebody who began later was sooner done: what is listed last stands first in every
    channel and beyond every archive page that a reader may have read. A clock that was wrong for longer is not followed."""
    newest = connection.execute(select(func.max(t.article.c.key))).scalar()
    last = now if newest is None else listed_of(newest) + timedelta(milliseconds=1)
    return last if now < last <= now + _OVERTAKEN else now


def part_keys(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Give every row a key of its own: those that collide step on."""
    taken = _taken(connection, [row["key"] for row in rows])
    for row in rows:
        attempt = 0
        while row["key"] in taken:
            attempt += 1
            row["key"] = order_key(row["listed"], row["id"], attempt=attempt)
            taken |= _taken(connection, [row["key"]])
        taken.add(row["key"])


def _taken(connection: Connection, keys: Sequence[int]) -> set[int]:
    taken: set[int] = set()
    for part in chunks(keys):
        taken.update(connection.execute(select(t.article.c.key).where(t.article.c.key.in_(part))).scalars())
    return taken
