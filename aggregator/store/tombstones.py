"""What a channel carried and no longer has: withdrawn, merged into another, or taken back by its source, it seems."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, literal, not_, select

from aggregator.model import ChannelKind
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.records.articles import Suspected

# How long RFC 6721 entries are announced.
KEPT = timedelta(days=30)


def bury(connection: Connection, key: int, id: str, now: datetime) -> None:
    """Remember which channels carry an article, before it leaves them."""
    exhume(connection, [id])
    bury_all(connection, [key], now)


def bury_all(connection: Connection, keys: Collection[int], now: datetime, *, private: bool = True) -> None:
    """Remember which channels carry these articles, before they leave them; `private` ones too, unless these keep them. What is
    remembered already stays."""
    c, d, m, a = t.channel.c, t.tombstone.c, t.membership.c, t.article.c
    known = select(d.article_id).where(d.channel_id == m.channel_id, d.article_id == a.id).exists()
    leaving = select(m.channel_id, a.id, literal(now, d.at.type)).join(t.article, a.key == m.article_key)
    leaving = leaving.join(t.channel, c.id == m.channel_id).where(m.carried, not_(known))
    if not private:
        leaving = leaving.where(not_(c.private))
    for part in chunks(keys):
        names = ["channel_id", "article_id", "at"]
        connection.execute(insert(t.tombstone).from_select(names, leaving.where(m.article_key.in_(part))))


def exhume(connection: Connection, ids: Collection[str]) -> None:
    """Forget that articles left: they are restored."""
    connection.execute(delete(t.tombstone).where(t.tombstone.c.article_id.in_(ids)))


def exhume_all(connection: Connection, keys: Collection[int]) -> None:
    """As `exhume`, by keys."""
    for part in chunks(keys):
        ids = select(t.article.c.id).where(t.article.c.key.in_(part))
        connection.execute(delete(t.tombstone).where(t.tombstone.c.article_id.in_(ids)))


def forget_tombstones(connection: Connection, now: datetime) -> None:
    """Forget those that nobody is told of any more."""
    connection.execute(delete(t.tombstone).where(t.tombstone.c.at < now - KEPT))


def deleted(connection: Connection, kind: ChannelKind, slug: str, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """(article id, when) of what left a channel within 30 days or what its source seems to have taken back, the latest first."""
    c, d, m, a = t.channel.c, t.tombstone.c, t.membership.c, t.article.c
    here = select(c.id).where(c.kind == kind.value, c.slug == slug).scalar_subquery()
    left = connection.execute(select(d.article_id, d.at).where(d.channel_id == here, d.at >= now - KEPT)).all()
    doubted = select(a.id, a.suspected).join(t.membership, m.article_key == a.key)
    doubted = doubted.where(m.channel_id == here, m.carried, a.suspected >= now - KEPT)
    found: dict[str, datetime] = dict((*left, *connection.execute(doubted).all()))
    return tuple(sorted(found.items(), key=lambda one: (one[1], one[0]), reverse=True))


def suspected(connection: Connection, limit: int, id: str | None = None) -> tuple[Suspected, ...]:
    """What its source seems to have taken back and no operator has decided on, the latest first; or `id` if it is so."""
    a = t.article.c
    query = (
        select(a.id, a.title, a.outlet_id, a.url, a.suspected, a.suspicion)
        .where(a.suspected.is_not(None), a.ruling.is_(None))
        .order_by(a.suspected.desc(), a.key.desc())
        .limit(limit)
    )
    if id is not None:
        query = query.where(a.id == id)
    return tuple(
        Suspected(id=id, title=title, outlet=outlet, url=url, since=since, why=why or "")
        for id, title, outlet, url, since, why in connection.execute(query)
    )
