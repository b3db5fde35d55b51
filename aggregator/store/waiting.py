"""Articles whose source asks for a delay → their place in every output, when it is over.

What is listed takes the next place in the order of everything: first in every feed, and beyond every archive page that is
finished. So an article that was held back gets its key when it is released, not when it came: whoever follows a feed or its
archives meets it as if it had come then, and nothing that was said before is said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, select, update

from aggregator.model import Article, Order, order_key
from aggregator.store import tables as t
from aggregator.store.engine import one_writer
from aggregator.store.mapping import chunks
from aggregator.store.numbering import after_all, part_keys
from aggregator.store.placing import reselect
from aggregator.store.stories import assign
from aggregator.store.stories import keep as keep_stories
from aggregator.store.tellings import Recent
from aggregator.store.visibility import recompute

Selects = Callable[[Article], Collection[str]]
_OF_ARTICLES = (t.sighting, t.evidence, t.credit, t.clue, t.page, t.membership)


def release(connection: Connection, selects: Selects, now: datetime, recent: Recent) -> int:
    """List the articles whose delay is over; how many they were."""
    due = _due(connection, now)
    if not due:
        return 0
    one_writer(connection)
    keys: list[int] = []
    for part in chunks(due):
        keys += _list(connection, part, selects, now, recent)
    return len(keys)


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to release: a look at an index that is mostly empty."""
    return bool(_due(connection, now))


def _due(connection: Connection, now: datetime) -> list[int]:
    """Of several sources that show an article the least delay counts; whoever passes it on is no quicker than its own source."""
    a, s, g, origin = t.article.c, t.source.c, t.sighting.c, t.source.alias("origin")
    query = (
        select(a.key, a.published, a.listed, func.min(s.delay_minutes), func.max(origin.c.delay_minutes))
        .join(t.sighting, g.article_key == a.key)
        .join(t.source, s.id == g.source_id)
        .outerjoin(origin, origin.c.id == a.relayed)
        .where(a.waiting, a.ruling.is_(None), ~s.withdrawn)
        .group_by(a.key, a.published, a.listed)
        .order_by(a.published, a.key)
    )
    return [
        key
        for key, published, seen, minutes, at_origin in connection.execute(query)
        if is_over(published, seen, max(minutes, at_origin or 0), now)
    ]


def is_over(published: datetime, seen: datetime, minutes: float, now: datetime) -> bool:
    """Whether an article of a source with so many minutes of delay may be listed: nothing waits for a date in the future."""
    return minutes <= 0 or min(published, seen) + timedelta(minutes=minutes) <= now


def _list(connection: Connection, keys: Sequence[int], selects: Selects, now: datetime, recent: Recent) -> list[int]:
    """Take the rows out and put them in again under the keys of now, with all that hangs on them."""
    listed, a = after_all(connection, now), t.article.c
    rows = [dict(row) for row in connection.execute(select(t.article).where(a.key.in_(keys))).mappings()]
    sources = _first_sources(connection, keys)
    old = {row["id"]: row["key"] for row in rows}
    for row in rows:
        row |= {"key": order_key(listed, row["id"]), "listed": listed, "waiting": False}
        row["visibility"] = sources[old[row["id"]]]["visibility"]
    part_keys(connection, rows)
    assigned = assign(connection, recent, rows, now)
    connection.execute(delete(t.article).where(a.key.in_(keys)))
    connection.execute(insert(t.article), rows)
    moved = {old[row["id"]]: row for row in rows}
    _move(connection, moved)
    fresh = [row["key"] for row in rows]
    recompute(connection, fresh, now)
    reselect(connection, fresh, selects, now)
    for row in rows[:1]:
        keep_stories(connection, recent, assigned, source_id=row["source_id"], selects=selects, now=now)
    return fresh


def _first_sources(connection: Connection, keys: Collection[int]) -> dict[int, dict[str, Any]]:
    """What the articles will be, for the rules of stories: public, unless all that show them are private."""
    s, g = t.source.c, t.sighting.c
    secret = func.min(case((s.private, 1), else_=0))
    query = (
        select(g.article_key, secret).join(t.source, s.id == g.source_id).where(g.article_key.in_(keys), ~s.withdrawn)
    )
    found = connection.execute(query.group_by(g.article_key))
    return {key: {"visibility": "private" if private else "public"} for key, private in found}


def _move(connection: Connection, moved: dict[int, dict[str, Any]]) -> None:
    """Everything that belongs to these articles belongs to their new keys; in channels they stand where they are listed."""
    listed = select(t.channel.c.id).where(t.channel.c.ordering == Order.LISTED.value)
    for old, row in moved.items():
        m = t.membership.c
        ranked = update(t.membership).where(m.article_key == old, m.channel_id.in_(listed)).values(rank=row["key"])
        connection.execute(ranked)
        connection.execute(update(t.membership).where(m.article_key == old).values(story_id=row["story_id"]))
        for table in _OF_ARTICLES:
            connection.execute(update(table).where(table.c.article_key == old).values(article_key=row["key"]))
