"""Pages and robots.txt: what went out for them, and what robots.txt files said."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Select, delete, insert, select

from aggregator.health.footprint import Footprint, footprints
from aggregator.model import Request, RobotsFile
from aggregator.store import tables as t
from aggregator.store.engine import insert_of
from aggregator.store.mapping import storable
from aggregator.store.polls import requests_of

_LOG = timedelta(days=30)
_AT_ONCE = 1_000


def keep_visit(connection: Connection, started: datetime, requests: Sequence[Request]) -> None:
    """Log the requests of a visit."""
    row = {"started": started, "requests": [asdict(request) for request in requests]}
    connection.execute(insert(t.visit).values(row))


def unfinished() -> Select[Any]:
    """When sources were asked of which no poll came to its end, and where: one is under way, or its process was killed."""
    s, c = t.source.c, t.schedule.c
    return select(c.asked, s.url, c.moved_to).join(t.source, s.id == c.source_id).where(c.asked.is_not(None))


def keep_unfinished(connection: Connection, row: Row[Any]) -> None:
    """Log what was asked in such a poll: the request went out, or was about to."""
    keep_visit(connection, row.asked, [_unanswered(row)])


def _unanswered(row: Row[Any]) -> Request:
    return Request(host=urlsplit(row.moved_to or row.url).hostname or "")


def seen_of_us(connection: Connection, since: datetime) -> tuple[Footprint, ...]:
    """What each host saw of us since then: a week of ten thousand sources is read as it is counted."""
    logs = []
    for table in (t.poll, t.visit):
        c = table.c
        query = select(c.started, c.requests).where(c.started >= since).order_by(c.started)
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
        logs.append((row.started, requests_of(row.requests)) for row in rows)
    c = t.schedule.c
    open_ones = connection.execute(unfinished().where(c.asked >= since).order_by(c.asked)).all()
    logs.append((row.asked, (_unanswered(row),)) for row in open_ones)
    return footprints(heapq.merge(*logs, key=lambda one: one[0]))


def robots_file(connection: Connection, origin: str) -> RobotsFile | None:
    """What an origin's robots.txt said last."""
    row = connection.execute(select(t.robots).where(t.robots.c.origin == origin)).mappings().first()
    return RobotsFile(text=row["text"], reason=row["reason"], until=row["until"]) if row else None


def keep_robots_file(connection: Connection, origin: str, file: RobotsFile) -> None:
    """In place of what it said before."""
    text = None if file.text is None else storable(file.text)
    said = {"text": text, "reason": storable(file.reason), "until": file.until}
    put = insert_of(connection, t.robots).values(origin=origin, **said)
    connection.execute(put.on_conflict_do_update(index_elements=[t.robots.c.origin], set_=said))


def forget(connection: Connection, now: datetime) -> None:
    """The log older than 30 days, and robots.txt files that hold no more."""
    connection.execute(delete(t.visit).where(t.visit.c.started < now - _LOG))
    connection.execute(delete(t.robots).where(t.robots.c.until < now))
