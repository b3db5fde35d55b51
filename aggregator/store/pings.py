"""What somebody else's hub has not been told of yet: follows from the versions of channels and the last it was told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, union_all, update

from aggregator.model import OutsideHub, Ping
from aggregator.store import tables as t
from aggregator.store.engine import one_writer
from aggregator.store.problems import PINGS, REFUSED, UNREACHABLE, note_problem
from aggregator.store.subscriptions import is_public, topic_of

# Failures in a row that are worth a problem.
_BLIP = 2
_NO_PAUSE = timedelta(hours=1)
_NAMES = ("url", "due", "failures", "since", "error", "told")


def hub(connection: Connection) -> OutsideHub | None:
    """How the hub is that we tell of news."""
    row = connection.execute(select(t.outside_hub)).mappings().first()
    return OutsideHub(**{name: row[name] for name in _NAMES}) if row else None


def use(connection: Connection, url: str | None, formats: Collection[str], now: datetime) -> None:
    """Tell the hub at `url` from now on, none where that is None. What there is already is no news to it."""
    one_writer(connection)
    held = hub(connection)
    if (held.url if held else None) == url:
        return
    connection.execute(delete(t.ping))
    connection.execute(delete(t.outside_hub))
    note_problem(connection, PINGS, None, "", now)
    if url is None:
        return
    connection.execute(insert(t.outside_hub).values(id=1, url=url, due=now, failures=0, error=""))
    c = t.channel.c
    for format in formats:
        there = select(c.id, literal(format), c.version, literal("")).where(is_public())
        connection.execute(insert(t.ping).from_select(["channel_id", "format", "version", "error"], there))


def due(connection: Connection, formats: Collection[str], told_before: datetime, limit: int) -> tuple[Ping, ...]:
    """Topics that changed since the hub was told of them, unless that was later than `told_before`."""
    c, p = t.channel.c, t.ping.c
    named = union_all(*(select(literal(format).label("format")) for format in formats)).subquery("formats")
    query = (
        select(c.kind, c.slug, c.version, named.c.format)
        .select_from(t.channel.join(named, literal(True)))
        .outerjoin(t.ping, and_(p.channel_id == c.id, p.format == named.c.format))
        .where(is_public(), func.coalesce(p.version, 0) < c.version)
        .where(_is_free(told_before))
        .order_by(p.at, c.changed, c.id, named.c.format)
        .limit(limit)
    )
    return tuple(Ping(topic=topic_of(row), version=row["version"]) for row in connection.execute(query).mappings())


def _is_free(told_before: datetime) -> ColumnElement[bool]:
    """Not told since then; a clock that ran ahead is not waited for."""
    at = t.ping.c.at
    return or_(at.is_(None), at <= told_before, at > told_before + _NO_PAUSE)


def claim(connection: Connection, ping: Ping, told_before: datetime, now: datetime) -> bool:
    """Whether a ping is ours to send: nobody told the hub meanwhile. Others wait as if it had been sent."""
    one_writer(connection)
    id, p = _channel_id(connection, ping), t.ping.c
    if id is None:
        return False
    here = (p.channel_id == id, p.format == ping.topic.format)
    if connection.execute(select(p.version).where(*here)).scalar() is None:
        values = {"channel_id": id, "format": ping.topic.format, "version": 0, "error": ""}
        connection.execute(insert(t.ping).values(values))
    free = (*here, _is_free(told_before), p.version < ping.version)
    return connection.execute(update(t.ping).where(*free).values(at=now)).rowcount > 0


def settle(connection: Connection, ping: Ping, held: OutsideHub, *, told: bool, error: str, now: datetime) -> None:
    """What became of a ping: `told`, or to be sent again; and how the hub is."""
    id, p = _channel_id(connection, ping), t.ping.c
    values = {"at": now, "error": error} | ({"version": ping.version} if told else {})
    here = (p.channel_id == id, p.format == ping.topic.format)
    connection.execute(update(t.ping).where(*here).values(values))
    _note(connection, held, error if told else "", now)
    o = t.outside_hub.c
    connection.execute(
        update(t.outside_hub).where(o.url == held.url).values({name: getattr(held, name) for name in _NAMES})
    )


def _note(connection: Connection, held: OutsideHub, refused: str, now: datetime) -> None:
    """A hub that does not answer twice in a row, or that takes nothing, is a problem for operators to see."""
    if held.failures == 0 or held.failures >= _BLIP:
        word = UNREACHABLE if held.failures else REFUSED if refused else None
        note_problem(connection, PINGS, word, f"{held.url}: {held.error or refused}" if word else "", now)


def waiting(connection: Connection, formats: Collection[str]) -> int:
    """How many topics the hub has not been told of."""
    c, p = t.channel.c, t.ping.c
    told = select(func.count()).select_from(t.ping).join(t.channel, c.id == p.channel_id).where(p.version >= c.version)
    topics = select(func.count()).select_from(t.channel).where(is_public())
    public = told.where(is_public())
    return max(0, connection.execute(topics).scalar_one() * len(formats) - connection.execute(public).scalar_one())


def _channel_id(connection: Connection, ping: Ping) -> int | None:
    c = t.channel.c
    here = (c.kind == ping.topic.kind.value, c.slug == ping.topic.slug)
    return connection.execute(select(c.id).where(*here)).scalar()
