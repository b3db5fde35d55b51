"""`bench hostile`: what each hostile document costs a worker, and what all of them together do to a service.

First each document is read in the sandbox that the service has, and its cost is taken. Then the real `aggregator poll` fetches
all of them beside sources that mean well, and those must not notice.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from aggregator.errors import FetchError, ParseError
from aggregator.fetch.bodies import Limits
from aggregator.fetch.decoding import DECODING_ERRORS, PIECE, decoder
from aggregator.fetch.visitor import PAGE_LIMITS
from aggregator.model import Outlet, Source
from aggregator.normalize import Rules
from aggregator.sandbox.pool import Sandbox
from bench.command import aggregator, environment, memory
from bench.hostile import Hostile, documents
from bench.hostile.costing import Cost, read_as_feed, read_as_page
from bench.hostile.serving import serving
from bench.made_up import ENTRIES, document
from bench.report import Figure

SUMMARY = "more than 150 documents made to hurt: what each costs at most, and that nobody else notices"
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_WELL_MEANING = 20
_UNPACKING: tuple[type[Exception], ...] = (FetchError, *DECODING_ERRORS)
SOURCE = Source(
    id="hostile",
    outlet=Outlet(id="hostile", title="Hostile", url="http://hostile.example"),
    url="http://hostile.example/rss",
    public_url="http://hostile.example/rss",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a document in the sandbox; `cost` None: its worker did not live to tell."""

    name: str
    verdict: str
    cost: Cost | None


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--slowest", type=int, default=10, help="list so many of the costliest documents (default 10)")
    parser.add_argument("--only", default="", help="only documents whose name holds this")
    parser.add_argument("--no-service", action="store_true", help="leave the part with the whole service out")


def measure(options: argparse.Namespace) -> list[Figure]:
    """The sandbox, the costliest, the service."""
    chosen = [one for one in documents() if options.only in one.name]
    outcomes, kept = asyncio.run(_through_sandbox(chosen))
    figures = [_summary(outcomes, kept)]
    known = [one for one in outcomes if one.cost]
    costliest = sorted(known, key=lambda one: -one.cost.processor_seconds if one.cost else 0)
    figures += [_figure(one) for one in costliest[: options.slowest]]
    largest = sorted(known, key=lambda one: -one.cost.peak_bytes if one.cost else 0)[:1]
    figures += [Figure(what=f"most memory: {one.name}", measures=_figure(one).measures) for one in largest]
    figures += [Figure(what=f"{one.verdict}: {one.name}", measures={}) for one in outcomes if _is_overrun(one)]
    if not options.no_service:
        figures.append(_through_service(chosen))
    return figures


async def _through_sandbox(chosen: list[Hostile]) -> tuple[list[Outcome], int]:
    """What became of each, and the bytes of memory that the largest worker keeps once all are read."""
    sandbox = Sandbox(workers=2, preload=("aggregator.sandbox.reading",))
    try:
        await sandbox.run(len, b"")
        gate = asyncio.Semaphore(2)

        async def one(hostile: Hostile) -> Outcome:
            async with gate:
                return await _read(sandbox, hostile)

        outcomes = await asyncio.gather(*(one(hostile) for hostile in chosen))
        await asyncio.gather(*(sandbox.run(len, b"") for _ in range(4)))  # workers that were killed are replaced
        return outcomes, max(child.memory_info().rss for child in psutil.Process().children(recursive=True))
    finally:
        await sandbox.close()


async def _read(sandbox: Sandbox, hostile: Hostile) -> Outcome:
    body = _decoded(hostile)
    if body is None:
        return Outcome(name=hostile.name, verdict="stopped while it was unpacked", cost=None)
    work = read_as_page if hostile.page else read_as_feed
    try:
        cost = await sandbox.run(work, body, hostile.content_type, SOURCE, Rules(), _NOW)
    except ParseError as error:
        return Outcome(name=hostile.name, verdict=str(error), cost=None)
    return Outcome(name=hostile.name, verdict=cost.verdict, cost=cost)


def _decoded(hostile: Hostile) -> bytes | None:
    """The body as it is handed to a worker; None where fetching it stops."""
    limits, parts = PAGE_LIMITS if hostile.page else Limits(), list[bytes]()
    made = 0
    try:
        limits.check(len(hostile.body), 0)
        unfold = decoder(dict(hostile.headers).get("Content-Encoding", ""))
        for start in range(0, len(hostile.body), PIECE):
            for piece in unfold.pieces(hostile.body[start : start + PIECE]):
                made += len(piece)
                limits.check(start + PIECE, made)
                parts.append(piece)
    except _UNPACKING:
        return None
    return b"".join(parts)


def _is_overrun(one: Outcome) -> bool:
    return one.cost is None and "unpacked" not in one.verdict


