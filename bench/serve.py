"""`bench serve`: the real server process on loopback, asked for a feed of 50 items again and again, beside nginx with the
same files. One worker process each; they are asked in turn, and the ratio is the median of the rounds'."""

from __future__ import annotations

import argparse
import gzip
import re
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import newsroom, nginx
from bench.command import Serving, aggregator, run, server
from bench.load import Question, generator, once, request, throughput
from bench.made_up import SECTIONS
from bench.origin import origin
from bench.report import Figure

SUMMARY = "requests/s for a feed of 50 items: 200, 200 with gzip, 304; beside nginx with the same files"
_SOURCES = 20


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=3.0, help="how long to ask, each time (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="how often to ask both in turn (default 3)")
    parser.add_argument("--connections", type=int, default=32, help="side by side (default 32)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """Each format: whole, compressed, and not modified."""
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user where the bench runs as root
        with origin() as port:
            newsroom.write(folder / "config", sources=_SOURCES, port=port, kind="validated")
            run(aggregator("poll"), folder)
        with server(folder) as serving:
            paths = [f"/sections/{SECTIONS[0]}.{suffix}" for suffix in ("atom", "rss", "json")]
            _copy(serving.port, paths, folder / "www")
            serving.rest()
            with _beside(folder) as other:
                beside = "beside nginx" if other is not None else "nginx is not installed"
                setting = Figure(
                    what=f"{generator(options.seconds)}; {beside}",
                    measures={"connections": options.connections, "seconds": options.seconds, "rounds": options.rounds},
                )
                return [setting, *(figure for path in paths for figure in _feed(path, serving, other, options))]


def _copy(port: int, paths: list[str], folder: Path) -> None:
    for path in paths:
        _, _, body = once(port, request(path))
        file = folder / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        _, _, packed = once(port, request(path, Accept_Encoding="gzip"))
        assert gzip.decompress(packed) == body
        Path(f"{file}.gz").write_bytes(packed)


@contextmanager
def _beside(folder: Path) -> Iterator[int | None]:
    if nginx.program() is None:
        yield None
        return
    with nginx.serving(folder) as port:
        yield port


def _feed(path: str, serving: Serving, other: int | None, options: argparse.Namespace) -> list[Figure]:
    status, _, body = once(serving.port, request(path))
    assert status == 200
    items = len(re.findall(rb'<item>|<entry[ >]|"date_published"', body))
    assert items == 50, f"{path} has {items} items instead of 50"
    gzipped = {"Accept_Encoding": "gzip"}
    return [
        Figure(what=f"{path} {what}", measures=_rates(path, headers, again, serving, other, options))
        for what, headers, again in (("200", {}, False), ("200, gzip", gzipped, False), ("304", gzipped, True))
    ]


def _rates(
    path: str, headers: dict[str, str], again: bool, serving: Serving, other: int | None, options: argparse.Namespace
) -> dict[str, float | int]:
    def rate(port: int) -> tuple[int, float]:
        question = _question(port, path, headers, again=again)
        return throughput(port, question, seconds=options.seconds, connections=options.connections)

    ours, theirs, spent = [], [], []
    for _ in range(options.rounds):
        before = serving.processor_seconds()
        answers, seconds = rate(serving.port)
        spent.append((serving.processor_seconds() - before) / answers)
        ours.append(answers / seconds)
        if other is not None:
            answers, seconds = rate(other)
            theirs.append(answers / seconds)
    measures: dict[str, float | int] = {
        "requests/s": round(statistics.median(ours)),
        "ms processor per request": round(statistics.median(spent) * 1000, 4),
    }
    if theirs:
        ratios = [mine / its for mine, its in zip(ours, theirs, strict=True)]
        measures["requests/s of nginx"] = round(statistics.median(theirs))
        measures["part of nginx"] = round(statistics.median(ratios), 3)
    return measures


def _question(port: int, path: str, headers: dict[str, str], *, again: bool) -> Question:
    """Asked once, so that what every answer must be is known; `again` by who has it already."""
    status, said, body = once(port, request(path, **headers))
    assert status == 200, f"answered {status}"
    if again:
        headers = {**headers, "If_None_Match": said["etag"]}
        status, _, body = once(port, request(path, **headers))
        assert (status, body) == (304, b""), f"answered {status}"
    return Question(path=path, headers=headers, status=status, size=len(body))
