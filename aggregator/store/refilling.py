"""An operator's channel and its query → the articles that belong to it now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.model import Channel, ChannelKind, Visibility
from aggregator.query import Query
from aggregator.store import tables as t
from aggregator.store.channels import Seat, ensure, may_show, seat, unseat
from aggregator.store.engine import one_writer
from aggregator.store.mapping import chunks, load_articles


def refill(connection: Connection, channel: Channel, query: Query, now: datetime) -> None:
    """Select a channel's articles anew. Who represents a story already goes on doing so while it belongs there."""
    from aggregator.store.selection import where

    one_writer(connection)
    row = ensure(connection, [(ChannelKind.CHANNEL, channel.slug)], now)[ChannelKind.CHANNEL, channel.slug]
    m, c = t.membership.c, t.article.c
    open_to = [Visibility.PUBLIC.value, *([Visibility.PRIVATE.value] if row["private"] else [])]
    matching = select(c.key).where(where(query.tree, now=now), c.visibility.in_(open_to))
    wanted = set(connection.execute(matching).scalars())
    held = set(connection.execute(select(m.article_key).where(m.channel_id == row["id"])).scalars())
    unseat(connection, [(row["id"], key) for key in sorted(held - wanted)], now)
    for part in chunks(sorted(wanted - held)):
        articles = load_articles(connection, part)
        seat(connection, [Seat(row, article, may_show(row, article)) for article in articles], now)
