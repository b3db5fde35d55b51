"""`bench serve`: the real server process on loopback, asked for a feed of 50 items again and again."""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from bench import newsroom
from bench.command import Serving, aggregator, run, server
from bench.load import once, request, throughput
from bench.made_up import SECTIONS
from bench.origin import origin
from bench.report import Figure

SUMMARY = "requests/s for a feed of 50 items: 200, 200 with gzip, 304"
_SOURCES = 20


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to ask (default 5)")
    parser.add_argument("--connections", type=int, default=32, help="side by side (default 32)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """Each format: whole, compressed, and not modified."""
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        folder = Path(name)
        with origin() as port:
            newsroom.write(folder / "config", sources=_SOURCES, port=port, kind="validated")
            run(aggregator("poll"), folder)
        with server(folder) as serving:
            paths = [f"/sections/{SECTIONS[0]}.{suffix}" for suffix in ("atom", "rss", "json")]
            return [figure for path in paths for figure in _feed(path, serving, options)]


def _feed(path: str, serving: Serving, options: argparse.Namespace) -> list[Figure]:
    status, headers, body = once(serving.port, request(path))
    assert status == 200
    items = len(re.findall(rb'<item>|<entry[ >]|"date_published"', body))
    assert items == 50, f"{path} has {items} items instead of 50"
    _, _, small = once(serving.port, request(path, Accept_Encoding="gzip"))
    variants = [
        ("200", request(path), 200, len(body)),
        ("200, gzip", request(path, Accept_Encoding="gzip"), 200, len(small)),
        ("304", request(path, If_None_Match=headers["etag"]), 304, 0),
    ]
    return [
        Figure(what=f"{path} {what}", measures=_rate(serving, sent, status, size, options))
        for what, sent, status, size in variants
    ]


def _rate(serving: Serving, sent: bytes, status: int, size: int, options: argparse.Namespace) -> dict[str, float | int]:
    before, seconds = serving.processor_seconds(), options.seconds
    answers, took = throughput(
        serving.port, sent, status=status, size=size, seconds=seconds, connections=options.connections
    )
    spent = serving.processor_seconds() - before
    return {
        "requests/s": round(answers / took),
        "ms processor per request": round(spent / answers * 1000, 3),
        "bytes of body": size,
    }
