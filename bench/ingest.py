"""`bench ingest`: the real `aggregator poll` against a synthetic origin, cold and twice unchanged."""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from pathlib import Path

from bench import newsroom
from bench.command import Cost, aggregator, run
from bench.made_up import ENTRIES
from bench.origin import counted, origin, prepare
from bench.report import Figure

SUMMARY = f"articles/s, sources/s, memory and bytes per article of `aggregator poll` ({ENTRIES} entries a source)"
_TWO_DAYS_IN_MICROSECONDS = 2 * 86_400 * 1_000_000


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sources", type=int, nargs="+", default=[500, 2_000], help="how many sources (default 500 2000)"
    )


def measure(options: argparse.Namespace) -> list[Figure]:
    """Three passes for each number of sources: cold, unchanged by 304, unchanged without validators."""
    figures: list[Figure] = []
    with origin() as port:
        for sources in options.sources:
            prepare(port, sources)
            figures += _passes(sources, port)
    return figures


def _passes(sources: int, port: int) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        folder = Path(name)
        newsroom.write(folder / "config", sources=sources, port=port, kind="validated")
        figures.append(_pass(folder, f"{sources:,} sources, cold", sources, port, answers={200: sources}))
        figures.append(_pass(folder, f"{sources:,} sources, unchanged, 304", sources, port, answers={304: sources}))
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        folder = Path(name)
        newsroom.write(folder / "config", sources=sources, port=port, kind="bare")
        _pass(folder, "first sight", sources, port, answers={200: sources})
        what = f"{sources:,} sources, unchanged, without validators"
        figures.append(_pass(folder, what, sources, port, answers={200: sources}))
    return figures


def _pass(folder: Path, what: str, sources: int, port: int, *, answers: dict[int, int]) -> Figure:
    counted(port)
    held = _articles(folder)
    _make_due(folder)
    cost = run(aggregator("poll"), folder)
    assert counted(port) == answers, "the origin answered otherwise than it should"
    articles = _articles(folder)
    assert articles == sources * ENTRIES, f"{articles} articles are stored of {sources * ENTRIES}"
    return Figure(what=what, measures=_measures(folder, cost, sources, articles - held))


def _measures(folder: Path, cost: Cost, sources: int, new: int) -> dict[str, float | int]:
    polling = _polling_seconds(folder, sources)
    measures: dict[str, float | int] = {
        "sources/s": round(sources / polling, 1),
        "articles/s": round(new / polling, 1),
        "s polling": round(polling, 2),
        "s whole command": round(cost.seconds, 2),
        "ms processor per source": round(cost.processor_seconds / sources * 1000, 2),
        "MB peak memory (PSS of the tree)": round(cost.peak_pss / 1e6, 1),
        "MB peak memory (RSS of the tree)": round(cost.peak_rss / 1e6, 1),
    }
    if new:
        size = sum(path.stat().st_size for path in folder.glob("bench.db*"))
        measures["bytes of database per article"] = round(size / new)
    else:
        del measures["articles/s"]
    return measures


def _articles(folder: Path) -> int:
    return int(_ask(folder, "SELECT count(*) FROM article")) if (folder / "bench.db").exists() else 0


def _polling_seconds(folder: Path, sources: int) -> float:
    """From the start of the first request to the end of the last, by the log of polls: without the start of Python."""
    latest = f"(SELECT started, finished FROM poll ORDER BY id DESC LIMIT {sources})"
    return _ask(folder, f"SELECT (max(finished) - min(started)) / 1e6 FROM {latest}")


def _make_due(folder: Path) -> None:
    """Two days pass, as far as the schedule knows."""
    if (folder / "bench.db").exists():
        columns = ("next_poll", "not_before", "last_poll", "last_success", "retry_after")
        earlier = ", ".join(f"{column} = {column} - {_TWO_DAYS_IN_MICROSECONDS}" for column in columns)
        with sqlite3.connect(folder / "bench.db") as database:
            database.execute(f"UPDATE schedule SET {earlier}")


def _ask(folder: Path, question: str) -> float:
    with sqlite3.connect(folder / "bench.db") as database:
        return float(database.execute(question).fetchone()[0] or 0)
