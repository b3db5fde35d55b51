"""A channel → its archive pages (RFC 5005 §4): what it carries by stretches of the time at which it was listed.

Pages are not stored: which there are follows from what the channel carries. A page is finished once something was listed
after its time. It then keeps its articles, for nothing can be listed before now but what a new source's first document brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from aggregator.model import ChannelKind, Order, Span
from aggregator.store import tables as t
from aggregator.store.loading import load_articles, with_mates
from aggregator.store.records.channels import ArchivePage


def archive(connection: Connection, kind: ChannelKind, slug: str, asked: Span, most: int) -> ArchivePage | None:
    """The newest page of a channel within `asked`, or the one that `asked` lies in; None where nothing was listed then. No
    page holds more than `most` articles."""
    shelf = _shelf(connection, kind, slug, most)
    newest = shelf.below(asked.high, 1) if shelf else ()
    if shelf is None or not newest or newest[0] not in asked:
        return None
    span = shelf.span(newest[0])
    keys = [key for key in shelf.below(span.high, most) if key in span]
    following = shelf.after(span)
    return ArchivePage(
        span=span,
        articles=with_mates(connection, load_articles(connection, keys)),
        previous=shelf.before(span),
        following=following if following and shelf.after(following) else None,
        finished=following is not None,
    )


def newest_archive(connection: Connection, kind: ChannelKind, slug: str, most: int) -> Span | None:
    """The newest finished page of a channel. What was listed since fits into a feed of `most` articles."""
    shelf = _shelf(connection, kind, slug, most)
    newest = shelf.newest() if shelf else None
    return shelf.before(newest) if shelf and newest else None


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What a channel carries by key, newest first. `key` is the column that the index is by, where it is one."""

    connection: Connection
    channel_id: int
    key: ColumnElement[int]
    most: int

    def below(self, key: int, count: int) -> tuple[int, ...]:
        return self._keys(self.key < key, self.key.desc(), count)

    def above(self, key: int, count: int) -> tuple[int, ...]:
        return self._keys(self.key > key, self.key.asc(), count)

    def _keys(self, where: Any, order: Any, count: int) -> tuple[int, ...]:
        c = t.membership.c
        query = select(self.key).where(c.channel_id == self.channel_id, c.carried, where).order_by(order).limit(count)
        return tuple(self.connection.execute(query).scalars())

    def span(self, key: int) -> Span:
        return Span.around(key, (*self.below(key, self.most), *self.above(key, self.most)), self.most)

    def newest(self) -> Span | None:
        found = self.below(2**63 - 1, 1)
        return self.span(found[0]) if found else None

    def before(self, span: Span) -> Span | None:
        found = self.below(span.low, 1)
        return self.span(found[0]) if found else None

    def after(self, span: Span) -> Span | None:
        found = self.above(span.high - 1, 1)
        return self.span(found[0]) if found else None


def _shelf(connection: Connection, kind: ChannelKind, slug: str, most: int) -> _Shelf | None:
    c, m = t.channel.c, t.membership.c
    query = select(c.id, c.ordering).where(c.kind == kind.value, c.slug == slug)
    row = connection.execute(query).first()
    if row is None:
        return None
    # The rank is the key but in a channel by publication time, whose archives are by `listed` like all others.
    return _Shelf(connection, row.id, m.rank if row.ordering == Order.LISTED.value else m.article_key, most)
