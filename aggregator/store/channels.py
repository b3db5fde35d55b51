"""Articles ↔ channels: who belongs where, what is carried, and when a reader would see a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, case, delete, func, insert, select, tuple_, update

from aggregator.model import Article, ChannelKind, Order, Visibility, order_key
from aggregator.store import tables as t
from aggregator.store.loading import load_articles
from aggregator.store.mapping import chunks
from aggregator.store.prepared import prepared

Address = tuple[ChannelKind, str]


@dataclass(frozen=True, slots=True)
class Seat:
    """An article's place in a channel. `shown` is false for what must not be seen there."""

    channel: RowMapping
    article: Article
    shown: bool

    @property
    def rank(self) -> int:
        if self.channel["ordering"] == Order.PUBLISHED.value:
            return order_key(self.article.published, self.article.id)
        return self.article.key


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
        "configured": True,
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


def may_show(channel: RowMapping, article: Article) -> bool:
    """Whether a channel may carry an article at all: a private one only behind a token, a withdrawn one never."""
    if article.visibility is Visibility.PUBLIC:
        return True
    return article.visibility is Visibility.PRIVATE and bool(channel["private"])


def seat(connection: Connection, seats: Sequence[Seat], now: datetime) -> set[int]:
    """Give articles their places where they have none yet; the ids of the channels that changed for their readers."""
    held = _held(connection, {seat.article.key for seat in seats})
    fresh = {(s.channel["id"], s.article.key): s for s in seats if (s.channel["id"], s.article.key) not in held}
    carried = _representatives(connection, list(fresh.values()))
    rows = [
        {
            "channel_id": channel_id,
            "rank": seat.rank,
            "article_key": key,
            "story_id": seat.article.story,
            "carried": (channel_id, key) in carried,
        }
        for (channel_id, key), seat in fresh.items()
    ]
    if rows:
        connection.execute(insert(t.membership), rows)
    gains: dict[int, list[datetime]] = defaultdict(list)
    for channel_id, key in carried:
        gains[channel_id].append(fresh[channel_id, key].article.listed)
    bump(connection, {id: len(listed) for id, listed in gains.items()}, now, {id: max(gains[id]) for id in gains})
    return set(gains)


def _held(connection: Connection, keys: Collection[int]) -> set[tuple[int, int]]:
    held: set[tuple[int, int]] = set()
    for part in chunks(keys):
        held.update((channel_id, key) for channel_id, key in connection.execute(*_places(keys=part)))
    return held


@prepared
def _places(keys: Any) -> Executable:
    c = t.membership.c
    return select(c.channel_id, c.article_key).where(c.article_key.in_(keys))


def _representatives(connection: Connection, seats: Sequence[Seat]) -> set[tuple[int, int]]:
    """Which of new members are carried: all that may be shown, or one a story where none is carried yet."""
    carried: set[tuple[int, int]] = set()
    contested: list[Seat] = []
    for one in seats:
        if one.shown and one.channel["stories"] == "all":
            carried.add((one.channel["id"], one.article.key))
        elif one.shown:
            contested.append(one)
    told = _told(connection, {(one.channel["id"], one.article.story) for one in contested})
    for one in sorted(contested, key=_preference):
        if (one.channel["id"], one.article.story) not in told:
            told.add((one.channel["id"], one.article.story))
            carried.add((one.channel["id"], one.article.key))
    return carried


def _preference(one: Seat) -> tuple[int, int]:
    """The preferred outlet first, then who was first."""
    preferred: Sequence[str] = one.channel["prefer"] or ()
    outlet = one.article.outlet.id
    return (preferred.index(outlet) if outlet in preferred else len(preferred), one.article.key)


def _told(connection: Connection, stories: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """The stories that a channel carries already."""
    told: set[tuple[int, str]] = set()
    c = t.membership.c
    for part in chunks(stories):
        query = select(c.channel_id, c.story_id).where(tuple_(c.channel_id, c.story_id).in_(part), c.carried)
        told.update((channel_id, story) for channel_id, story in connection.execute(query))
    return told


def unseat(connection: Connection, places: Collection[tuple[int, int]], now: datetime) -> None:
    """Take articles out of channels: (channel id, article key). Another of the story then represents it."""
    c = t.membership.c
    lost: dict[int, int] = defaultdict(int)
    stories: set[tuple[int, str]] = set()
    for part in chunks(places):
        here = tuple_(c.channel_id, c.article_key).in_(part)
        for channel_id, story in connection.execute(select(c.channel_id, c.story_id).where(here, c.carried)):
            lost[channel_id] -= 1
            stories.add((channel_id, story))
        connection.execute(delete(t.membership).where(here))
    bump(connection, lost, now)
    promote(connection, stories, now)


def promote(connection: Connection, stories: Collection[tuple[int, str]], now: datetime) -> None:
    """Where the representative of a story went: (channel id, story), let another member of it be carried."""
    c = t.membership.c
    seats: list[Seat] = []
    for part in chunks(stories):
        query = (
            select(t.channel, c.article_key)
            .join(t.channel, t.channel.c.id == c.channel_id)
            .where(tuple_(c.channel_id, c.story_id).in_(part), t.channel.c.stories != "all")
        )
        rows = connection.execute(query).mappings().all()
        articles = {article.key: article for article in load_articles(connection, [r["article_key"] for r in rows])}
        members = [(row, articles[row["article_key"]]) for row in rows if row["article_key"] in articles]
        seats += [Seat(row, article, may_show(row, article)) for row, article in members]
    carried = _representatives(connection, seats)
    carry(connection, carried, now, carried=True)


def carry(connection: Connection, places: Collection[tuple[int, int]], now: datetime, *, carried: bool) -> None:
    """Show or hide members: (channel id, article key) whose `carried` is not so yet."""
    c = t.membership.c
    changed: dict[int, int] = defaultdict(int)
    for part in chunks(places):
        here = tuple_(c.channel_id, c.article_key).in_(part)
        connection.execute(update(t.membership).where(here).values(carried=carried))
        for channel_id, _key in part:
            changed[channel_id] += 1 if carried else -1
    bump(connection, changed, now)


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
