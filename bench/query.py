"""`bench query`: how long the real server takes for pages and searches over archives of 10⁵ and 10⁶ articles."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from urllib.parse import quote

from bench.archive import build
from bench.command import server
from bench.load import latency, request
from bench.made_up import SECTIONS, word
from bench.report import Figure

SUMMARY = "latency of section, author and search pages and feeds over large archives"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--articles", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes (default 100000 1000000)"
    )
    parser.add_argument("--rounds", type=int, default=10, help="how often to ask each (default 10)")
    parser.add_argument("--keep", type=Path, help="folder to keep the archives in, for the next time")


def measure(options: argparse.Namespace) -> list[Figure]:
    """Each kind of request at each size."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        for size in options.articles:
            folder = (options.keep or Path(name)) / f"archive-{size}"
            rate = build(folder, size=size)
            measures: dict[str, float | int] = {"articles/s written": round(rate)} if rate else {}
            measures["bytes of database per article"] = round((folder / "bench.db").stat().st_size / size)
            figures.append(Figure(what=f"{size:,} articles: the archive", measures=measures))
            with server(folder) as serving:
                figures += [
                    Figure(
                        what=f"{size:,} articles: {what}",
                        measures=latency(serving.port, [request(path) for path in paths], rounds=options.rounds),
                    )
                    for what, paths in _asked().items()
                ]
    return figures


def _asked() -> dict[str, list[str]]:
    """What is asked: common and rare words, alone and together, and the channels that must cost the same at any size."""
    often, sometimes, seldom = word(3), word(50), word(6_000)
    searches = {
        "search, a word of two articles in three": [often],
        "search, a word of one article in ten": [sometimes],
        "search, a word of one article in a thousand": [seldom],
        "search, two words": [f"{often} {sometimes}"],
        "search, a phrase": [f'"{word(1)} {word(2)}"'],
        "search, a prefix": [f"{sometimes[:4]}*"],
        "search, word in a section": [f"section:{SECTIONS[0]} AND {sometimes}"],
        "search, rare word not in a section": [f"{seldom} AND -section:{SECTIONS[1]}"],
        "search, nothing found": [f"{seldom} AND author:none"],
    }
    channels = {
        "section page": [f"/sections/{slug}" for slug in SECTIONS],
        "author page": [f"/authors/author-{number}" for number in range(5)],
        "outlet page": [f"/outlets/outlet-{number}" for number in range(5)],
        "front page": ["/"],
        "section feed": [f"/sections/{slug}.atom" for slug in SECTIONS],
        "API, section": [f"/api/v1/sections/{slug}/articles" for slug in SECTIONS],
    }
    pages = {what: [f"/search?q={quote(one)}" for one in queries] for what, queries in searches.items()}
    feeds = {"search feed, a word": [f"/search.atom?q={quote(sometimes)}"]}
    return channels | pages | feeds
