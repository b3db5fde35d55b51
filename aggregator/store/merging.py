"""Two authors → one, with the articles, names and readers of both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, exists, select, update

from aggregator.model import ChannelKind
from aggregator.store import tables as t
from aggregator.store.channels import bump, ensure
from aggregator.store.marks import inherit
from aggregator.store.renaming import forward
from aggregator.text import name_tokens


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


def retire_authors(connection: Connection, successors: Mapping[int, int | None], now: datetime) -> None:
    """Authors in whose place other rules name nobody, or somebody whose name is in theirs, if nothing is theirs any more: their
    names were none, and are shown no longer; their addresses forward."""
    p, c = t.author.c, t.credit.c
    wrote = exists().where(c.author_id == p.id)
    query = select(t.author).where(p.id.in_(list(successors)), ~p.configured, ~wrote)
    for row in connection.execute(query).mappings().all():
        meant = connection.execute(select(p.id, p.slug, p.name).where(p.id == successors[row["id"]])).first()
        if meant and not set(name_tokens(meant.name)) <= set(name_tokens(row["name"])):
            continue  # the operator's other view of a name, which may change again
        for table in (t.author_alias, t.author_mark):
            connection.execute(delete(table).where(table.c.author_id == row["id"]))
        if meant:
            merge_authors(connection, row, meant.id, meant.slug, now)
        else:
            connection.execute(delete(t.author).where(p.id == row["id"]))
            here = (t.channel.c.kind == ChannelKind.AUTHOR.value, t.channel.c.slug == row["slug"])
            connection.execute(update(t.channel).where(*here).values(latest=None))


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
