"""A database of our own → traces: what each of its sources brought, and when."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection, select

from aggregator.errors import StoreError
from aggregator.store import Store
from aggregator.store import tables as t
from aggregator.store.engine import Database
from bench.cadence.traces import Published, Trace, came_at, traces


def read_database(url: str) -> list[Trace]:
    """Of every source that it has seen eight weeks of. Raises SystemExit where it cannot be read."""
    try:
        return asyncio.run(_read(url))
    except StoreError as error:
        raise SystemExit(str(error)) from error


async def _read(url: str) -> list[Trace]:
    database = Database.of(url)
    try:
        await Store(database).ready()  # to read a file that is not there would make it
        return list(traces(await database.read(_published)))
    finally:
        await database.close()


def _published(connection: Connection) -> list[Published]:
    """Each article in the source that brought it first."""
    article, sighting = t.article.c, t.sighting.c
    query = select(article.source_id, article.published, sighting.first_seen).join_from(
        t.article, t.sighting, (sighting.article_key == article.key) & (sighting.source_id == article.source_id)
    )
    came = ((source, came_at(published, seen)) for source, published, seen in connection.execute(query))
    return [Published(source, (), at) for source, at in came if at is not None]
