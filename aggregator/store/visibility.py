"""What sources allow → who may see an article, and so which channels show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, delete, or_, select, update

from aggregator.model import ChannelKind, Visibility
from aggregator.store import tables as t
from aggregator.store.channels import tell_mates
from aggregator.store.mapping import chunks
from aggregator.store.membership import carry, unseat
from aggregator.store.prepared import prepared
from aggregator.store.tellings import drop
from aggregator.store.tombstones import bury_all, exhume_all


def recompute(connection: Connection, keys: Collection[int], now: datetime) -> None:
    """Set the visibility of articles by all sources that show them, and show or hide them accordingly."""
    for part in chunks(keys):
        _recompute(connection, part, now)


def of_sources(sources: Collection[RowMapping], before: str, *, waiting: bool) -> str:
    """Withdrawn when all its sources are; waiting until it is listed; private when all others are; what it was without any."""
    if not sources:
        return before
    kept = [source for source in sources if not source["withdrawn"]]
    if not kept:
        return Visibility.WITHDRAWN.value
    if waiting:
        return Visibility.WAITING.value
    return (Visibility.PRIVATE if all(source["private"] for source in kept) else Visibility.PUBLIC).value


def _forget_rendered(connection: Connection, keys: Collection[int]) -> None:
    """What is withdrawn stays in no bytes of ours, and no rendering that fails brings it back: those of private channels and of
    channels that only name it beside a telling of its story go too, and are made anew from what is left."""
    if not keys:
        return
    m, a = t.membership.c, t.article.c
    told = select(a.key).where(a.story_id.in_(select(a.story_id).where(a.key.in_(keys))))
    channels = list(connection.execute(select(m.channel_id).where(m.article_key.in_(told)).distinct()).scalars())
    for part in chunks(channels):
        for table in (t.rendered, t.rendered_body):
            connection.execute(delete(table).where(table.c.channel_id.in_(part)))


def _no_wider(visibility: str, *, private: bool) -> str:
    return Visibility.PRIVATE.value if private and visibility == Visibility.PUBLIC.value else visibility


def _recompute(connection: Connection, keys: Collection[int], now: datetime) -> None:
    sources = _sources(connection, keys)
    found = connection.execute(*_seen(keys=list(keys))).all()
    rows = [row[:3] for row in found]
    # An operator's ruling stands above what sources allow; what was erased has nothing to show until it is seen again.
    after = {
        row.key: Visibility.WITHDRAWN.value
        if row.erased or row.withdrawn
        else _no_wider(of_sources(sources[row.key], row.visibility, waiting=row.waiting), private=bool(row.private))
        for row in found
    }
    changed = [(key, story) for key, before, story in rows if after[key] != before]
    if changed:
        connection.execute(
            update(t.article).where(t.article.c.key == bindparam("b_key")).values(visibility=bindparam("b_visibility")),
            [{"b_key": key, "b_visibility": after[key]} for key, _story in changed],
        )
        now_so = {seen: [key for key, _story in changed if after[key] == seen] for seen in {*after.values()}}
        withdrawn = now_so.get(Visibility.WITHDRAWN.value, [])
        bury_all(connection, withdrawn, now)
        bury_all(connection, now_so.get(Visibility.PRIVATE.value, []), now, private=False)
        exhume_all(connection, now_so.get(Visibility.PUBLIC.value, []))
        _forget_rendered(connection, withdrawn)
        tell_mates(connection, {story for _key, story in changed}, now)
        drop(connection, [key for key, _story in changed if after[key] != Visibility.PUBLIC.value])
    _show(connection, after, sources, now)


@prepared
def _seen(keys: Any) -> Executable:
    c, s = t.article.c, t.source.c
    erased = or_(c.ruling.is_not(None), c.title == "").label("erased")
    # What somebody passed on is no more open than the source that it is of.
    query = select(c.key, c.visibility, c.story_id, c.waiting, erased, s.private, s.withdrawn)
    return query.outerjoin(t.source, s.id == c.relayed).where(c.key.in_(keys))


def _sources(connection: Connection, keys: Collection[int]) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(*_showing(keys=list(keys))).mappings():
        found[row["article_key"]].append(row)
    return found


@prepared
def _showing(keys: Any) -> Executable:
    s, seen = t.source.c, t.sighting.c
    query = select(seen.article_key, s.id, s.private, s.withdrawn).join(t.source, s.id == seen.source_id)
    return query.where(seen.article_key.in_(keys))


def _show(
    connection: Connection, visibility: dict[int, str], sources: dict[int, list[RowMapping]], now: datetime
) -> None:
    """Make what is carried agree with who may see it; operators' channels lose what they must not have."""
    show: list[tuple[int, int]] = []
    hide: list[tuple[int, int]] = []
    remove: list[tuple[int, int]] = []
    for channel_id, key, carried, kind, slug, private in connection.execute(*_places(keys=list(visibility))):
        place, seen = (channel_id, key), visibility[key]
        if kind == ChannelKind.CHANNEL.value:
            if seen != Visibility.PUBLIC.value and not (seen == Visibility.PRIVATE.value and private):
                remove.append(place)
            continue
        closed = {one["id"] for one in sources[key] if one["private"] or one["withdrawn"]}
        wanted = seen == Visibility.PUBLIC.value and not (kind == ChannelKind.SOURCE.value and slug in closed)
        if wanted != bool(carried):
            (show if wanted else hide).append(place)
    carry(connection, show, now, carried=True)
    carry(connection, hide, now, carried=False)
    unseat(connection, remove, now)


@prepared
def _places(keys: Any) -> Executable:
    c, m = t.channel.c, t.membership.c
    query = select(m.channel_id, m.article_key, m.carried, c.kind, c.slug, c.private)
    return query.join(t.channel, c.id == m.channel_id).where(m.article_key.in_(keys))
