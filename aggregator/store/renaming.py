"""Addresses that a source ever had → the source, under whatever id the configuration gives it now."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.model import ChannelKind, KeyKind, Source
from aggregator.store import tables as t


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
    for table in (t.source_url, t.schedule, t.poll, t.article, t.sighting, t.evidence):
        connection.execute(update(table).where(table.c.source_id == old).values(source_id=new))
    guids = t.alias.c.kind == KeyKind.GUID.value
    connection.execute(update(t.alias).where(guids, t.alias.c.scope == old).values(scope=new))
    here = t.channel.c.kind == ChannelKind.SOURCE.value
    connection.execute(
        update(t.channel)
        .where(here, t.channel.c.slug == old)
        .values(slug=new, version=t.channel.c.version + 1, changed=now)
    )
    # The old address forwards, and the new one no longer does, if it ever did.
    r = t.redirect.c
    connection.execute(delete(t.redirect).where(r.kind == ChannelKind.SOURCE.value, r.old.in_([old, new])))
    connection.execute(insert(t.redirect).values(kind=ChannelKind.SOURCE.value, old=old, new=new, at=now))
