"""What is wrong → a log of problems: one entry from its beginning to its end, changed only when what we know of it changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, delete, insert, or_, select, update

from aggregator.health.judging import is_problem
from aggregator.model import Health
from aggregator.store import tables as t
from aggregator.store.mapping import chunks, storable
from aggregator.store.prepared import prepared
from aggregator.store.records.sources import ProblemRecord

_KEPT = timedelta(days=90)
# The entry of our own network: it is nobody's source.
OUR_OWN, OUTAGE = "", "outage"
# That of the hub that we tell of news; no source has such an id.
PINGS, UNREACHABLE, REFUSED = ":pings", "unreachable", "refused"
# That of our own hub's deliveries.
DELIVERIES, GIVEN_UP = ":deliveries", "given up"


def note(connection: Connection, source_id: str, health: Health, evidence: str, now: datetime) -> str | None:
    """The health of a source as it is now: a problem begins, goes on or ends. The word of the one that ended."""
    return note_problem(connection, source_id, health.value if is_problem(health) else None, evidence, now)


def note_problem(connection: Connection, source_id: str, word: str | None, evidence: str, now: datetime) -> str | None:
    """What is wrong with a source in a word, None for nothing. A problem of another word ends, and one begins."""
    c = t.problem.c
    held = _open(connection, source_id)
    evidence = storable(evidence)
    if held and held["health"] == word:
        if held["evidence"] != evidence:
            connection.execute(update(t.problem).where(c.id == held["id"]).values(evidence=evidence, updated=now))
        return None
    if held:
        connection.execute(update(t.problem).where(c.id == held["id"]).values(ended=now, updated=now))
    if word:
        row: dict[str, Any] = {"source_id": source_id, "health": word, "evidence": evidence}
        connection.execute(insert(t.problem).values(**row, began=now, updated=now))
    return held["health"] if held else None


def end_problems(connection: Connection, polled: Collection[str], now: datetime) -> None:
    """End the problems of every source that is not polled any more."""
    c = t.problem.c
    going_on = select(c.id, c.source_id).where(c.ended.is_(None), c.source_id.not_in([OUR_OWN, PINGS, DELIVERIES]))
    over = [id for id, source_id in connection.execute(going_on) if source_id not in polled]
    for part in chunks(over):
        connection.execute(update(t.problem).where(c.id.in_(part)).values(ended=now, updated=now))


def is_open(connection: Connection, source_id: str) -> bool:
    """Whether something is wrong."""
    return _open(connection, source_id) is not None


def _open(connection: Connection, source_id: str) -> RowMapping | None:
    return connection.execute(*_last_open(source_id=source_id)).mappings().first()


@prepared
def _last_open(source_id: Any) -> Executable:
    c = t.problem.c
    return select(t.problem).where(c.source_id == source_id, c.ended.is_(None)).order_by(c.id.desc()).limit(1)


def problems(connection: Connection, *, limit: int, private: bool) -> tuple[ProblemRecord, ...]:
    """The latest problems, those that go on and those that ended, newest first; of private sources only if asked for."""
    c = t.problem.c
    query = (
        select(t.problem)
        .outerjoin(t.source, t.source.c.id == c.source_id)
        .order_by(c.began.desc(), c.id.desc())
        .limit(limit)
    )
    if not private:
        query = query.where(or_(t.source.c.id.is_(None), ~t.source.c.private))
    return tuple(_record(row) for row in connection.execute(query).mappings())


def _record(row: RowMapping) -> ProblemRecord:
    names = ("id", "source_id", "health", "evidence", "began", "updated", "ended")
    return ProblemRecord(**{name: row[name] for name in names})


def end_outage(connection: Connection, now: datetime) -> None:
    """Somebody answered: our own network is there."""
    connection.execute(*_end(source_id=OUR_OWN, now=now))


@prepared
def _end(source_id: Any, now: Any) -> Executable:
    c = t.problem.c
    return update(t.problem).where(c.source_id == source_id, c.ended.is_(None)).values(ended=now, updated=now)


def outage(connection: Connection) -> ProblemRecord | None:
    """Our own network's trouble, while it lasts."""
    row = _open(connection, OUR_OWN)
    return _record(row) if row else None


def prune_problems(connection: Connection, now: datetime) -> int:
    """Forget what ended longer ago than 90 days."""
    c = t.problem.c
    return connection.execute(delete(t.problem).where(c.ended.is_not(None), c.ended < now - _KEPT)).rowcount
