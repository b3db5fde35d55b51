"""Agencies → one author each, whichever outlets print them: what stored articles knew as several is joined."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from aggregator.dedupe.agencies import agency, agency_names
from aggregator.model import Credit
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.marks import marks, remember
from aggregator.store.merging import merge_authors


def join_agencies(connection: Connection, now: datetime) -> None:
    """One author for each agency: a profile for all outlets if there is one, else the one with the plainest address."""
    p = t.author.c
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for some in chunks(agency_names()):
        query = select(t.author).where(p.kind == "organisation", p.folded.in_(some))
        for row in connection.execute(query).mappings():
            found[agency(row["name"]) or ""].append(row)
    for rows in found.values():
        _join(connection, [row for row in rows if not (row["configured"] and row["outlet_id"])], now)


def _join(connection: Connection, rows: list[RowMapping], now: datetime) -> None:
    profiles = [row for row in rows if row["configured"]]
    if len(profiles) > 1 or not rows:
        return  # the operator says that they are two
    first, *others = sorted(rows, key=lambda row: (not row["configured"], len(row["slug"]), row["id"]))
    for other in others:
        merge_authors(connection, other, first["id"], first["slug"], now)
    mark = marks(Credit(name=first["name"], kind="organisation"), "")
    remember(connection, [(one, first["id"]) for one in mark])
    if first["outlet_id"]:
        connection.execute(update(t.author).where(t.author.c.id == first["id"]).values(outlet_id=""))
