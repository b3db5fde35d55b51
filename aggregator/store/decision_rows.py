"""Decisions of operators as they are kept."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, insert, select

from aggregator.model import Action, Decision, Key, KeyKind, OwnedKey
from aggregator.store import tables as t
from aggregator.store.identities import columns_of
from aggregator.store.mapping import storable


def decisions(connection: Connection, limit: int | None = None) -> tuple[Decision, ...]:
    """What was decided, the latest first."""
    query = select(t.decision).order_by(t.decision.c.id.desc()).limit(limit)
    return tuple(_decision(row) for row in connection.execute(query).mappings())


def keep(connection: Connection, decision: Decision) -> None:
    keys = [[owned.outlet_id, *columns_of(owned.key), owned.article_id] for owned in decision.keys]
    row = {
        "at": decision.at,
        "action": decision.action.value,
        "articles": list(decision.articles),
        "reason": storable(decision.reason),
        "operator": storable(decision.operator),
        "detail": {"keys": keys},
    }
    connection.execute(insert(t.decision).values(row))


def _decision(row: RowMapping) -> Decision:
    keys = (row["detail"] or {}).get("keys", [])
    return Decision(
        at=row["at"],
        action=Action(row["action"]),
        articles=tuple(row["articles"] or ()),
        reason=row["reason"],
        operator=row["operator"],
        keys=tuple(OwnedKey(outlet, Key(KeyKind(kind), value, scope), id) for outlet, kind, scope, value, id in keys),
    )
