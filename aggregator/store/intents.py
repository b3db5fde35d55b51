"""What was asked of our hub and is not confirmed yet: one intent at a time for each callback and topic, the latest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, tuple_, update

from aggregator.model import Intent, Mode
from aggregator.store import tables as t
from aggregator.store.engine import one_writer
from aggregator.store.mapping import chunks
from aggregator.store.subscriptions import Row, topic_of

_NAMES = ("callback", "secret", "told", "reason", "asked", "attempts")

_NO_PAUSE = timedelta(hours=1)


def ask(connection: Connection, intent: Intent, *, most: int, most_for_host: int) -> bool:
    """Take an intent in, in place of an earlier one; False where there are too many subscriptions, or of this host."""
    one_writer(connection)
    if not is_known(connection, intent.id):
        host = intent.host
        if _count(connection) >= most or _count(connection, host) >= most_for_host:
            return False
    _put(connection, intent, intent.asked)
    return True


def is_known(connection: Connection, id: str) -> bool:
    """Whether there is a subscription, or somebody asked for it."""
    return any(
        connection.execute(select(table.c.id).where(table.c.id == id)).scalar() for table in (t.subscription, t.intent)
    )


def _count(connection: Connection, host: str | None = None) -> int:
    count = 0
    for table in (t.subscription, t.intent):
        query = select(func.count()).select_from(table)
        count += connection.execute(query if host is None else query.where(table.c.host == host)).scalar_one()
    return count


def _put(connection: Connection, intent: Intent, due: datetime) -> None:
    topic, values = intent.topic, {name: getattr(intent, name) for name in _NAMES}
    values |= {"mode": intent.mode.value, "kind": topic.kind.value, "slug": topic.slug, "format": topic.format}
    values |= {"lease_seconds": int(intent.lease.total_seconds()), "due": due, "host": intent.host}
    connection.execute(delete(t.intent).where(t.intent.c.id == intent.id))
    connection.execute(insert(t.intent).values(id=intent.id, **values))


def due(connection: Connection, now: datetime, limit: int) -> tuple[Intent, ...]:
    """Intents whose callbacks are to be asked or told now."""
    i = t.intent.c
    query = select(t.intent).where(_is_due(now)).order_by(i.due, i.id).limit(limit)
    return tuple(map(_intent, connection.execute(query).mappings()))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Nothing waits for longer than minutes: a clock that ran ahead is not waited for."""
    due = t.intent.c.due
    return or_(due <= now, due > now + _NO_PAUSE)


def _intent(row: Row) -> Intent:
    values = {name: row[name] for name in _NAMES}
    lease = timedelta(seconds=row["lease_seconds"])
    return Intent(mode=Mode(row["mode"]), topic=topic_of(row), lease=lease, **values)


def claim(connection: Connection, found: Iterable[Intent], now: datetime, until: datetime) -> frozenset[str]:
    """The ids of those that are ours to see to `until`: nobody else took them, or asked for something else, meanwhile."""
    i, claimed = t.intent.c, set[str]()
    for part in chunks(found):
        asked = tuple_(i.id, i.asked).in_([(one.id, one.asked) for one in part])
        taken = update(t.intent).where(asked, _is_due(now)).values(due=until).returning(i.id)
        claimed.update(connection.execute(taken).scalars())
    return frozenset(claimed)


def confirm(connection: Connection, intent: Intent, now: datetime) -> bool:
    """The callback means it; False where something else was asked for it meanwhile."""
    if not _take(connection, intent):
        return False
    s = t.subscription.c
    if intent.mode is Mode.UNSUBSCRIBE:
        connection.execute(delete(t.subscription).where(s.id == intent.id))
        return True
    terms: dict[str, Any] = {"secret": intent.secret, "until": now + intent.lease, "due": now}
    terms |= {"skipped": "", "failures": 0, "failing_since": None, "error": ""}
    # Who renews in time has what he was told last; whoever comes anew has what there was when he asked.
    renewed = update(t.subscription).where(s.id == intent.id, s.until > now).values(terms)
    if not connection.execute(renewed).rowcount:
        connection.execute(delete(t.subscription).where(s.id == intent.id))
        topic = intent.topic
        who = {"kind": topic.kind.value, "slug": topic.slug, "format": topic.format, "callback": intent.callback}
        who |= {"id": intent.id, "host": intent.host, "told": intent.told}
        connection.execute(insert(t.subscription).values(**who, **terms, since=now))
    return True


def ask_again(connection: Connection, intent: Intent, at: datetime) -> None:
    """The callback could not be reached; it is asked again `at` that time."""
    i = t.intent.c
    here = (i.id == intent.id, i.asked == intent.asked)
    connection.execute(update(t.intent).where(*here).values(due=at, attempts=intent.attempts + 1))


def refuse(connection: Connection, intent: Intent, reason: str, now: datetime) -> None:
    """Nothing comes of it; with a `reason` the callback is told so."""
    if _take(connection, intent) and reason:
        told = replace(intent, mode=Mode.DENIED, reason=reason, attempts=0, secret=None, asked=now)
        _put(connection, told, now)


def _take(connection: Connection, intent: Intent) -> bool:
    i = t.intent.c
    return connection.execute(delete(t.intent).where(i.id == intent.id, i.asked == intent.asked)).rowcount > 0
