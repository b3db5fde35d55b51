"""`bench publish`: what a channel costs to render, what a new article costs among thousands of channels and all of them from
cold, and whether a year of readers gets every article and none twice."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from aggregator import publish
from aggregator.model import ChannelKind
from aggregator.publish import CODINGS, Publication
from aggregator.publish.item import Draft
from aggregator.syndicate.channels import Syndicate
from bench import many, year
from bench.newsdesk import Newsdesk, newsdesk
from bench.report import Figure

SUMMARY = "rendering: one channel, one article among thousands of channels, all of them from cold; a year of readers"
_ROUNDS = 20
Made = TypeVar("Made")
Part = Callable[[Newsdesk], Awaitable[list[Figure]]]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--channels", type=int, default=10_000, help="channels that an article meets (default 10000)")
    parser.add_argument("--days", type=int, default=365, help="days of simulated publishing (default 365)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """One channel; then many; then a year: each in a database of its own."""
    parts: list[Part] = [
        _one,
        lambda desk: many.measure(desk, channels=options.channels),
        lambda desk: year.measure(desk, days=options.days),
    ]
    figures: list[Figure] = []
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
            figures += asyncio.run(_on(Path(name), part))
    return figures


async def _on(folder: Path, part: Part) -> list[Figure]:
    async with newsdesk(folder) as desk:
        return await part(desk)


async def _one(desk: Newsdesk) -> list[Figure]:
    """A channel of 50 articles with their full texts, from values to bytes; then from the database and back into it."""
    for entry in range(50):
        await desk.publish(entry)
    state = await desk.store.channel(ChannelKind.OUTLET, desk.source.outlet.id)
    assert state is not None
    publications = await Syndicate(desk.store, lambda: desk.news, desk.now).publications(state)
    assert {len(one.articles) for one in publications.values()} == {50}
    return [
        *_rendered("a channel of 50 new articles", publications, desk, new=50),
        *_rendered("a channel of 50 articles of which one is new", publications, desk, new=1)[:1],
    ]


def _rendered(what: str, publications: Mapping[str, Publication], desk: Newsdesk, *, new: int) -> list[Figure]:
    """All formats in all codings together; then each part. In each round the first `new` articles are others than before."""
    took: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}

    def timed(part: str, work: Callable[[], Made]) -> Made:
        # Of the processor, not of the clock on the wall: whatever else runs here.
        started = time.thread_time()
        made = work()
        took.setdefault(part, []).append((time.thread_time() - started) * 1000)
        sizes[part] = len(made) if isinstance(made, bytes) else 0
        return made

    for number in range(_ROUNDS):
        now = {format: _edited(said, new, number) for format, said in publications.items()}
        drafted = timed("articles drafted", partial(publish.drafts, now["rss"], site=desk.news.site))
        for format, said in now.items():
            body = timed(format, partial(_body, said, format, drafted, desk))
            for coding, compress in CODINGS.items():
                timed(f"{format}, {coding}", partial(compress, body))
    total = [sum(times) for times in zip(*took.values(), strict=True)]
    rows: dict[str, float | int] = {
        "ms of processor, median": round(statistics.median(total), 2),
        "ms of processor, best": round(min(total), 2),
    }
    parts = [
        Figure(
            what=f"… {part}",
            measures={"ms of processor, median": round(statistics.median(times), 2), "bytes": sizes[part]},
        )
        for part, times in took.items()
    ]
    return [Figure(what=f"{what}, in three formats and three codings", measures=rows), *parts]


def _edited(said: Publication, new: int, number: int) -> Publication:
    """What `said` says with its first `new` articles under titles that nobody has seen."""
    edited = [
        replace(article, content=replace(article.content, title=f"{article.content.title} {new}.{number}"))
        for article in said.articles[:new]
    ]
    return replace(said, articles=(*edited, *said.articles[new:]))


def _body(said: Publication, format: str, drafted: Iterable[Draft], desk: Newsdesk) -> bytes:
    output = publish.render(said, format, site=desk.news.site, drafted=drafted)
    assert output.omitted == ()
    return output.body
