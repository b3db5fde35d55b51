"""Sources that are due, and whose poll each is: a claim is written down before the request goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, exists, func, or_, select, update

from aggregator.model import Health, Schedule
from aggregator.store import tables as t
from aggregator.store import turns
from aggregator.store.lease_rows import wanted_of
from aggregator.store.polls import schedule_of
from aggregator.store.prepared import prepared
from aggregator.store.visits import keep_unfinished, unfinished

# Clocks of several machines differ by less, and no lease is as long.
_SKEW = timedelta(hours=1)


def due(connection: Connection, now: datetime) -> tuple[str, ...]:
    """The sources to poll now, the longest due first."""
    return tuple(connection.execute(*_due(now=now, far=now + _SKEW)).scalars())


@prepared
def _due(now: Any, far: Any) -> Executable:
    c = t.schedule.c
    return (
        select(c.source_id)
        .join(t.source, t.source.c.id == c.source_id)
        .where(
            t.source.c.enabled,
            t.source.c.configured,
            c.health != Health.GONE.value,
            or_(c.next_poll <= now, _ahead(far)),
            *_may_be_asked(now, far),
        )
        .order_by(c.next_poll, c.source_id)
    )


def free(now: datetime) -> Any:
    """Nobody polls the source now."""
    return _free(now, now + _SKEW)


def _free(now: Any, far: Any) -> Any:
    c = t.schedule.c
    return or_(c.lease_until.is_(None), c.lease_until <= now, c.lease_until > far)


def _may_be_asked(now: Any, far: Any) -> list[Any]:
    c = t.schedule.c
    return [
        _free(now, far),
        or_(c.not_before.is_(None), c.not_before <= now, _ahead(far) & (c.not_before > far)),
    ]


def _ahead(far: Any) -> Any:
    """A clock that ran ahead planned this: its plans would keep a source waiting until the time that it thought it was."""
    return t.schedule.c.last_poll > far


def claim(
    connection: Connection,
    source_id: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    not_before: datetime,
    url: str | None = None,
) -> Schedule | None:
    """Take a source before the request goes out; None when somebody else has it, it must not be asked yet, or (where a `url` is
    given) its address is another by now."""
    unfinished = connection.execute(*_unfinished(source_id=source_id)).first()
    claimed = _claimed(
        source_id=source_id,
        url=url,
        owner=owner,
        now=now,
        far=now + _SKEW,
        lease_until=now + lease,
        not_before=not_before,
    )
    row = connection.execute(*claimed).mappings().first()
    if row is None:
        return None
    if unfinished is not None:
        keep_unfinished(connection, unfinished)
    return schedule_of(row, wanted_of(connection, source_id))


@prepared
def _unfinished(source_id: Any) -> Executable:
    query: Executable = unfinished().where(t.schedule.c.source_id == source_id).with_for_update(of=t.schedule)
    return query


@prepared
def _claimed(source_id: Any, url: Any, owner: Any, now: Any, far: Any, lease_until: Any, not_before: Any) -> Executable:
    s = t.source.c
    at_home = exists().where(s.id == source_id, s.url == func.coalesce(url, s.url))
    return (
        update(t.schedule)
        .where(t.schedule.c.source_id == source_id, at_home, *_may_be_asked(now, far))
        .values(lease_owner=owner, lease_until=lease_until, not_before=not_before, asked=now)
        .returning(*t.schedule.c)
    )


def renew(connection: Connection, source_id: str, *, owner: str, now: datetime, lease: timedelta) -> None:
    """A poll that runs keeps its source, unless somebody else has it by now, and its poller the hosts that it asks."""
    c, until = t.schedule.c, now + lease
    turns.renew(connection, owner, now)
    connection.execute(
        update(t.schedule).where(c.source_id == source_id, c.lease_owner == owner).values(lease_until=until)
    )


def unclaim(connection: Connection, source_id: str, *, owner: str) -> None:
    """A source that was claimed is asked no more, and what it was asked is logged."""
    c, over = t.schedule.c, {"lease_owner": None, "lease_until": None, "asked": None}
    connection.execute(update(t.schedule).where(c.source_id == source_id, c.lease_owner == owner).values(over))
