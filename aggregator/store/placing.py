"""Articles that a poll brought → the channels they belong to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, select

from aggregator.model import Article, ChannelKind, Sighting, Source, Visibility
from aggregator.store import tables as t
from aggregator.store.channels import Address, bump, carrying, ensure, may_show, tell_mates
from aggregator.store.loading import load_articles
from aggregator.store.mapping import chunks
from aggregator.store.membership import Seat, seat, unseat
from aggregator.store.prepared import prepared
from aggregator.store.records.sources import Batch


def place(
    connection: Connection, batch: Batch, sightings: Mapping[int, Sighting], now: datetime
) -> tuple[Article, ...]:
    """Give new articles their places; the articles as they are now, in the order of the document."""
    articles = [
        replace(article, sections=tuple(sorted({*article.sections, *sightings[article.key].sections})))
        for article in load_articles(connection, list(sightings))
    ]
    wanted = {article.key: [*_own(article, batch.source), *_operators(article, batch)] for article in articles}
    channels = ensure(connection, [address for addresses in wanted.values() for address in addresses], now)
    seats = [
        Seat(channels[address], article, _shown(channels[address], article, batch.source))
        for article in articles
        for address in wanted[article.key]
        if address[0] is not ChannelKind.CHANNEL or may_show(channels[address], article)
    ]
    seat(connection, seats, now)
    return tuple(articles)


def replace_seats(
    connection: Connection, batch: Batch, sightings: Mapping[int, Sighting], visible: Collection[int], now: datetime
) -> tuple[Article, ...]:
    """Give articles that were held before the places they have now; tell the channels in which a reader sees them changed."""
    if not sightings:
        return ()
    bump(connection, dict.fromkeys(carrying(connection, visible), 0), now)
    articles = place(connection, batch, sightings, now)
    wanted = {
        article.key: {("author", credit.slug) for credit in article.credits}
        | {("channel", slug) for _kind, slug in _operators(article, batch)}
        for article in articles
    }
    held = held_places(connection, sightings, (ChannelKind.AUTHOR, ChannelKind.CHANNEL))
    unseat(connection, [(c["id"], key) for c, key in held if (c["kind"], c["slug"]) not in wanted[key]], now)
    tell_mates(connection, {article.story for article in articles if article.key in visible}, now)
    return articles


def reselect(
    connection: Connection, keys: Collection[int], selects: Callable[[Article], Collection[str]], now: datetime
) -> None:
    """Ask the operator's channels again about articles that have another story than before."""
    if not keys:
        return
    articles = load_articles(connection, list(keys))
    wanted = {article.key: {(ChannelKind.CHANNEL, slug) for slug in selects(article)} for article in articles}
    channels = ensure(connection, sorted({address for addresses in wanted.values() for address in addresses}), now)
    seats = [Seat(channels[one], article, shown=True) for article in articles for one in sorted(wanted[article.key])]
    seat(connection, [one for one in seats if may_show(one.channel, one.article)], now)
    held = held_places(connection, keys, (ChannelKind.CHANNEL,))
    unseat(connection, [(c["id"], key) for c, key in held if (ChannelKind.CHANNEL, c["slug"]) not in wanted[key]], now)


def _own(article: Article, source: Source) -> list[Address]:
    """The channels that an article belongs to by what it is."""
    return [
        (ChannelKind.OUTLET, article.outlet.id),
        (ChannelKind.SOURCE, source.id),
        *((ChannelKind.SECTION, slug) for slug in article.sections),
        *((ChannelKind.AUTHOR, credit.slug) for credit in article.credits if credit.slug),
    ]


def _operators(article: Article, batch: Batch) -> list[Address]:
    return [(ChannelKind.CHANNEL, slug) for slug in batch.selects(article)]


def _shown(channel: RowMapping, article: Article, source: Source) -> bool:
    if channel["kind"] == ChannelKind.CHANNEL.value:
        return may_show(channel, article)
    closed = source.private or source.withdrawn
    return article.visibility is Visibility.PUBLIC and not (channel["kind"] == ChannelKind.SOURCE.value and closed)


def held_places(
    connection: Connection, keys: Collection[int], kinds: Collection[ChannelKind]
) -> list[tuple[RowMapping, int]]:
    """The places of articles: (channel, article key)."""
    held: list[tuple[RowMapping, int]] = []
    for part in chunks(keys):
        rows = connection.execute(*_places(keys=part, kinds=[kind.value for kind in kinds])).mappings()
        held += [(row, row["article_key"]) for row in rows]
    return held


@prepared
def _places(keys: Any, kinds: Any) -> Executable:
    c, m = t.channel.c, t.membership.c
    query = select(t.channel, m.article_key).join(t.channel, c.id == m.channel_id)
    return query.where(m.article_key.in_(keys), c.kind.in_(kinds))
