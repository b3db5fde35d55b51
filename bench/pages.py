"""`bench pages`: what is found on the article pages of the test data, and what reading one costs."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import ParseError
from aggregator.model import Page
from aggregator.parse.page import parse_page
from bench.report import Figure, spread

SUMMARY = "share of real article pages on which author, section, picture, caption, credit, time and canonical are found"
DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", Path(__file__).parents[2] / "shared")) / "corpus" / "pages"
# Most saved pages have no address beside them.
_URL, _NOW = "https://news.example/an/article", datetime(2026, 11, 1, tzinfo=UTC)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=DATA, help="folder of saved pages (*.html.gz), with its subfolders"
    )


def saved(folder: Path) -> Iterator[tuple[str, bytes, str | None]]:
    """(name, bytes, address where it is known) of each saved page, in order."""
    known: dict[str, str] = {}
    for path in folder.glob("**/*meta.info"):
        known |= {name: about["url"] for name, about in json.loads(path.read_text()).items()}
    for path in sorted(folder.glob("**/*.html.gz")):
        address = next((url for name, url in known.items() if path.name.endswith(name)), None)
        yield path.name.removesuffix(".html.gz"), gzip.decompress(path.read_bytes()), address


def read(body: bytes, *, url: str = _URL) -> Page:
    """As a worker reads it, without the wall around it."""
    return parse_page(body, content_type="text/html", url=url, now=_NOW)


def measure(options: argparse.Namespace) -> list[Figure]:
    """One pass over all pages."""
    pages: list[Page] = []
    addressed: list[Page] = []
    seconds, refused = [], 0
    for _, body, url in saved(options.data):
        started = time.perf_counter()
        try:
            page = read(body, url=url or _URL)
        except ParseError:
            refused += 1
            continue
        seconds.append(time.perf_counter() - started)
        pages.append(page)
        if url:
            addressed.append(page)
    if not pages:
        raise SystemExit(f"no saved pages in {options.data}: name a folder with --data")
    pictures = [page.picture for page in pages if page.picture]
    found = {
        "author": sum(bool(page.bylines) for page in pages),
        "section": sum(bool(page.sections) for page in pages),
        "picture": len(pictures),
        "picture with caption": sum(bool(picture.caption) for picture in pictures),
        "picture with credit": sum(bool(picture.credit) for picture in pictures),
        "day of publication": sum(bool(page.published) for page in pages),
        "exact time": sum(bool(page.published and ":" in page.published.value) for page in pages),
        "signals about reuse": sum(bool(page.signals) for page in pages),
    }
    shares: dict[str, float | int] = {f"% with {name}": round(100 * n / len(pages), 1) for name, n in found.items()}
    if addressed:
        canonical = sum(bool(page.canonical) for page in addressed)
        shares[f"% with canonical address (of {len(addressed)} whose address is known)"] = round(
            100 * canonical / len(addressed), 1
        )
    return [
        Figure(what=f"{len(pages)} pages", measures={**shares, "pages refused": refused}),
        Figure(what="reading one page", measures=spread(seconds)),
    ]
