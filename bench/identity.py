"""`bench identity`: what it costs of the processor to decide which entries are one article, and what changed in them."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, delete

from aggregator.dedupe import changes, decide, lessons
from aggregator.model import New, Newsroom, Outlet, Poll, PollOutcome, Schedule, Sighting, Source, Verdict
from aggregator.store import Batch, Store
from aggregator.store import tables as t
from aggregator.store.engine import Database
from aggregator.store.memory import remember
from bench.archive import stated
from bench.made_up import START
from bench.report import Figure

SUMMARY = "processor time of identity: per new article, per document seen before, per revision"
_DOCUMENT = 40


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=20_000, help="of the outlet that are stored (default 20000)")
    parser.add_argument("--rounds", type=int, default=20, help="documents of each kind (default 20)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """New articles, unchanged documents, edited entries."""
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        return asyncio.run(_measure(Path(name) / "bench.db", options.articles, options.rounds))


async def _measure(path: Path, size: int, rounds: int) -> list[Figure]:
    store, database = Store.open(f"sqlite:///{path}"), Database.of(f"sqlite:///{path}")
    outlet = Outlet(id="outlet", title="Outlet", url="https://outlet.example")
    source = Source(
        id="outlet", outlet=outlet, url="https://outlet.example/rss", public_url="https://outlet.example/rss"
    )
    try:
        await store.migrate()
        await store.apply(Newsroom(sources=(source,), outlets=(outlet,), digest="bench"), now=START)
        for first in range(0, size, 400):
            await _store(store, source, _sightings(source, first, min(400, size - first)))
        fresh, known, edited = [], [], []
        for number in range(rounds):
            document = _sightings(source, size + number * _DOCUMENT, _DOCUMENT)
            spent, verdicts = await _decided(store, document)
            assert all(isinstance(verdict, New) for verdict in verdicts)
            fresh.append((spent + await database.write(_remembered, document)) / _DOCUMENT)
            await _store(store, source, document, verdicts)
            spent, verdicts = await _decided(store, document)
            assert not any(isinstance(verdict, New) for verdict in verdicts)
            known.append(spent)
            edited.append(_compared(document))
    finally:
        await database.close()
        await store.close()
    return [
        Figure(what="a new article: recalled, decided, remembered", measures=_milliseconds(fresh)),
        Figure(what=f"a document of {_DOCUMENT} known entries: recalled, decided", measures=_milliseconds(known)),
        Figure(what="an edited entry: what a reader notices", measures=_milliseconds(edited)),
    ]


def _sightings(source: Source, first: int, count: int) -> list[Sighting]:
    return [stated(source, entry).sighting for entry in range(first, first + count)]


async def _decided(store: Store, document: Sequence[Sighting]) -> tuple[float, tuple[Verdict, ...]]:
    started = time.process_time()
    memory = await store.recall("outlet", document)
    verdicts = decide(document, memory.known, memory.near, memory.habits)
    lessons(document, verdicts, memory.near, memory.habits)
    return time.process_time() - started, verdicts


def _remembered(connection: Connection, document: Sequence[Sighting]) -> float:
    """Writing their clues, under keys that are nobody's, in the transaction of their poll."""
    started = time.process_time()
    remember(connection, {-1 - place: one for place, one in enumerate(document)}, fresh=True)
    spent = time.process_time() - started
    connection.execute(delete(t.clue).where(t.clue.c.article_key < 0))
    return spent


def _compared(document: Sequence[Sighting]) -> float:
    pairs = [(one.content, replace(one.content, summary=f"{one.content.summary} Further words.")) for one in document]
    started = time.process_time()
    assert all(changes(old, new) == ("summary",) for old, new in pairs)
    return (time.process_time() - started) / len(pairs)


async def _store(
    store: Store, source: Source, document: Sequence[Sighting], verdicts: tuple[Verdict, ...] | None = None
) -> None:
    now = START + timedelta(days=1)
    batch = Batch(
        source=source,
        verdicts=verdicts or decide(document, {}),
        schedule=Schedule(source_id=source.id, next_poll=now),
        poll=Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH),
        first_document=True,
        whole=True,
    )
    await store.write(batch, now=now)


def _milliseconds(seconds: Sequence[float]) -> dict[str, float | int]:
    return {"ms median": statistics.median(seconds) * 1000, "ms worst": max(seconds) * 1000}
