"""Channels → what is read of them: their state, their articles, lists of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from aggregator.model import Article, ChannelKind, Order
from aggregator.store import tables as t
from aggregator.store.channels import is_there
from aggregator.store.loading import load_articles, with_mates
from aggregator.store.records.channels import ChannelState, Listing


def _row(connection: Connection, kind: ChannelKind, slug: str) -> RowMapping | None:
    query = select(t.channel).where(t.channel.c.kind == kind.value, t.channel.c.slug == slug)
    return connection.execute(query).mappings().first()


def channel(connection: Connection, kind: ChannelKind, slug: str) -> ChannelState | None:
    """A channel's state."""
    row = _row(connection, kind, slug)
    return state_of(row) if row else None


def state_of(row: RowMapping) -> ChannelState:
    """A row of the table `channel` as a value."""
    names = ("slug", "version", "changed", "size")
    flags: dict[str, Any] = {name: bool(row[name]) for name in ("removed", "configured", "private")}
    parts = {name: row[name] for name in names} | flags
    return ChannelState(kind=ChannelKind(row["kind"]), **parts, last_listed=row["latest"])


def articles(
    connection: Connection, kind: ChannelKind, slug: str, *, limit: int, before: int | None = None
) -> tuple[Article, ...]:
    """What a channel carries, newest first, after the article whose key is `before`; with story mates."""
    row = _row(connection, kind, slug)
    if row is None:
        return ()
    c = t.membership.c
    query = (
        select(c.article_key).where(c.channel_id == row["id"], c.carried).order_by(c.rank.desc(), c.article_key.desc())
    )
    if before is not None:
        query = query.where(c.rank < _rank(connection, row, before))
    return with_mates(connection, load_articles(connection, list(connection.execute(query.limit(limit)).scalars())))


def _rank(connection: Connection, row: RowMapping, key: int) -> int:
    """The rank of an article's key; they differ only in a channel by publication time."""
    if row["ordering"] == Order.LISTED.value:
        return key
    c = t.membership.c
    found = connection.execute(select(c.rank).where(c.channel_id == row["id"], c.article_key == key)).scalar()
    return key if found is None else int(found)


def story(connection: Connection, id: str) -> tuple[Article, ...]:
    """Every public telling of a story, oldest first; with story mates."""
    c = t.article.c
    query = select(c.key).where(c.story_id == id, c.visibility == "public").order_by(c.key)
    return with_mates(connection, load_articles(connection, list(connection.execute(query).scalars())))


def stories(connection: Connection, limit: int) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    """The stories that several articles tell, the last told first: (id, its public tellings, oldest first, with
    story mates)."""
    c, a = t.story.c, t.article.c
    ids = list(connection.execute(select(c.id).order_by(c.last_listed.desc(), c.id).limit(limit)).scalars())
    keys = select(a.key).where(a.story_id.in_(ids), a.visibility == "public").order_by(a.key)
    tellings: dict[str, list[Article]] = {id: [] for id in ids}
    for article in with_mates(connection, load_articles(connection, list(connection.execute(keys).scalars()))):
        tellings[article.story].append(article)
    return tuple((id, tuple(told)) for id, told in tellings.items() if len(told) > 1)


def listing(
    connection: Connection,
    kind: ChannelKind,
    *,
    limit: int | None = None,
    after: str | None = None,
    private: bool = False,
) -> tuple[Listing, ...]:
    """The channels of a kind by slug; what left the configuration, and authors without a profile, only while they carry
    something; the operator's private ones only when asked for."""
    c = t.channel.c
    query = (
        select(t.channel, *_names())
        .where(c.kind == kind.value, is_there(), or_(c.configured, c.size > 0))
        .order_by(c.slug)
    )
    query = query.outerjoin(t.author, and_(c.kind == ChannelKind.AUTHOR.value, t.author.c.slug == c.slug))
    query = query.outerjoin(t.outlet, and_(c.kind == ChannelKind.OUTLET.value, t.outlet.c.id == c.slug))
    query = query.outerjoin(t.source, and_(c.kind == ChannelKind.SOURCE.value, t.source.c.id == c.slug))
    if not private:
        query = query.where(~c.private)
    if after is not None:
        query = query.where(c.slug > after)
    if limit is not None:
        query = query.limit(limit)
    return tuple(_listing(kind, row) for row in connection.execute(query).mappings())


def removed(connection: Connection) -> tuple[tuple[ChannelKind, str], ...]:
    """The public channels that were taken away for good, in the configuration or before they left it."""
    c = t.channel.c
    query = select(c.kind, c.slug).where(c.removed, ~c.private).order_by(c.kind, c.slug)
    return tuple((ChannelKind(kind), slug) for kind, slug in connection.execute(query))


def _names() -> list[Any]:
    return [
        t.author.c.name.label("author_name"),
        t.author.c.outlet_id.label("author_outlet"),
        t.outlet.c.title.label("outlet_title"),
        t.source.c.title.label("source_title"),
        t.source.c.feed_title,
        t.source.c.outlet_id.label("source_outlet"),
    ]


def _listing(kind: ChannelKind, row: RowMapping) -> Listing:
    names = ("author_name", "outlet_title", "source_title", "feed_title")
    outlet = row["slug"] if kind is ChannelKind.OUTLET else row["source_outlet"] or row["author_outlet"]
    return Listing(
        kind=kind,
        slug=row["slug"],
        name=next((row[name] for name in names if row[name]), row["slug"]),
        count=row["size"],
        latest=row["latest"] if row["size"] else None,
        outlet_id=outlet or None,
        configured=bool(row["configured"]),
        private=bool(row["private"]),
    )


def redirect(connection: Connection, kind: str, old: str) -> str | None:
    """Where something went that had another id or slug; chains are followed."""
    c, seen = t.redirect.c, {old}
    current = old
    while (new := connection.execute(select(c.new).where(c.kind == kind, c.old == current)).scalar()) is not None:
        if new in seen:
            break
        seen.add(new)
        current = new
    return current if current != old else None


def fingerprint(connection: Connection) -> str:
    """Another text whenever any channel changed for its readers: what was made of the channels before then is out of date."""
    c = t.channel.c
    count, versions, changed = connection.execute(select(func.count(), func.sum(c.version), func.max(c.changed))).one()
    return f"{count}:{versions}:{changed}"