def _summary(outcomes: list[Outcome], kept: int) -> Figure:
    verdicts = Counter("limit" if _is_overrun(one) else one.verdict.partition(":")[0] for one in outcomes)
    costs = [one.cost for one in outcomes if one.cost]
    return Figure(
        what=f"{len(outcomes)} documents, each in a worker",
        measures={
            "read": verdicts["read"],
            "refused in clear words": verdicts["refused"],
            "stopped while unpacked": verdicts["stopped while it was unpacked"],
            "stopped by a limit of the worker": verdicts["limit"],
            "that broke their reader": sum("broke" in one.verdict for one in outcomes),
            "s of the processor, worst": round(max((cost.processor_seconds for cost in costs), default=0.0), 2),
            "s of the processor, all together": round(sum(cost.processor_seconds for cost in costs), 1),
            "MB of memory, worst": round(max((cost.peak_bytes for cost in costs), default=0) / 1e6),
            "MB that the largest worker keeps": round(kept / 1e6),
            "MB of result, worst": round(max((cost.result_bytes for cost in costs), default=0) / 1e6, 1),
        },
    )


def _figure(one: Outcome) -> Figure:
    assert one.cost is not None
    return Figure(
        what=one.name,
        measures={
            "s of the processor": round(one.cost.processor_seconds, 2),
            "MB of memory": round(one.cost.peak_bytes / 1e6),
        },
    )


def _through_service(chosen: list[Hostile]) -> Figure:
    """`aggregator poll` on those that mean well, then on all; raises where it crashed, hung, or somebody else noticed."""
    alone = _polled([])["s until the last that means well was read"]
    measures = _polled(chosen) | {"s until it was read without the others": alone}
    return Figure(what=f"all of them beside {_WELL_MEANING} that mean well: aggregator poll", measures=measures)


def _polled(chosen: list[Hostile]) -> dict[str, float | int]:
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name, serving(chosen, _good()) as served:
        folder = Path(name)
        (folder / "config").mkdir()
        (folder / "config" / "hostile.yaml").write_text("\n".join(served.configuration()))
        started = time.perf_counter()
        code, said, peak = _watched(aggregator("poll", "--concurrency", "8"), folder)
        seconds = time.perf_counter() - started
        assert code in (0, 1), f"exit {code}: {said[-2_000:]}"
        assert "Traceback" not in said, said[-5_000:]
        return _noticed(folder, served.hostile, seconds) | {"MB of memory, all processes": round(peak / 1e6)}


def _watched(command: list[str], folder: Path) -> tuple[int, str, int]:
    """Exit code, what was said, peak bytes of memory of all its processes; raises where one outlives the command."""
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(command, env=environment(folder), stdout=said, stderr=said)
        peak, seen, end = 0, set[psutil.Process](), time.monotonic() + 3_000
        while process.poll() is None:
            assert time.monotonic() < end, "it hangs"
            with suppress(psutil.Error):
                seen |= set(psutil.Process(process.pid).children(recursive=True))
            peak = max(peak, memory(process.pid)[0])
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
        _, alive = psutil.wait_procs(seen, timeout=5)
        assert not alive, f"{len(alive)} workers outlived the command"
        said.seek(0)
        return process.returncode, said.read(), peak


def _good() -> Iterator[bytes]:
    yield from (document(number, base="http://well.example") for number in range(_WELL_MEANING))


def _noticed(folder: Path, hostile: int, seconds: float) -> dict[str, float | int]:
    well, sent = "source_id LIKE 'well%'", "source_id LIKE 'hostile%'"
    with sqlite3.connect(folder / "bench.db") as database:
        articles = _ask(database, f"SELECT count(*) FROM article WHERE {well}")
        assert articles == _WELL_MEANING * ENTRIES, f"{articles} articles of sources that mean well"
        assert _ask(database, f"SELECT count(*) FROM poll WHERE {well} AND outcome != 'fresh'") == 0
        polled = int(_ask(database, f"SELECT count(*) FROM poll WHERE {sent}"))
        assert polled == hostile, f"{polled} of {hostile} hostile sources were polled to an end"
        slowest = _ask(database, f"SELECT max(finished - started) FROM poll WHERE {sent}") / 1e6
        others = _ask(database, f"SELECT max(finished - started) FROM poll WHERE {well}") / 1e6
        last = _ask(database, f"SELECT (SELECT max(finished) FROM poll WHERE {well}) - (SELECT min(started) FROM poll)")
        return {
            "hostile sources, each polled to an end": polled,
            "of them with an error that says why": int(
                _ask(database, f"SELECT count(*) FROM poll WHERE {sent} AND error IS NOT NULL")
            ),
            "articles of those that mean well, all of them": int(articles),
            "pages asked for": int(_ask(database, "SELECT count(*) FROM page WHERE state != 'whole'")),
            "s of the slowest poll of a hostile source": round(slowest, 1),
            "s of the slowest poll of one that means well": round(others, 1),
            "s until the last that means well was read": round(last / 1e6, 1),
            "s whole command": round(seconds, 1),
        }


def _ask(database: sqlite3.Connection, question: str) -> float:
    return float(database.execute(question).fetchone()[0] or 0)
