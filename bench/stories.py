"""`bench stories`: what it costs to find the story of an article: in a full window, with a large archive, and after a start."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from aggregator.config import load
from aggregator.dedupe.stories import WINDOW_HOURS, join
from aggregator.dedupe.stories_window import LIMIT, Window
from aggregator.store import Store
from aggregator.store.engine import Database
from aggregator.store.tellings import Recent, said_of
from bench.archive import build, deepen, later_batches
from bench.made_up import START, made_up
from bench.report import Figure, spread

SUMMARY = "processor time of finding the story of an article, in a full window and with a large archive"
_OUTLETS = 170
_WRITTEN = 300


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--window", type=int, default=LIMIT, help=f"articles of the last 72 hours (default {LIMIT})")
    parser.add_argument("--measured", type=int, default=5_000, help="articles that then come (default 5000)")
    parser.add_argument("--articles", type=int, default=100_000, help="articles in the archive (default 100000)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """The pure part alone, then the store's writing with it."""
    return [_pure(options.window, options.measured), *_stored(options)]


def _pure(size: int, measured: int) -> Figure:
    """Every tenth article retells one of the window: most of its words are those of the other."""
    window = Window()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(size):
        _take_in(window, number, size, _told(number))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    seconds: list[float] = []
    joined = 0
    coming = [(number, _told(number)) for number in range(size, size + 2 * measured)]
    at = time.process_time()
    for number, told in coming[:measured]:
        joined += _take_in(window, number, size, told)
    together = time.process_time() - at  # to ask for the time costs some, too
    for number, told in coming[measured:]:
        at = time.process_time()
        _take_in(window, number, size, told)
        seconds.append(time.process_time() - at)
    assert joined >= measured // 20, f"only {joined} of {measured} articles joined a story"
    return Figure(
        what=f"{size:,} articles in the window",
        measures={
            "articles/s on one core": round(measured / together),
            "joined a story": joined,
            "kB of memory per article": round(memory / max(1, size), 1),
            **spread(seconds),
            "ms p99": _percentile(seconds, 0.99),
        },
    )


def _told(number: int) -> tuple[str, str]:
    """The title and summary of an article; every tenth retells another in other words."""
    told = made_up(number % _OUTLETS, number)
    if number % 10 or not number:
        return told.title, told.summary
    other = made_up((number - 7) % _OUTLETS, number - 7)
    title = " ".join(random.Random(number).sample(other.title.split(), 7))
    return title, f"{other.summary[:120]} {told.summary[:100]}"


def _take_in(window: Window, number: int, size: int, told: tuple[str, str]) -> bool:
    """What the service does with one article; whether it joined a story."""
    at = WINDOW_HOURS * number / size
    window.forget(at - WINDOW_HOURS)
    language, outlet = ("es", "pt")[number % 2], f"outlet-{number % _OUTLETS}"
    telling = window.weigh(said_of(*told), id=f"{number:016}", outlet=outlet, language=language, at=at)
    joined = join(telling, window)
    for one in joined.regroupings if joined else ():
        window.unite(one.stories, one.moved, one.stories[0] if one.stories else one.moved[0] + "+")
    window.add(telling, window.story_of(joined.nearest) if joined else telling.id)
    return joined is not None


def _stored(options: argparse.Namespace) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        folder, built = Path(name), min(options.articles, LIMIT)
        build(folder, size=built)
        figures = asyncio.run(_write(folder, built, built))
        if copies := options.articles // built - 1:
            deepen(folder, copies=copies, seconds=built + _WRITTEN)
            figures += asyncio.run(_write(folder, built + _WRITTEN, options.articles))
        return figures


async def _write(folder: Path, told: int, size: int) -> list[Figure]:
    """A start with an empty memory, then one article a transaction, the next after the `told` newest."""
    now = START + timedelta(seconds=told)  # when the archive ends
    database = Database.of(f"sqlite:///{folder / 'bench.db'}")
    recent = Recent()
    started = time.process_time()
    await database.read(recent.catch_up, now)
    loaded = time.process_time() - started
    await database.close()
    store = Store.open(f"sqlite:///{folder / 'bench.db'}")
    newsroom = load(folder / "config", environment=os.environ, strict_secrets=True).newsroom
    held = (await store.statistics()).articles
    assert held >= size, f"{held} articles are stored, not {size}"
    seconds: list[float] = []
    for batch in later_batches(newsroom, told, _WRITTEN):
        at = time.process_time()
        await store.write(batch, now=batch.poll.finished)
        seconds.append(time.process_time() - at)
    written = (await store.statistics()).articles - held
    await store.close()
    assert written == _WRITTEN, f"{written} of {_WRITTEN} articles were written"
    return [
        Figure(
            what=f"{size:,} articles stored: the first poll of a process takes up the window",
            measures={"articles in the window": len(recent.window), "s of the processor": round(loaded, 2)},
        ),
        Figure(
            what=f"{size:,} articles stored: one article written, everything included",
            measures={**spread(seconds[1:]), "ms p99": _percentile(seconds[1:], 0.99)},
        ),
    ]


def _percentile(seconds: list[float], share: float) -> float:
    return round(sorted(seconds)[int(len(seconds) * share)] * 1000, 2)
