"""`bench politeness`: the real poller and client on thousands of hosts, some of which never answer."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psutil
import structlog

from aggregator import cadence
from aggregator.fetch import Client
from aggregator.ingest.pipeline import Pipeline
from aggregator.model import Newsroom, Outlet, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_door
from aggregator.normalize import Rules
from aggregator.sandbox.reading import Reading
from aggregator.schedule import Poller
from aggregator.store import Store, Written
from bench.newsroom import address
from bench.report import Figure

SUMMARY = "thousands of sources and hosts, tarpits among them: requests side by side, smallest gap, delay, memory"
_TICK_SECONDS, _LEAD_SECONDS, _ANSWER_SECONDS = 0.2, 2.0, 0.05


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sources", type=int, default=10_000, help="how many sources (default 10000)")
    parser.add_argument("--hosts", type=int, default=2_000, help="on how many hosts (default 2000)")
    parser.add_argument("--tarpits", type=int, default=100, help="how many hosts never answer (default 100)")
    parser.add_argument(
        "--seconds", type=float, default=300.0, help="over how long all of them fall due once (default 300)"
    )
    parser.add_argument("--rounds", type=int, default=2, help="how many times each is due (default 2)")
    parser.add_argument("--gap", type=float, default=2.0, help="seconds between two requests to a host (default 2)")
    parser.add_argument("--patience", type=float, default=10.0, help="seconds until a tarpit is given up (default 10)")
    parser.add_argument("--concurrency", type=int, default=64, help="as AGGREGATOR_CONCURRENCY (default 64)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """Sources fall due at random moments, as in life; each must be asked then, or when its host may be asked again."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    tarpits = [address(host) for host in range(options.tarpits)]
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as folder, _hosts(tarpits) as port:
        run = asyncio.run(_run(options, Path(folder), port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_report") as answer:
            seen = json.load(answer)
    what = (
        f"{options.sources:,} sources on {options.hosts:,} hosts, {options.tarpits} of them tarpits, "
        f"due within {options.seconds:g} s, {options.rounds} times, {options.gap:g} s between two requests"
    )
    return [Figure(what=what, measures=_measures(options, run, seen, frozenset(tarpits)))]


@dataclass(slots=True)
class _Run:
    """When each source fell due (seconds of the monotonic clock), the most bytes of memory in each round, seconds of the
    processor, and how late a tick came at most: for so much the machine is to blame, or a busy loop."""

    due: dict[str, list[float]]
    memory: list[int]
    most_tasks: int = 0
    processor: float = 0.0
    lag: float = 0.0


@contextmanager
def _hosts(tarpits: list[str]) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.etiquette.hosts", str(_ANSWER_SECONDS), *tarpits]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)


def _newsroom(options: argparse.Namespace, port: int) -> Newsroom:
    outlet = Outlet(id="bench", title="Bench", url="http://127.0.0.1/", country="PE", language="en")
    urls = (f"http://{address(number % options.hosts)}:{port}/{number}.xml" for number in range(options.sources))
    sources = tuple(Source(id=f"s{number}", outlet=outlet, url=url, public_url=url) for number, url in enumerate(urls))
    return Newsroom(sources=sources, outlets=(outlet,), digest="bench")


class _Inline:
    """Reads where it stands: what is measured is who is asked when."""

    async def run(self, function: Callable[..., Reading], /, *args: object, **kwargs: object) -> Reading:
        return function(*args, **kwargs)


async def _run(options: argparse.Namespace, folder: Path, port: int) -> _Run:
    newsroom, store = _newsroom(options, port), Store.open(f"sqlite:///{folder / 'bench.db'}")
    await store.migrate()
    await store.apply(newsroom, now=datetime.now(UTC))  # noqa: TID251
    run = _Run(due={source.id: [] for source in newsroom.sources}, memory=[])
    guard, sources = Guard(["127.0.0.0/8"]), {source.id: source for source in newsroom.sources}
    async with open_door(guard) as door:
        client = Client(
            door.session,
            guard,
            user_agent=lambda: "aggregator/bench (+bench@localhost)",
            concurrency=options.concurrency,
            seconds=options.patience,
            gap_seconds=options.gap,
            names=door.names,
            book=store.host_book("bench", lambda: datetime.now(UTC)),  # noqa: TID251
            spare_own=False,
        )
        pipeline = Pipeline(
            client=client,
            workers=_Inline(),
            store=store,
            rules=Rules.of(newsroom),
            selects=lambda _: (),
            now=lambda: datetime.now(UTC),  # noqa: TID251
            terms=lambda _: cadence.Terms(),
            wrote=_ignore,
        )
        poller = Poller(
            pipeline=lambda: pipeline,
            sources=lambda: sources,
            owner="bench",
            concurrency=options.concurrency,
            courtesy=client.politeness,
        )
        for _ in range(options.rounds):
            _fall_due(folder / "bench.db", run.due, options.seconds)
            await _poll(poller, run, options.seconds)
    await store.close()
    return run


def _fall_due(database: Path, due: dict[str, list[float]], seconds: float) -> None:
    chance, start, epoch = random.Random(7), time.monotonic() + _LEAD_SECONDS, time.time() - time.monotonic()
    for moments in due.values():
        moments.append(start + chance.random() * seconds)
    with sqlite3.connect(database) as connection:
        rows = [(int((moments[-1] + epoch) * 1_000_000), id) for id, moments in due.items()]
        connection.executemany("UPDATE schedule SET next_poll = ?, not_before = NULL WHERE source_id = ?", rows)


async def _poll(poller: Poller, run: _Run, seconds: float) -> None:
    process, began, spent = psutil.Process(os.getpid()), time.monotonic(), time.process_time()
    run.memory.append(0)
    while time.monotonic() < began + seconds + _LEAD_SECONDS + 1 or not poller.idle:
        await poller.tick()
        run.memory[-1] = max(run.memory[-1], process.memory_info().rss)
        run.most_tasks = max(run.most_tasks, len(asyncio.all_tasks()))
        slept = time.monotonic()
        await asyncio.sleep(_TICK_SECONDS)
        run.lag = max(run.lag, time.monotonic() - slept - _TICK_SECONDS)
    run.processor += time.process_time() - spent


async def _ignore(source: Source, written: Written) -> None:
    return


def _measures(
    options: argparse.Namespace, run: _Run, seen: dict[str, dict[str, list[float]]], tarpits: frozenset[str]
) -> dict[str, float | int | str]:
    starts = seen["starts"]
    requests = sum(map(len, starts.values()))
    gaps = [b - a for at in starts.values() for a, b in pairwise(at)]
    numbers = {address(number): number for number in range(options.hosts)}
    others = [host for host in starts if host not in tarpits]
    delays = sorted(delay for host in others for delay in _delays(options, run, numbers[host], starts[host]))
    return {
        "hosts asked": len(starts),
        "requests": requests,
        "ms of the processor for a request, reading and storing included": round(run.processor * 1_000 / requests, 2),
        "requests to tarpits": sum(len(at) for host, at in starts.items() if host in tarpits),
        "requests to one host side by side, most": max(int(str(most)) for most in seen["most"].values()),
        "s between two requests to one host, smallest": round(min(gaps, default=0.0), 3),
        "s that another host was asked late, median": round(delays[len(delays) // 2], 3),
        "s that another host was asked late, p99": round(delays[int(len(delays) * 0.99)], 3),
        "s that another host was asked late, worst": round(delays[-1], 3),
        "s that the loop itself was behind, worst": round(run.lag, 3),
        **{f"MB of memory, most in round {at}": round(most / 1e6, 1) for at, most in enumerate(run.memory, start=1)},
        "tasks, most": run.most_tasks,
    }


def _delays(options: argparse.Namespace, run: _Run, number: int, starts: list[float]) -> Iterator[float]:
    """How late each request was: after the source was due, and after the host could be asked again. A tick is not counted."""
    due = sorted(moment for one in range(number, options.sources, options.hosts) for moment in run.due[f"s{one}"])
    free = 0.0
    for at, wanted in zip(starts, due, strict=False):
        yield max(0.0, at - max(wanted + _TICK_SECONDS, free))
        free = at + options.gap
