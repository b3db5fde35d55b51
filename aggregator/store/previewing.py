"""Stored articles, newest first → what their sources said of each, and where it stands: for asking what other rules would do."""

from __future__ import annotations

from sqlalchemy import Connection, and_, or_, select

from aggregator.model import ChannelKind
from aggregator.store import tables as t
from aggregator.store.loading import load_articles
from aggregator.store.reapplying import told
from aggregator.store.records.articles import Stored


def stored(connection: Connection, *, limit: int, before: int | None = None) -> tuple[Stored, ...]:
    """The next `limit` articles after the one whose key is `before`."""
    c = t.article.c
    query = select(c.key, or_(c.ruling.is_not(None), c.title == "")).order_by(c.key.desc()).limit(limit)
    if before is not None:
        query = query.where(c.key < before)
    ruled = {key: bool(fixed) for key, fixed in connection.execute(query)}
    articles = load_articles(connection, list(ruled))
    said = told(connection, articles)
    places: dict[int, set[tuple[ChannelKind, str]]] = {key: set() for key in ruled}
    for channel, key in _shown(connection, list(ruled)):
        places[key].add(channel)
    return tuple(
        Stored(
            article=article,
            told=tuple(said[article.key]),
            places=frozenset(places[article.key]),
            ruled=ruled[article.key],
        )
        for article in articles
    )


def _shown(connection: Connection, keys: list[int]) -> list[tuple[tuple[ChannelKind, str], int]]:
    """The places where readers find articles; in an operator's channel also those whose story another one tells."""
    c, m = t.channel.c, t.membership.c
    operators = c.kind == ChannelKind.CHANNEL.value
    query = (
        select(c.kind, c.slug, m.article_key)
        .join(t.membership, m.channel_id == c.id)
        .where(m.article_key.in_(keys), or_(and_(m.carried, ~operators), and_(operators, c.configured, ~c.removed)))
    )
    return [((ChannelKind(kind), slug), key) for kind, slug, key in connection.execute(query)]
