"""Sources and outlets under other ids than before → what is stored of them, under those ids."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from aggregator.model import ChannelKind, KeyKind, Source
from aggregator.store import tables as t
from aggregator.store.channels import bump, ensure
from aggregator.store.mapping import chunks


def address_key(source: Source) -> str:
    """What a source is recognised by: its address, or a hash of it where it holds a secret."""
    if source.url == source.public_url:
        return source.url
    return f"sha256:{hashlib.sha256(source.url.encode()).hexdigest()}"


def rename_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> tuple[tuple[str, str], ...]:
    """Give stored sources their new ids where the configuration names a known address under another id: (old, new)."""
    held = set(connection.execute(select(t.source.c.id)).scalars())
    c = t.source_url.c
    owners = dict(connection.execute(select(c.url, c.source_id)).all())
    kept = {source.id for source in sources}
    renamed: list[tuple[str, str]] = []
    for source in sources:
        old = owners.get(address_key(source))
        if old is None or old in kept or source.id in held or old not in held:
            continue
        _rename(connection, old, source.id, now)
        held = held - {old} | {source.id}
        owners = {url: source.id if id == old else id for url, id in owners.items()}
        renamed.append((old, source.id))
    return tuple(renamed)


def _rename(connection: Connection, old: str, new: str, now: datetime) -> None:
    connection.execute(update(t.source).where(t.source.c.id == old).values(id=new))
    for table in (
        t.source_url,
        t.schedule,
        t.poll,
        t.problem,
        t.held,
        t.hub_lease,
        t.hub_push,
        t.article,
        t.sighting,
        t.evidence,
    ):
        connection.execute(update(table).where(table.c.source_id == old).values(source_id=new))
    guids = t.alias.c.kind == KeyKind.GUID.value
    connection.execute(update(t.alias).where(guids, t.alias.c.scope == old).values(scope=new))
    connection.execute(update(t.habit).where(t.habit.c.scope == old).values(scope=new))
    here = t.channel.c.kind == ChannelKind.SOURCE.value
    connection.execute(
        update(t.channel)
        .where(here, t.channel.c.slug == old)
        .values(slug=new, version=t.channel.c.version + 1, changed=now)
    )
    forward(connection, ChannelKind.SOURCE, old, new, now)


def forward(connection: Connection, kind: ChannelKind, old: str, new: str, now: datetime) -> None:
    """The old address forwards, and the new one no longer does, if it ever did."""
    _forward(connection, kind.value, old, new, now)


def forward_article(connection: Connection, old: str, new: str, now: datetime) -> None:
    """The address of an article that is another forwards to it."""
    _forward(connection, "article", old, new, now)


def _forward(connection: Connection, kind: str, old: str, new: str, now: datetime) -> None:
    r = t.redirect.c
    connection.execute(delete(t.redirect).where(r.kind == kind, r.old.in_([old, new])))
    connection.execute(insert(t.redirect).values(kind=kind, old=old, new=new, at=now))


def move_outlets(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Let stored articles follow a source to another outlet; an outlet that all left for one other forwards there.

    Identity is decided within an outlet: without this everything that such a source shows would be new once more.
    """
    held = dict(connection.execute(select(t.source.c.id, t.source.c.outlet_id)).all())
    targets: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        old, new = held.get(source.id), source.outlet.id
        if old is not None and old != new:
            targets[old].add(new)
            _move_articles(connection, source.id, old, new, now)
    kept = {source.outlet.id for source in sources}
    for old, new_ones in targets.items():
        if old not in kept and len(new_ones) == 1:
            (new,) = new_ones
            _move_authors(connection, old, new)
            forward(connection, ChannelKind.OUTLET, old, new, now)


def _move_articles(connection: Connection, source_id: str, old: str, new: str, now: datetime) -> None:
    a = t.article.c
    moving = select(a.key, a.id).where(a.source_id == source_id, a.outlet_id == old)
    articles = dict(connection.execute(moving).all())
    channels = ensure(connection, [(ChannelKind.OUTLET, old), (ChannelKind.OUTLET, new)], now)
    before, after = channels[ChannelKind.OUTLET, old]["id"], channels[ChannelKind.OUTLET, new]["id"]
    m = t.membership.c
    moved = 0
    for keys in chunks(articles):
        connection.execute(update(t.article).where(a.key.in_(keys)).values(outlet_id=new))
        _move_aliases(connection, [articles[key] for key in keys], old, new)
        c = t.clue.c
        connection.execute(update(t.clue).where(c.outlet_id == old, c.article_key.in_(keys)).values(outlet_id=new))
        here = (m.channel_id == before, m.article_key.in_(keys))
        moved += len(connection.execute(select(m.article_key).where(*here, m.carried)).all())
        connection.execute(update(t.membership).where(*here).values(channel_id=after))
    latest = channels[ChannelKind.OUTLET, old]["latest"]
    bump(connection, {before: -moved, after: moved}, now, {after: latest} if latest else None)


def _move_aliases(connection: Connection, ids: Collection[str], old: str, new: str) -> None:
    c, there = t.alias.c, t.alias.alias("there")
    taken = exists().where(
        there.c.outlet_id == new, there.c.kind == c.kind, there.c.scope == c.scope, there.c.value == c.value
    )
    connection.execute(update(t.alias).where(c.outlet_id == old, c.article_id.in_(ids), ~taken).values(outlet_id=new))


def _move_authors(connection: Connection, old: str, new: str) -> None:
    """Bylines go on meaning who they meant; a name that somebody has in the new outlet already is that person's."""
    c, there = t.author_alias.c, t.author_alias.alias("there")
    taken = exists().where(there.c.outlet_id == new, there.c.folded == c.folded)
    connection.execute(update(t.author_alias).where(c.outlet_id == old, ~taken).values(outlet_id=new))
    connection.execute(update(t.author).where(t.author.c.outlet_id == old).values(outlet_id=new))
