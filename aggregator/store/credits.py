"""Credits of sightings → rows: who wrote an article, in the printed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, delete, insert, select

from aggregator.model import Credit, Sighting
from aggregator.store import tables as t
from aggregator.store.authors import folded, resolve
from aggregator.store.mapping import chunks, storable
from aggregator.store.prepared import prepared


def add_credits(connection: Connection, sightings: Mapping[int, Sighting], now: datetime) -> None:
    """Write the credits of articles that have none."""
    rows = [row for rows in credit_rows(connection, sightings, now).values() for row in rows]
    if rows:
        connection.execute(insert(t.credit), rows)


def replace_credits(connection: Connection, rows: Mapping[int, list[dict[str, Any]]]) -> None:
    """Write other credits for articles."""
    for part in chunks(rows):
        connection.execute(delete(t.credit).where(t.credit.c.article_key.in_(part)))
    fresh = [row for those in rows.values() for row in those]
    if fresh:
        connection.execute(insert(t.credit), fresh)


def credit_rows(
    connection: Connection, sightings: Mapping[int, Sighting], now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """The credits of sightings as rows; an author that two names mean stands once."""
    by_outlet: dict[str, list[Credit]] = defaultdict(list)
    for sighting in sightings.values():
        by_outlet[sighting.outlet_id] += sighting.credits
    authors = {outlet: resolve(connection, outlet, named, now) for outlet, named in by_outlet.items() if named}
    found: dict[int, list[dict[str, Any]]] = {}
    for key, sighting in sightings.items():
        named: dict[int, Credit] = {}
        for credit in sighting.credits:
            if author := authors[sighting.outlet_id].get(folded(credit.name)):
                named.setdefault(author.id, credit)
        found[key] = [_row(key, position, id, credit) for position, (id, credit) in enumerate(named.items())]
    return found


def _row(key: int, position: int, author_id: int, credit: Credit) -> dict[str, Any]:
    return {
        "article_key": key,
        "position": position,
        "author_id": author_id,
        "name": storable(credit.name),
        "kind": credit.kind,
        "role": credit.role and storable(credit.role),
        "place": credit.place and storable(credit.place),
    }


def credits_printed(connection: Connection, keys: Collection[int]) -> dict[int, tuple[Credit, ...]]:
    """The credits of articles as they were printed, in order."""
    c = t.credit.c
    found: dict[int, tuple[Credit, ...]] = defaultdict(tuple)
    for part in chunks(keys):
        query = select(t.credit).where(c.article_key.in_(part)).order_by(c.article_key, c.position)
        for row in connection.execute(query).mappings():
            parts = {name: row[name] for name in ("name", "kind", "role", "place")}
            found[row["article_key"]] += (Credit(**parts),)
    return found


def held_authors(connection: Connection, keys: Collection[int]) -> dict[int, list[int]]:
    """The ids of the authors of articles, in order."""
    held: dict[int, list[int]] = defaultdict(list)
    for part in chunks(keys):
        for key, author_id in connection.execute(*_authors(keys=part)):
            held[key].append(author_id)
    return held


@prepared
def _authors(keys: Any) -> Executable:
    c = t.credit.c
    return select(c.article_key, c.author_id).where(c.article_key.in_(keys)).order_by(c.article_key, c.position)
