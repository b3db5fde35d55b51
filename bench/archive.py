"""A number of articles → a database that holds them, written by the store's own write path; and more of them, copied."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from aggregator.config import load
from aggregator.dedupe import identity_keys
from aggregator.model import (
    Category,
    Content,
    Credit,
    New,
    Newsroom,
    Poll,
    PollOutcome,
    Schedule,
    Sighting,
    Source,
    article_id,
    lowest_key,
)
from aggregator.store import Batch, Store
from bench import newsroom
from bench.made_up import SECTIONS, START, made_up

SOURCES = 100
_BATCH = 400


def build(folder: Path, *, size: int) -> float:
    """Make the archive in `folder`, or keep the one that is there; articles written per second."""
    newsroom.write(folder / "config", sources=SOURCES, port=9, kind="bare")
    return asyncio.run(_build(folder, size))


def deepen(folder: Path, *, copies: int, seconds: int) -> None:
    """Put below an archive of `seconds` so many `copies` of its articles and of their places in channels, each older by
    `seconds` than the one before. Their words are not searchable: a million takes a minute."""
    with sqlite3.connect(folder / "bench.db") as connection:
        span = lowest_key(START + timedelta(seconds=seconds)) - lowest_key(START)
        (first,) = connection.execute("SELECT min(key) FROM article").fetchone()
        for table, key in (("article", "key"), ("membership", "article_key")):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            older = {key: f"{key} - :span", "rank": "rank - :span", "title_tokens": "''", "text_tokens": "''"}
            older |= {id: f"{id} || :copy" for id in ("id", "story_id")}
            said = ", ".join(older.get(column, column) for column in columns)
            into = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said} FROM {table} WHERE {key} >= :first"
            for copy in range(1, copies + 1):
                connection.execute(into, {"span": copy * span, "copy": f"-{copy}", "first": first})
    connection.close()


async def _build(folder: Path, size: int) -> float:
    loaded = load(folder / "config", environment=os.environ, strict_secrets=True).newsroom
    store = Store.open(f"sqlite:///{folder / 'bench.db'}")
    try:
        await store.migrate()
        held = (await store.statistics()).articles
        if held == 0:
            await store.apply(loaded, now=START)
        assert held in (0, size), f"{folder} holds an archive of {held} articles, not {size}"
        started = time.perf_counter()
        written = held
        for batch in _batches(loaded, size - held):
            written += len((await store.write(batch, now=batch.poll.finished)).new)
            if sys.stderr.isatty():
                print(f"\r  building: {written:,} of {size:,}", end="", file=sys.stderr)
        assert (await store.statistics()).articles == size
        return (size - held) / (time.perf_counter() - started)
    finally:
        await store.close()


def _batches(loaded: Newsroom, size: int) -> Iterator[Batch]:
    """Documents of 400 entries, source after source, so that every page of a section mixes many outlets."""
    for number in range(0, size, _BATCH):
        source = loaded.sources[number // _BATCH % len(loaded.sources)]
        now = START + timedelta(seconds=number)
        entries = range(number, min(number + _BATCH, size))
        yield Batch(
            source=source,
            verdicts=tuple(stated(source, entry) for entry in entries),
            schedule=Schedule(source_id=source.id, next_poll=now),
            poll=Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH),
            first_document=True,
        )


def later_batches(loaded: Newsroom, after: int, count: int) -> Iterator[Batch]:
    """The next articles of an archive that holds `after`, one a document."""
    for number in range(after, after + count):
        source = loaded.sources[number % len(loaded.sources)]
        now = START + timedelta(seconds=number)
        yield Batch(
            source=source,
            verdicts=(stated(source, number),),
            schedule=Schedule(source_id=source.id, next_poll=now),
            poll=Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH),
            first_document=False,
        )


def stated(source: Source, entry: int, *, full: bool = False) -> New:
    """Entry `entry` as `source` states it for the first time, `full` with its text."""
    sighting = _sighting(source, entry, full=full)
    keys = identity_keys(sighting)
    return New(sighting=sighting, keys=keys, id=article_id(sighting.outlet_id, keys[0].value), rule="bench")


def _sighting(source: Source, entry: int, *, full: bool) -> Sighting:
    one = made_up(entry % SOURCES, entry)
    link = f"{source.url}/{entry}"
    return Sighting(
        source_id=source.id,
        outlet_id=source.outlet.id,
        position=entry % _BATCH,
        guid=link,
        content=Content(title=one.title, summary=one.summary, text=one.text if full else "", url=link, language="es"),
        published=START + timedelta(seconds=entry),
        updated=None,
        credits=(Credit(name=one.author, names=(one.author.lower(),)),),
        categories=(Category(term=one.category),),
        sections=(one.category, SECTIONS[entry % len(SECTIONS)]),
        countries=("PE",),
        evidence=(),
        bylines=(one.author,),
        raw_published=None,
        raw_updated=None,
        raw_hash=str(entry),
    )
