"""Polls that found no way out → no source is blamed where it is our own network that fails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, delete, select, update

from aggregator.errors import Trouble
from aggregator.model import Poll, Schedule
from aggregator.outage import WINDOW, Attempt, is_ours, resume, silence
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.polls import record, requests_of
from aggregator.store.problems import OUR_OWN, OUTAGE, note_problem, outage

_WHY = "our own network is out of reach: tried again when it may be back"
_EVIDENCE = "nothing that we poll can be reached"
_KEPT = ("health", "since", "evidence", "failures", "error", "failing_since")
_TIMES = ("since", "failing_since")
_MOST = 500


def record_unreachable(connection: Connection, before: Schedule, after: Schedule, poll: Poll) -> None:
    """What came of a poll that found no way out. Where others found none either, every source is as it was before."""
    record(connection, after, poll)
    silent = silence(_attempts(connection, poll.finished), poll.finished)
    first = min((attempt.at for attempt in silent), default=poll.finished)
    _remember(connection, before, poll, first)
    going_on = outage(connection) is not None
    if not going_on and not is_ours(_with_before(connection, silent), hosts=_hosts(connection)):
        return
    note_problem(connection, OUR_OWN, OUTAGE, _EVIDENCE, first if not going_on else poll.finished)
    _spare(connection, {poll.source_id} if going_on else {attempt.source_id for attempt in silent}, poll.finished)


def _attempts(connection: Connection, now: datetime) -> list[Attempt]:
    p, s = t.poll.c, t.schedule.c
    query = (
        select(p.source_id, p.finished, p.status, p.outcome, p.trouble, p.requests, s.last_success)
        .outerjoin(t.schedule, s.source_id == p.source_id)
        .where(p.started >= now - WINDOW - timedelta(minutes=2))
        .order_by(p.started.desc(), p.id.desc())
        .limit(_MOST)
    )
    return [_attempt(row) for row in connection.execute(query).mappings()]


def _attempt(row: RowMapping) -> Attempt:
    requests = requests_of(row["requests"])
    return Attempt(
        source_id=row["source_id"],
        host=requests[-1].host if requests else row["source_id"],
        at=row["finished"],
        answered=row["status"] is not None,
        trouble=Trouble(row["trouble"]) if row["trouble"] else None,
        known=row["last_success"] is not None,
    )


def _with_before(connection: Connection, silent: Sequence[Attempt]) -> list[Attempt]:
    """With what each source was before it fell silent."""
    c = t.schedule.c
    rows: dict[str, Any] = {}
    for part in chunks({attempt.source_id for attempt in silent}):
        rows |= dict(connection.execute(select(c.source_id, c.before_outage).where(c.source_id.in_(part))).all())
    failing = {id for id, kept in rows.items() if kept and kept["failing_since"] is not None}
    return [
        Attempt(source_id=one.source_id, host=one.host, at=one.at, answered=False, failing=one.source_id in failing)
        for one in silent
    ]


def _remember(connection: Connection, before: Schedule, poll: Poll, first: datetime) -> None:
    """Keep how the source was before the first of these failures."""
    here = t.schedule.c.source_id == poll.source_id
    held = connection.execute(select(t.schedule.c.before_outage).where(here)).scalar()
    if held and held["at"] >= first.timestamp():
        return
    kept: dict[str, Any] = {"at": poll.finished.timestamp(), "health": before.health.value}
    kept |= {name: getattr(before, name) for name in ("since", "evidence", "failures", "error")}
    kept["failing_since"] = before.vitals.failing_since
    kept |= {name: kept[name] and kept[name].isoformat() for name in _TIMES}
    connection.execute(update(t.schedule).where(here).values(before_outage=kept))


def _hosts(connection: Connection) -> int:
    c = t.source.c
    urls = connection.execute(select(c.url).where(c.configured, c.enabled, ~c.withdrawn)).scalars()
    return len({urlsplit(url).hostname for url in urls})


def _spare(connection: Connection, sources: Collection[str], now: datetime) -> None:
    """Every one of `sources` is as it was, and is tried again, each at its own time."""
    c, p = t.schedule.c, t.problem.c
    for part in chunks(sorted(sources)):
        held = list(connection.execute(select(c.source_id, c.before_outage).where(c.source_id.in_(part))).all())
        for source_id, kept in held:
            if not kept:
                continue
            values = {name: kept[name] for name in _KEPT}
            values |= {name: kept[name] and datetime.fromisoformat(kept[name]) for name in _TIMES}
            connection.execute(
                update(t.schedule)
                .where(c.source_id == source_id)
                .values(**values, next_poll=resume(source_id, now), why=_WHY)
            )
            began = datetime.fromtimestamp(kept["at"], now.tzinfo)
            here = p.source_id == source_id
            connection.execute(delete(t.problem).where(here, p.began >= began))
            connection.execute(update(t.problem).where(here, p.ended >= began).values(ended=None, updated=p.began))
