"""What somebody knows of an article (id, address, words of its title) → the article, and where it stands."""

from __future__ import annotations

from sqlalchemy import Connection, select

from aggregator.model import ChannelKind, KeyKind
from aggregator.store import tables as t
from aggregator.store.mapping import chunks, index_key
from aggregator.store.records.articles import Place
from aggregator.urls import canonical_key


def by_address(connection: Connection, url: str) -> tuple[str, ...]:
    """The ids of the articles that are known by an address, in any outlet."""
    a = t.alias.c
    outlets = list(connection.execute(select(t.outlet.c.id)).scalars())
    value = index_key(canonical_key(url))
    found: dict[str, None] = {}
    # The primary key begins with the outlet.
    for part in chunks(outlets):
        for kind in (KeyKind.LINK, KeyKind.ADDRESS):
            query = select(a.article_id).where(
                a.outlet_id.in_(part), a.kind == kind.value, a.scope == "", a.value == value
            )
            found |= dict.fromkeys(connection.execute(query).scalars())
    return tuple(found)


def places(connection: Connection, id: str) -> tuple[Place, ...]:
    """Every channel that an article belongs to, by kind and slug."""
    m, c, a = t.membership.c, t.channel.c, t.article.c
    query = (
        select(c.id, c.kind, c.slug, m.carried, m.story_id)
        .join(t.membership, m.channel_id == c.id)
        .join(t.article, a.key == m.article_key)
        .where(a.id == id)
        .order_by(c.kind, c.slug)
    )
    rows = connection.execute(query).all()
    return tuple(
        Place(
            kind=ChannelKind(kind),
            slug=slug,
            carried=bool(carried),
            instead=None if carried or kind != ChannelKind.CHANNEL.value else _instead(connection, channel_id, story),
        )
        for channel_id, kind, slug, carried, story in rows
    )


def _instead(connection: Connection, channel_id: int, story: str) -> str | None:
    """The article that represents a story in a channel."""
    m, a = t.membership.c, t.article.c
    query = (
        select(a.id)
        .join(t.membership, a.key == m.article_key)
        .where(m.channel_id == channel_id, m.story_id == story, m.carried)
    )
    return connection.execute(query).scalar()
