"""An operator's channel and its query → the articles that belong to it now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.model import Channel, ChannelKind
from aggregator.query import Query
from aggregator.store import tables as t
from aggregator.store.channels import ensure, may_show
from aggregator.store.engine import one_writer
from aggregator.store.loading import load_articles
from aggregator.store.mapping import chunks
from aggregator.store.membership import Seat, seat, unseat
from aggregator.store.search import every, matching


def selected(connection: Connection, channel: Channel, query: Query, now: datetime) -> frozenset[int]:
    """The keys of all articles that belong to a channel: the long part, which keeps nobody from writing."""
    return frozenset(every(connection, query, now=now, private=channel.private))


def refill(connection: Connection, channel: Channel, query: Query, wanted: Collection[int], now: datetime) -> None:
    """Seat those of `wanted` that are not there yet, take out what no longer belongs.

    Who represents a story already goes on doing so while it belongs there.
    """
    one_writer(connection)
    row = ensure(connection, [(ChannelKind.CHANNEL, channel.slug)], now)[ChannelKind.CHANNEL, channel.slug]
    m = t.membership.c
    held = set(connection.execute(select(m.article_key).where(m.channel_id == row["id"])).scalars())
    doubtful = held.difference(wanted)
    # A poll may have seated more since `wanted` was selected.
    doubtful -= set(matching(connection, query, doubtful, now=now, private=channel.private))
    unseat(connection, [(row["id"], key) for key in sorted(doubtful)], now)
    for part in chunks(sorted(set(wanted) - held)):
        articles = load_articles(connection, part)
        seats = [Seat(row, article, shown=True) for article in articles if may_show(row, article)]
        seat(connection, seats, now)
