"""Two authors → one, with the articles, names and readers of both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, select, update

from aggregator.model import ChannelKind
from aggregator.store import tables as t
from aggregator.store.channels import bump, ensure
from aggregator.store.marks import inherit
from aggregator.store.renaming import forward


def merge_authors(connection: Connection, other: RowMapping, id: int, slug: str, now: datetime) -> None:
    """All that `other` wrote is the author's called `slug`; its address forwards."""
    c = t.credit.c
    both = select(c.article_key).where(c.author_id == id)
    connection.execute(delete(t.credit).where(c.author_id == other["id"], c.article_key.in_(both)))
    connection.execute(update(t.credit).where(c.author_id == other["id"]).values(author_id=id))
    a = t.author_alias.c
    connection.execute(update(t.author_alias).where(a.author_id == other["id"]).values(author_id=id))
    inherit(connection, other["id"], id)
    connection.execute(delete(t.author).where(t.author.c.id == other["id"]))
    _move_channel(connection, other["slug"], slug, now)
    forward(connection, ChannelKind.AUTHOR, other["slug"], slug, now)


def _move_channel(connection: Connection, old: str, new: str, now: datetime) -> None:
    channels = ensure(connection, [(ChannelKind.AUTHOR, old), (ChannelKind.AUTHOR, new)], now)
    source, target = channels[ChannelKind.AUTHOR, old], channels[ChannelKind.AUTHOR, new]
    m = t.membership.c
    there = select(m.article_key).where(m.channel_id == target["id"])
    connection.execute(delete(t.membership).where(m.channel_id == source["id"], m.article_key.in_(there)))
    connection.execute(update(t.membership).where(m.channel_id == source["id"]).values(channel_id=target["id"]))
    for table in (t.rendered, t.rendered_body, t.render_failure):
        connection.execute(delete(table).where(table.c.channel_id == source["id"]))
    connection.execute(delete(t.channel).where(t.channel.c.id == source["id"]))
    bump(
        connection,
        {target["id"]: source["size"]},
        now,
        {target["id"]: source["latest"]} if source["latest"] else None,
    )
