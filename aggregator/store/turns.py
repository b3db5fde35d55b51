"""Hosts → whose turn it is to ask them: one poller at a time of all that share the database, with a pause between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Executable, delete, func, or_, select, update

from aggregator.model import HostTurn
from aggregator.store import tables as t
from aggregator.store.engine import INSERTS
from aggregator.store.prepared import prepared

# Whoever asks renews it; when its process dies, others may ask a minute later.
HELD = timedelta(seconds=60)
# Of a host that another asks nobody knows how soon that is over.
_LOOK_AGAIN = timedelta(seconds=0.5)
# No pause between two requests is as long: a clock that ran ahead wrote it.
_NO_PAUSE, _NO_PENALTY = timedelta(hours=1), timedelta(days=32)
_KEPT = timedelta(days=1)


def take(connection: Connection, hosts: Sequence[str], *, owner: str, now: datetime) -> HostTurn:
    """Take all of `hosts` for a request, or none: how long to wait then. A host that asked us to wait is not taken."""
    now = _clock(connection, now)
    said = connection.execute(*_said(hosts=list(hosts))).all()
    limited = any(row.limited for row in said)
    pauses = [row.paused_until for row in said if row.paused_until and now < row.paused_until < now + _NO_PENALTY]
    if pauses:
        return HostTurn(paused_until=max(pauses), limited=limited)
    for number, host in enumerate(hosts):
        if not _took(connection, host, owner, now):
            _give_back(connection, hosts[:number], owner)
            return HostTurn(wait=_wait(connection, host, now), limited=limited)
    return HostTurn(limited=limited)


def leave(connection: Connection, hosts: Sequence[str], *, owner: str, now: datetime, pause: timedelta) -> None:
    """The request is over: others may ask these hosts after a `pause`."""
    connection.execute(*_left(hosts=list(hosts), owner=owner, free_at=_clock(connection, now) + pause))


def renew(connection: Connection, owner: str, now: datetime) -> None:
    """A poller that lives keeps the hosts that it asks."""
    c = t.host_turn.c
    mine = update(t.host_turn).where(c.owner == owner, c.until.is_not(None))
    connection.execute(mine.values(until=_clock(connection, now) + HELD))


def forget(connection: Connection, now: datetime) -> None:
    """Turns that were over long ago."""
    c = t.host_turn.c
    over = or_(c.until.is_(None), c.until < now - _KEPT)
    connection.execute(delete(t.host_turn).where(c.free_at < now - _KEPT, over))


def _took(connection: Connection, host: str, owner: str, now: datetime) -> bool:
    """Its last owner keeps the pauses by himself, exactly; others go by what is written here."""
    values = {"host": host, "owner": owner, "now": now, "until": now + HELD, "far": now + _NO_PAUSE}
    return connection.execute(*_TAKEN[connection.dialect.name](**values)).first() is not None


def _taken(insert: Any, host: Any, owner: Any, now: Any, until: Any, far: Any) -> Executable:
    c = t.host_turn.c
    free = or_(c.free_at <= now, c.free_at > far)
    idle = or_(c.until.is_(None), c.until <= now, c.until > far)
    values = {"host": host, "owner": owner, "until": until, "free_at": now}
    changes = {"owner": owner, "until": until}
    taken: Executable = (
        insert(t.host_turn)
        .values(values)
        .on_conflict_do_update(index_elements=[c.host], set_=changes, where=or_(c.owner == owner, free & idle))
        .returning(c.host)
    )
    return taken


_TAKEN = {dialect: prepared(partial(_taken, insert)) for dialect, insert in INSERTS.items()}


@prepared
def _said(hosts: Any) -> Executable:
    return select(t.host.c.paused_until, t.host.c.limited).where(t.host.c.host.in_(hosts))


@prepared
def _left(hosts: Any, owner: Any, free_at: Any) -> Executable:
    c = t.host_turn.c
    return update(t.host_turn).where(c.host.in_(hosts), c.owner == owner).values(until=None, free_at=free_at)


def _give_back(connection: Connection, hosts: Sequence[str], owner: str) -> None:
    c = t.host_turn.c
    connection.execute(update(t.host_turn).where(c.host.in_(hosts), c.owner == owner).values(until=None))


def _wait(connection: Connection, host: str, now: datetime) -> timedelta:
    c = t.host_turn.c
    row = connection.execute(select(c.until, c.free_at).where(c.host == host)).one()
    until: datetime | None = row.until
    free_at: datetime = row.free_at
    wait = min(until - now, _LOOK_AGAIN) if until is not None and now < until else free_at - now
    return max(wait, timedelta(milliseconds=1))


def _clock(connection: Connection, now: datetime) -> datetime:
    """The database's own clock where several machines have to agree on seconds; `now` where there is one."""
    if connection.dialect.name != "postgresql":
        return now
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)
