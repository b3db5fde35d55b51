"""Leases at outlets' hubs and their pushes: each change is a pure rule, applied to the row within one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from aggregator.etiquette import leases as rules
from aggregator.model import Health, HubLease, Push, Schedule
from aggregator.store import tables as t
from aggregator.store.claims import free
from aggregator.store.engine import one_writer
from aggregator.store.lease_rows import lease_columns, lease_of, wanted_of
from aggregator.store.mapping import storable
from aggregator.store.polls import schedule_of
from aggregator.store.visits import keep_unfinished, unfinished

Rule = Callable[[HubLease], HubLease | None]
# What one lease may have waiting to be read: a hub that floods us is told to come later.
_MOST_WAITING = 20
_FLOOR = timedelta(minutes=5)


def leases(connection: Connection) -> tuple[HubLease, ...]:
    """All of them, by source and then by what is not wanted any more."""
    c = t.hub_lease.c
    rows = connection.execute(select(t.hub_lease).order_by(c.source_id, c.leaving, c.id)).mappings()
    return tuple(lease_of(row) for row in rows)


def lease(connection: Connection, id: str) -> HubLease | None:
    row = connection.execute(select(t.hub_lease).where(t.hub_lease.c.id == id)).mappings().first()
    return lease_of(row) if row else None


def stated_hubs(connection: Connection) -> dict[str, tuple[tuple[str, ...], str]]:
    """The hubs and the topic that the last document of each source that is polled stated."""
    c = t.source.c
    query = (
        select(c.id, c.hubs, c.topic)
        .join(t.schedule, t.schedule.c.source_id == c.id)
        .where(c.configured, c.enabled, ~c.withdrawn, c.topic.is_not(None))
        .where(t.schedule.c.health != Health.GONE.value)
    )
    return {id: (tuple(hubs), topic) for id, hubs, topic in connection.execute(query) if hubs}


def add(connection: Connection, lease: HubLease) -> bool:
    """A new lease; False where its source has one already, which another process was quicker to want."""
    one_writer(connection)
    if wanted_of(connection, lease.source_id) is not None:
        return False
    connection.execute(insert(t.hub_lease).values(lease_columns(lease)))
    return True


def change(connection: Connection, id: str, rule: Rule) -> HubLease | None:
    """Apply a rule to the lease as it is now; None where there is none, or the rule says so: nothing was changed then."""
    row = connection.execute(select(t.hub_lease).where(t.hub_lease.c.id == id).with_for_update()).mappings().first()
    after = rule(lease_of(row)) if row else None
    if after is None:
        return None
    here = t.hub_lease.c.id == id
    if after.left:
        connection.execute(delete(t.hub_lease).where(here))
    else:
        connection.execute(update(t.hub_lease).where(here).values(lease_columns(after)))
    return after


def lapse(connection: Connection, id: str, now: datetime) -> HubLease | None:
    """End a lease that ran out; its source is asked at once for what may have been missed."""
    over = change(connection, id, lambda held: rules.lapsed(held, now))
    if over is not None:
        hint(connection, over.source_id, now, "the lease of its hub ended: asked for what it may have missed")
    return over


def put_off(connection: Connection, hub: str, until: datetime) -> None:
    """A hub that fails is left alone by all leases there."""
    c = t.hub_lease.c
    connection.execute(update(t.hub_lease).where(c.hub == hub, c.next_try < until).values(next_try=until))


def hint(connection: Connection, source_id: str, at: datetime, why: str, gap: timedelta = _FLOOR) -> None:
    """Poll a source at `at`, but no sooner than `gap` after the last poll, if it would be later; what its server forbade stays
    forbidden."""
    c = t.schedule.c
    last = connection.execute(select(c.last_poll).where(c.source_id == source_id)).scalar()
    soonest = at if last is None else max(at, last + gap)
    here = (c.source_id == source_id, c.next_poll > soonest)
    connection.execute(update(t.schedule).where(*here).values(next_poll=soonest, why=storable(why)))


def take(
    connection: Connection, id: str, *, digest: str, content_type: str, body: bytes, now: datetime
) -> tuple[bool, bool]:
    """Keep an authentic push until it is read: whether it is new, and whether there was room for it."""
    c, p = t.hub_lease.c, t.hub_push.c
    row = connection.execute(select(t.hub_lease).where(c.id == id).with_for_update()).mappings().first()
    after = rules.came(lease_of(row), digest, now) if row else None
    if after is None:
        return False, True
    waiting = connection.execute(select(func.count()).select_from(t.hub_push).where(p.lease_id == id)).scalar_one()
    if waiting >= _MOST_WAITING:
        return True, False
    connection.execute(update(t.hub_lease).where(c.id == id).values(lease_columns(after)))
    kept: dict[str, Any] = {"lease_id": id, "source_id": after.source_id, "received": now}
    kept |= {"content_type": storable(content_type)[:200], "body": zlib.compress(body, 1)}
    connection.execute(insert(t.hub_push).values(kept))
    return True, True


def pushed(connection: Connection, now: datetime) -> tuple[str, ...]:
    """The sources of which a push waits to be read, and which nobody polls now, the longest waiting first."""
    p, c = t.hub_push.c, t.source.c
    query = (
        select(p.source_id)
        .join(t.source, c.id == p.source_id)
        .join(t.schedule, t.schedule.c.source_id == p.source_id)
        .where(c.configured, c.enabled, ~c.withdrawn, free(now))
        .group_by(p.source_id)
        .order_by(func.min(p.number))
    )
    return tuple(connection.execute(query).scalars())


def claim_push(
    connection: Connection, source_id: str, *, owner: str, now: datetime, lease: timedelta
) -> tuple[Schedule, Push] | None:
    """Take a source and the first of its pushes; None where there is none, or somebody else has the source. What its server
    said of polls does not matter: nothing is asked of it."""
    p, c = t.hub_push.c, t.schedule.c
    first = select(t.hub_push).where(p.source_id == source_id).order_by(p.number).limit(1)
    row = connection.execute(first).mappings().first()
    if row is None:
        return None
    mine = update(t.schedule).where(c.source_id == source_id, free(now))
    if connection.execute(mine.values(lease_owner=owner, lease_until=now + lease)).rowcount != 1:
        return None
    if (poll := connection.execute(unfinished().where(c.source_id == source_id)).first()) is not None:
        keep_unfinished(connection, poll)
    schedule = connection.execute(select(t.schedule).where(c.source_id == source_id)).mappings().one()
    return schedule_of(schedule, wanted_of(connection, source_id)), _push(row)


def forget_push(connection: Connection, push: Push, now: datetime, gap: timedelta, error: str | None) -> None:
    """A push that brought nothing. With an `error` its news is polled for, a `gap` after the last poll at the soonest: nothing
    that was accepted is lost."""
    done_with(connection, push.number)
    c = t.schedule.c
    here = c.source_id == push.source_id
    connection.execute(update(t.schedule).where(here).values(asked=None, lease_owner=None, lease_until=None))
    if error is not None:
        why = f"its hub pushed what cannot be read: {error}"
        hint(connection, push.source_id, now, why, max(gap, _FLOOR))


def done_with(connection: Connection, number: int) -> None:
    """A push was read."""
    connection.execute(delete(t.hub_push).where(t.hub_push.c.number == number))


def prune_pushes(connection: Connection, before: datetime) -> None:
    """Forget what was pushed for sources that are polled no longer."""
    polled = select(t.source.c.id).where(t.source.c.configured, t.source.c.enabled, ~t.source.c.withdrawn)
    p = t.hub_push.c
    connection.execute(delete(t.hub_push).where(p.received < before, p.source_id.not_in(polled)))


def _push(row: RowMapping) -> Push:
    names = ("number", "lease_id", "source_id", "received", "content_type")
    return Push(**{name: row[name] for name in names}, body=zlib.decompress(row["body"]))
