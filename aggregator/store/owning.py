"""Which article has which key, what gave it, and how an operator's decision moves it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from aggregator.dedupe import WEAK_RULES
from aggregator.model import Key, KeyKind, OwnedKey
from aggregator.store import tables as t
from aggregator.store.identities import columns_of


def owned_keys(connection: Connection, id: str) -> tuple[tuple[OwnedKey, str, datetime], ...]:
    """All that an article is known by, with the rule that said so and when, the first first."""
    a = t.alias.c
    query = select(t.alias).where(a.article_id == id).order_by(a.first_seen, a.kind, a.value)
    rows = connection.execute(query).mappings()
    return tuple((_owned(row), row["rule"], row["first_seen"]) for row in rows)


def _owned(row: RowMapping) -> OwnedKey:
    return OwnedKey(row["outlet_id"], Key(KeyKind(row["kind"]), row["value"], row["scope"]), row["article_id"])


def keys_of(connection: Connection, ids: Collection[str]) -> tuple[OwnedKey, ...]:
    a = t.alias.c
    query = select(t.alias).where(a.article_id.in_(ids)).order_by(a.kind, a.scope, a.value)
    return tuple(map(_owned, connection.execute(query).mappings()))


def joined_last(connection: Connection, id: str) -> tuple[OwnedKey, ...]:
    """The keys that came to an article last by weak evidence."""
    a = t.alias.c
    weak = or_(a.rule.in_(WEAK_RULES), (a.kind == KeyKind.GUID.value) & a.rule.like("same link%"))
    query = select(t.alias).where(a.article_id == id, weak).order_by(a.first_seen.desc())
    rows = list(connection.execute(query).mappings())
    return tuple(_owned(row) for row in rows if row["first_seen"] == rows[0]["first_seen"])


def own(connection: Connection, keys: Sequence[OwnedKey], rule: str, now: datetime) -> None:
    """Let keys be of the articles that they are decided to be of, whoever had them."""
    a = t.alias.c
    for owned in keys:
        kind, scope, value = columns_of(owned.key)
        here = (a.outlet_id == owned.outlet_id, a.kind == kind, a.scope == scope, a.value == value)
        decided = {"article_id": owned.article_id, "rule": rule}
        if connection.execute(update(t.alias).where(*here).values(decided)).rowcount == 0:
            where = {"outlet_id": owned.outlet_id, "kind": kind, "scope": scope, "value": value}
            connection.execute(insert(t.alias).values(where | decided | {"first_seen": now, "last_seen": now}))
