"""`bench mirror`: what archives and a static mirror cost: the links of a busy channel, one page of it, the mirror made at once,
looked at again, and brought up to date by one new article and by one that was withdrawn."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aggregator.config import Settings
from aggregator.model import ITEMS, Action, ChannelKind, Decision, Span
from aggregator.web import Desk, mirror
from bench.newsdesk import Newsdesk, newsdesk
from bench.report import Figure
from bench.year import desk_of

SUMMARY = "archives and the static mirror: a page, the mirror from cold, after one new article, after a withdrawal"
_BATCH = 200
_ROUNDS = 30


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=20_000, help="articles of one source (default 20000)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """In a database and a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        return asyncio.run(_measured(Path(name), options.articles))


async def _measured(folder: Path, articles: int) -> list[Figure]:
    async with newsdesk(folder) as desk:
        for first in range(0, articles, _BATCH):
            await desk.publish(first, min(_BATCH, articles - first))
        served = desk_of(desk, Settings())
        what = f"{articles:,} articles of one source"
        return [
            Figure(what=f"archives: {what}", measures=await _pages(desk, served)),
            Figure(what=f"mirror: {what}", measures=await _mirror(desk, served, folder / "site", articles)),
        ]


async def _pages(desk: Newsdesk, served: Desk) -> dict[str, float]:
    kind, slug = ChannelKind.SOURCE, desk.source.id
    newest = await _ms(lambda: desk.store.newest_archive(kind, slug, most=ITEMS))
    asked, looks, made, pages = Span.ever(), list[float](), list[float](), 0
    while (look := await served.archives.look(kind, slug, asked)) is not None:
        pages += 1
        if len(made) < _ROUNDS:
            span = look.span
            looks.append(await _ms(lambda span=span: served.archives.look(kind, slug, span), rounds=1))  # type: ignore[misc]
            made.append(await _ms(lambda span=span: served.archives.page(kind, slug, span, "atom"), rounds=1))  # type: ignore[misc]
        if look.previous is None:
            break
        asked = look.previous
    return {
        "pages": pages,
        "ms to find the newest": newest,
        "ms to read a page": round(statistics.median(looks), 2),
        "ms to read and render a page": round(statistics.median(made), 2),
    }


async def _mirror(desk: Newsdesk, served: Desk, site: Path, articles: int) -> dict[str, float]:
    kept = mirror(served, site)
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    first = await kept.refresh()
    seconds["s from cold"] = round(time.perf_counter() - began, 2)
    began = time.perf_counter()
    assert (await kept.refresh()).written == 0
    seconds["s when nothing changed"] = round(time.perf_counter() - began, 4)
    await desk.publish(articles)
    began = time.perf_counter()
    more = await kept.refresh()
    assert 0 < more.written < 100, more
    seconds["s after one new article"] = round(time.perf_counter() - began, 2)
    (gone,) = await desk.store.articles(ChannelKind.SOURCE, desk.source.id, limit=1)
    await desk.store.decide(
        Decision(action=Action.WITHDRAW, articles=(gone.id,), at=desk.now(), reason="bench"), now=desk.now()
    )
    began = time.perf_counter()
    assert (await kept.refresh()).written > 0
    seconds["s after a withdrawal"] = round(time.perf_counter() - began, 2)
    size = await asyncio.to_thread(_size, site)
    return {"files": first.files, "MB with compressed forms": round(size / 1e6, 1), **seconds, "written": more.written}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def _ms(work: Callable[[], Awaitable[object]], rounds: int = _ROUNDS) -> float:
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        spent.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(spent), 2)
