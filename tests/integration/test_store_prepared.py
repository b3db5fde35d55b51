"""Statements that are built once and run again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Executable, select, update

from aggregator.store import Store
from aggregator.store import tables as t
from aggregator.store.prepared import prepared
from tests.making import NOW, newsroom, source

HOUR = timedelta(hours=1)


async def test_a_statement_is_built_once_and_takes_other_values_each_time(store: Store) -> None:
    await store.apply(newsroom(source(id="a"), source(id="b", url="https://b.example/")), now=NOW)
    built = list[Any]()

    @prepared
    def planned(ids: Any, at: Any) -> Executable:
        built.append(ids)
        return update(t.schedule).where(t.schedule.c.source_id.in_(ids)).values(next_poll=at)

    def plan(connection: Connection) -> list[Any]:
        connection.execute(*planned(ids=["a", "b", "c"], at=NOW))
        connection.execute(*planned(ids=["b"], at=NOW + HOUR))
        connection.execute(*planned(ids=[], at=NOW - HOUR))
        query = select(t.schedule.c.next_poll).order_by(t.schedule.c.source_id)
        return list(connection.execute(query).scalars())

    assert await store._database.write(plan) == [NOW, NOW + HOUR], "with the column's own type: an instant"
    assert len(built) == 1
