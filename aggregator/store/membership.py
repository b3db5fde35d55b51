"""Articles ↔ channels: who belongs where, and which article stands for its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, RowMapping, and_, delete, insert, select, tuple_, update

from aggregator.model import Article, Order, order_key
from aggregator.store import tables as t
from aggregator.store.channels import bump, may_show
from aggregator.store.loading import load_articles
from aggregator.store.mapping import chunks
from aggregator.store.prepared import prepared


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
    return {
        (channel_id, story)
        for channel_id, part in _by_channel(stories)
        for story in connection.execute(*_carried_of(channel_id=channel_id, stories=part)).scalars()
    }


@prepared
def _carried_of(channel_id: Any, stories: Any) -> Executable:
    c = t.membership.c
    return select(c.story_id).where(c.channel_id == channel_id, c.story_id.in_(stories), c.carried)


def _by_channel(stories: Collection[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Stories by channel: for `(channel_id, story_id) IN (…)` SQLite would read all of the table."""
    of: dict[int, list[str]] = defaultdict(list)
    for channel_id, story in stories:
        of[channel_id].append(story)
    return ((channel_id, part) for channel_id, told in of.items() for part in chunks(told))


def _at(places: Collection[tuple[int, int]]) -> ColumnElement[bool]:
    """Whether a member is at any of these places: found by its article, as `_by_channel` has it."""
    c = t.membership.c
    return and_(c.article_key.in_({key for _, key in places}), tuple_(c.channel_id, c.article_key).in_(places))


def unseat(connection: Connection, places: Collection[tuple[int, int]], now: datetime) -> None:
    """Take articles out of channels: (channel id, article key). Another of the story then represents it."""
    c = t.membership.c
    lost: dict[int, int] = defaultdict(int)
    stories: set[tuple[int, str]] = set()
    for part in chunks(places):
        for channel_id, story in connection.execute(select(c.channel_id, c.story_id).where(_at(part), c.carried)):
            lost[channel_id] -= 1
            stories.add((channel_id, story))
        connection.execute(delete(t.membership).where(_at(part)))
    bump(connection, lost, now)
    promote(connection, stories, now)


def promote(connection: Connection, stories: Collection[tuple[int, str]], now: datetime) -> None:
    """Where the representative of a story went: (channel id, story), let another member of it be carried."""
    channels = {row["id"]: row for row in _telling_once(connection, {channel_id for channel_id, _ in stories})}
    members: list[tuple[RowMapping, int]] = []
    for channel_id, part in _by_channel([one for one in stories if one[0] in channels]):
        keys = connection.execute(*_members(channel_id=channel_id, stories=part)).scalars()
        members += ((channels[channel_id], key) for key in keys)
    articles = {one.key: one for part in chunks({key for _, key in members}) for one in load_articles(connection, part)}
    held = [(channel, articles[key]) for channel, key in members if key in articles]
    seats = [Seat(channel, article, may_show(channel, article)) for channel, article in held]
    carry(connection, _representatives(connection, seats), now, carried=True)


def _telling_once(connection: Connection, ids: Collection[int]) -> Iterator[RowMapping]:
    """Of channels those that carry one article of a story, not all."""
    for part in chunks(ids):
        yield from connection.execute(*_once(ids=part)).mappings()


@prepared
def _once(ids: Any) -> Executable:
    return select(t.channel).where(t.channel.c.id.in_(ids), t.channel.c.stories != "all")


@prepared
def _members(channel_id: Any, stories: Any) -> Executable:
    c = t.membership.c
    return select(c.article_key).where(c.channel_id == channel_id, c.story_id.in_(stories))


def carry(connection: Connection, places: Collection[tuple[int, int]], now: datetime, *, carried: bool) -> None:
    """Show or hide members: (channel id, article key) whose `carried` is not so yet."""
    changed: dict[int, int] = defaultdict(int)
    for part in chunks(places):
        connection.execute(update(t.membership).where(_at(part)).values(carried=carried))
        for channel_id, _key in part:
            changed[channel_id] += 1 if carried else -1
    bump(connection, changed, now)
