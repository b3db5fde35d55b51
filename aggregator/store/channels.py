"""Channels: their rows, what they may show, and when a reader would see a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from aggregator.model import Article, ChannelKind, Order, Visibility
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.prepared import prepared
from aggregator.store.records.channels import RULED

Address = tuple[ChannelKind, str]


def ensure(connection: Connection, wanted: Collection[Address], now: datetime) -> dict[Address, RowMapping]:
    """The rows of channels, made where missing."""
    found = _rows(connection, wanted)
    missing = [address for address in dict.fromkeys(wanted) if address not in found]
    if missing:
        rows = [_fresh(kind, slug, now) for kind, slug in sorted(missing)]
        connection.execute(insert(t.channel), rows)
        found |= _rows(connection, missing)
    return found


def _fresh(kind: ChannelKind, slug: str, now: datetime) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "slug": slug,
        "definition": "",
        "configured": kind is not ChannelKind.AUTHOR,  # these are found; profiles say which are configured
        "removed": False,
        "version": 1,
        "changed": now,
        "size": 0,
        "ordering": Order.LISTED.value,
        "stories": "all",
        "private": False,
    }


def _rows(connection: Connection, wanted: Iterable[Address]) -> dict[Address, RowMapping]:
    by_kind: dict[ChannelKind, list[str]] = defaultdict(list)
    for kind, slug in wanted:
        by_kind[kind].append(slug)
    found: dict[Address, RowMapping] = {}
    for kind, slugs in by_kind.items():
        for part in chunks(dict.fromkeys(slugs)):
            rows = connection.execute(*_named(kind=kind.value, slugs=part)).mappings()
            found |= {(kind, row["slug"]): row for row in rows}
    return found


@prepared
def _named(kind: Any, slugs: Any) -> Executable:
    return select(t.channel).where(t.channel.c.kind == kind, t.channel.c.slug.in_(slugs))


def is_there() -> ColumnElement[bool]:
    """Whether a row of `channel` has anything for readers, as `ChannelState.is_there`."""
    c = t.channel.c
    known = or_(c.configured, and_(c.kind.not_in(RULED), c.latest.is_not(None)))
    return and_(not_(c.removed), known, or_(c.kind == ChannelKind.CHANNEL.value, not_(c.private)))


def may_show(channel: RowMapping, article: Article) -> bool:
    """Whether a channel may carry an article at all: a private one only behind a token, a withdrawn one never."""
    if article.visibility is Visibility.PUBLIC:
        return True
    return article.visibility is Visibility.PRIVATE and bool(channel["private"])


def bump(
    connection: Connection, sizes: Mapping[int, int], now: datetime, latest: Mapping[int, datetime] | None = None
) -> None:
    """Say that what a channel shows changed: {channel id: by how many articles}."""
    if not sizes:
        return
    connection.execute(
        _bumped(),
        [{"b_id": id, "b_now": now, "b_size": sizes[id], "b_latest": (latest or {}).get(id)} for id in sorted(sizes)],
    )


@cache
def _bumped() -> Executable:
    c = t.channel.c
    when = bindparam("b_latest", type_=c.latest.type)
    latest = case((when.is_(None), c.latest), (c.latest.is_(None), when), (c.latest < when, when), else_=c.latest)
    changes = {"version": c.version + 1, "changed": bindparam("b_now"), "size": c.size + bindparam("b_size")}
    return update(t.channel).where(c.id == bindparam("b_id")).values(**changes, latest=latest)


def carrying(connection: Connection, keys: Collection[int]) -> set[int]:
    """The ids of the channels that carry any of these articles."""
    ids: set[int] = set()
    for part in chunks(keys):
        ids.update(connection.execute(*_carrying(keys=part)).scalars())
    return ids


@prepared
def _carrying(keys: Any) -> Executable:
    c = t.membership.c
    return select(c.channel_id).where(c.article_key.in_(keys), c.carried).distinct()


def tell_mates(connection: Connection, stories: Collection[str], now: datetime) -> None:
    """The channels that carry any article of these stories show something else beside it ("also in") where several outlets
    tell one."""
    keys: list[int] = []
    for part in chunks(stories):
        keys += connection.execute(*_shared(stories=part)).scalars()
    bump(connection, dict.fromkeys(carrying(connection, keys), 0), now)


@prepared
def _shared(stories: Any) -> Executable:
    c = t.article.c
    told = select(c.story_id).where(c.story_id.in_(stories)).group_by(c.story_id)
    return select(c.key).where(c.story_id.in_(told.having(func.count(c.outlet_id.distinct()) > 1)))
