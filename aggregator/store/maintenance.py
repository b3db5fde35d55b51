"""What is past its time → gone; what is there → counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text

from aggregator.model import listed_of
from aggregator.store import tables as t
from aggregator.store.channels import bump
from aggregator.store.engine import one_writer
from aggregator.store.mapping import categories_of
from aggregator.store.membership import promote
from aggregator.store.problems import prune_problems
from aggregator.store.records.upkeep import AuthorCount, Counted, Statistics
from aggregator.text import fold, one_line

_POLL_LOG = timedelta(days=30)
_CHUNK = 500
_SIGHTINGS_LOOKED_AT = 20_000


def prune_articles(connection: Connection, now: datetime) -> int:
    """Forget up to a few hundred articles that every source stopped showing longer ago than it keeps them.

    Their aliases stay, so that they never come back. 0 when there is nothing more to do.
    """
    one_writer(connection)
    keep = {id: timedelta(days=days) for id, days in connection.execute(select(t.source.c.id, t.source.c.keep_days))}
    if not keep:
        return 0
    expired: dict[int, str] = {}
    last = -1
    while len(expired) < _CHUNK:
        found, last = _expired(connection, keep, now, last)
        expired |= found
        if last < 0:
            break
    if expired:
        _forget(connection, expired, now)
    return len(expired)


def _expired(
    connection: Connection, keep: dict[str, timedelta], now: datetime, after: int
) -> tuple[dict[int, str], int]:
    """The articles to forget among the next candidates, and the last key looked at (-1 at the end)."""
    c, s = t.article.c, t.sighting.c
    oldest = now - min(keep.values())
    query = select(c.key, c.id).where(c.last_seen < oldest, c.key > after).order_by(c.key).limit(_CHUNK)
    candidates = dict(connection.execute(query).all())
    if not candidates:
        return {}, -1
    seen = select(s.article_key, s.source_id, s.last_seen).where(s.article_key.in_(list(candidates)))
    shown = {
        key
        for key, source_id, last_seen in connection.execute(seen)
        if last_seen >= now - keep.get(source_id, timedelta())
    }
    return {key: id for key, id in candidates.items() if key not in shown}, max(candidates)


def _forget(connection: Connection, articles: dict[int, str], now: datetime) -> None:
    keys = list(articles)
    m = t.membership.c
    lost = select(m.channel_id, m.story_id).where(m.article_key.in_(keys), m.carried)
    carried = [(channel_id, story) for channel_id, story in connection.execute(lost)]
    for table in (t.membership, t.sighting, t.evidence, t.credit, t.page):
        connection.execute(delete(table).where(table.c.article_key.in_(keys)))
    for kept in (t.revision, t.joined):
        connection.execute(delete(kept).where(kept.c.article_id.in_(list(articles.values()))))
    connection.execute(delete(t.article).where(t.article.c.key.in_(keys)))
    sizes = Counter(channel_id for channel_id, _story in carried)
    bump(connection, {id: -count for id, count in sizes.items()}, now)
    promote(connection, set(carried), now)


def prune_polls(connection: Connection, now: datetime) -> int:
    """Forget the log of polls older than 30 days, and of problems that ended 90 days ago."""
    prune_problems(connection, now)
    done = connection.execute(delete(t.poll).where(t.poll.c.started < now - _POLL_LOG))
    return done.rowcount


def statistics(connection: Connection) -> Statistics:
    """Counts of what there is."""
    counts: dict[str, int] = {}
    tables: dict[str, Table] = {
        "outlets": t.outlet, "sources": t.source, "articles": t.article, "authors": t.author, "stories": t.story,
        "channels": t.channel, "polls": t.poll,
    }  # fmt: skip
    for name, table in tables.items():
        query = select(func.count()).select_from(table)
        if name in {"outlets", "sources"}:
            query = query.where(table.c.configured)
        counts[name] = connection.execute(query).scalar_one()
    return Statistics(**counts, bytes=_bytes(connection))


def _bytes(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    return int(pages * connection.execute(text("PRAGMA page_size")).scalar_one())


def integrity(connection: Connection) -> tuple[str, ...]:
    """What is wrong with the database, in lines; empty when nothing is. Pages are looked at on SQLite (PostgreSQL has
    pg_amcheck for that), what rows say of each other on both."""
    damage = []
    if connection.dialect.name != "postgresql":
        damage = [line for line in connection.execute(text("PRAGMA quick_check")).scalars() if line != "ok"]
    # Rows of damaged pages may not even be read.
    return tuple(damage or _strays(connection))


def _strays(connection: Connection) -> list[str]:
    """Rows of articles that are not there."""
    lines = []
    for table in (t.sighting, t.membership, t.credit, t.evidence):
        there = select(t.article.c.key).where(t.article.c.key == table.c.article_key)
        count = connection.execute(select(func.count()).select_from(table).where(~there.exists())).scalar_one()
        if count:
            lines.append(f"{count} rows of {table.name} belong to articles that are not there")
    return lines


def author_counts(connection: Connection) -> tuple[AuthorCount, ...]:
    """Everybody who signed an article, the most frequent first, and when they first and last did."""
    c, p = t.credit.c, t.author.c
    count = func.count().label("count")
    # Keys rise with time: see `model.order_key`.
    query = (
        select(
            p.slug,
            p.name,
            p.outlet_id,
            p.kind,
            p.configured,
            p.url,
            count,
            func.min(c.article_key),
            func.max(c.article_key),
        )
        .join(t.credit, p.id == c.author_id)
        .group_by(p.id, p.slug, p.name, p.outlet_id, p.kind, p.configured, p.url)
        .order_by(count.desc(), p.name, p.slug)
    )
    return tuple(
        AuthorCount(
            slug=slug,
            name=name,
            outlet_id=outlet,
            kind=kind,
            configured=bool(configured),
            url=url,
            count=n,
            first=listed_of(first),
            last=listed_of(last),
        )
        for slug, name, outlet, kind, configured, url, n, first, last in connection.execute(query)
    )


def category_counts(connection: Connection) -> tuple[Counted, ...]:
    """The categories of the latest articles, the most frequent first, with the sources that gave them."""
    s = t.sighting.c
    counts: Counter[str] = Counter()
    where: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    latest = select(s.source_id, s.categories).order_by(s.article_key.desc()).limit(_SIGHTINGS_LOOKED_AT)
    for source_id, categories in connection.execute(latest):
        for name in _names(categories):
            if key := _folded(name):
                counts[key] += 1
                where[key].add(source_id)
                spelled.setdefault(key, name)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Counted(value=spelled[key], count=n, where=tuple(sorted(where[key]))) for key, n in ranked)


def _names(categories: Any) -> Collection[str]:
    return dict.fromkeys(category.label or category.term for category in categories_of(categories))


def _folded(name: str) -> str:
    return one_line(fold(name))
