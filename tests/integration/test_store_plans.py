"""What polls and readers ask of SQLite: found by an index, whatever the size of the archive. PostgreSQL plans by size: in an
empty database it may read everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from aggregator.model import Channel, ChannelKind, Sighting, Source, Stories, Title
from aggregator.query import parse
from aggregator.store import Store
from tests.making import NOW, credit, newsroom, poll, section_evidence, sighting, source

HERALD, TIMES, POST = source("herald"), source("times"), source("post")
ONCE = Channel(
    kind=ChannelKind.CHANNEL, slug="once", title=Title("Once"), where="ferry OR mayor", stories=Stories(mode="first")
)
HOUR = timedelta(hours=1)
# What grows with the archive. A walk along an index that ends with a LIMIT reads no more than it returns.
GROWING = {
    "alias", "article", "author", "author_alias", "author_mark", "clue", "credit", "evidence", "membership", "page", "poll",
    "revision", "sighting", "story", "telling",
}  # fmt: skip


@contextmanager
def statements() -> Iterator[dict[str, list[str]]]:
    """Each statement that is run meanwhile, with SQLite's plan for it."""
    plans: dict[str, list[str]] = {}

    def look(_connection: Any, cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement not in plans and re.match("SELECT|UPDATE|DELETE|INSERT|WITH", statement):
            plan = cursor.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values)
            plans[statement] = [row[3] for row in plan.fetchall()]

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def reading_everything(plans: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """The statements that read all of a table that grows."""
    found = []
    for statement, plan in plans.items():
        named = {alias: table for table, alias in re.findall(r"\b(?:FROM|JOIN) (\w+) AS (\w+)", statement)}
        scanned = {named.get(table, table) for step in plan for table in re.findall(r"^SCAN (\w+)", step)}
        if scanned & GROWING and " LIMIT " not in statement:
            found.append((statement, plan))
    return found


def told(title: str, of: Source, number: int) -> Sighting:
    url = f"https://{of.id}.example/{number}"
    by = (replace(credit("Ana López"), url=f"https://{of.id}.example/ana"),)
    words: dict[str, Any] = {"guid": url, "url": url, "summary": f"{title}, said the harbour master", "published": NOW}
    return sighting(title, of=of, credits=by, sections=("sea",), evidence=(section_evidence("sea"),), **words)


async def test_no_statement_of_a_poll_or_a_feed_reads_all_of_a_table_that_grows(bare: Store) -> None:
    store = bare
    await store.apply(newsroom(HERALD, TIMES, POST, channels=(ONCE,)), now=NOW)
    carry = {"selects": lambda article: ["once"]}
    with statements() as plans:
        for number, title in enumerate(
            ["Ferry sinks near Isla Margarita, 30 missing", "Mayor of Salta resigns at noon"]
        ):
            for of in (HERALD, TIMES, POST):
                seen = told(title if of is HERALD else f"{title}: what we know", of, number)
                await poll(store, of, seen, now=NOW + number * HOUR, **carry)
        corrected = told("Ferry sinks near Isla Margarita, 31 missing", HERALD, 0)
        await poll(store, HERALD, corrected, now=NOW + 3 * HOUR, **carry)
        stories = await store.stories(limit=9)
        await store.part_story([stories[0][1][0].id], now=NOW + 4 * HOUR)
        await store.join_stories([article.id for _id, articles in stories for article in articles], now=NOW + 5 * HOUR)
        for kind, slug in ((ChannelKind.CHANNEL, "once"), (ChannelKind.SECTION, "sea"), (ChannelKind.OUTLET, "herald")):
            assert await store.channel(kind, slug)
            assert await store.articles(kind, slug, limit=9)
        await store.search(parse("ferry AND section:sea"), now=NOW + 6 * HOUR, limit=9)
    assert len(plans) > 60
    assert reading_everything(plans) == []
