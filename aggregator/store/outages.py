"""Polls that found no way out → no source is blamed where it is our own network that fails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, delete, select, update

from aggregator.errors import Trouble
from aggregator.health.outage import HOSTS, WINDOW, Attempt, evidence, is_ours, resume, silence
from aggregator.model import Poll, Schedule
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.polls import record, requests_of
from aggregator.store.problems import OUR_OWN, OUTAGE, note_problem, outage

_WHY = "our own network is out of reach: tried again when it may be back"
_KEPT = ("health", "since", "evidence", "failures", "error", "failing_since")
_TIMES = ("since", "failing_since")
_MOST = 500


def record_unreachable(connection: Connection, before: Schedule, after: Schedule, poll: Poll) -> None:
    """What came of a poll that found no way out. Where others found none either, every source is as it was before."""
    if not record(connection, after, poll):
        return
    silent = silence(_attempts(connection, poll.finished), poll.finished)
    first = min((attempt.at for attempt in silent), default=poll.finished)
    _remember(connection, before, poll, first)
    going_on = outage(connection)
    if going_on:
        # A source of our own networks fails by itself: they are there without a way out.
        _spare(connection, {poll.source_id} & {attempt.source_id for attempt in silent}, poll.finished)
    elif is_ours(_with_before(connection, silent), hosts=_hosts(connection)):
        note_problem(connection, OUR_OWN, OUTAGE, evidence(silent), first)
        _spare(connection, {attempt.source_id for attempt in silent}, poll.finished)


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
        own=bool(requests) and requests[-1].own,
    )


def _with_before(connection: Connection, silent: Sequence[Attempt]) -> list[Attempt]:
    """With what each source was before it fell silent."""
    c = t.schedule.c
    rows: dict[str, Any] = {}
    for part in chunks({attempt.source_id for attempt in silent}):
        rows |= dict(connection.execute(select(c.source_id, c.before_outage).where(c.source_id.in_(part))).all())
    failing = {id for id, kept in rows.items() if kept and kept["failing_since"] is not None}
    return [replace(one, failing=one.source_id in failing) for one in silent]


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
    """How many hosts there are outside of our own networks, as far as it matters."""
    c, hosts = t.source.c, set[str | None]()
    for source_id, url in connection.execute(select(c.id, c.url).where(c.configured, c.enabled, ~c.withdrawn)).all():
        host = urlsplit(url).hostname
        if host not in hosts and not _is_own(connection, source_id):
            hosts.add(host)
        if len(hosts) >= HOSTS:
            break
    return len(hosts)


def _is_own(connection: Connection, source_id: str) -> bool:
    """Whether the last poll of a source went into our own networks."""
    p = t.poll.c
    latest = select(p.requests).where(p.source_id == source_id).order_by(p.started.desc()).limit(1)
    requests = requests_of(connection.execute(latest).scalar())
    return bool(requests) and requests[-1].own


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
