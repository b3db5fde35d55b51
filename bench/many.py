"""Thousands of channels → what all of them cost from cold, and what one new article costs then."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Event, Thread

import psutil

from aggregator.model import Article, Channel, ChannelKind, Title
from aggregator.syndicate.channels import Selector
from aggregator.syndicate.editions import Editions
from bench.made_up import SECTIONS, word
from bench.newsdesk import Newsdesk
from bench.report import Figure

_ARTICLES = 50
_TRIES = 20


async def measure(desk: Newsdesk, *, channels: int) -> list[Figure]:
    """All of `channels` carry the same 50 articles; then articles come that only their queries decide on."""
    await desk.apply(replace(desk.news, channels=_channels(channels), digest="many"))
    slugs = [channel.slug for channel in desk.news.channels]
    for entry in range(_ARTICLES):
        await desk.publish(entry, selects=lambda _article: slugs)
    editions = Editions(desk.store, lambda: desk.news, desk.now)
    with _memory() as memory:
        started, rendered = time.perf_counter(), 0
        while done := await editions.renew(patience=timedelta(hours=1)):
            rendered += done
            memory.mark(rendered)
        seconds = time.perf_counter() - started
    assert rendered >= channels
    cold = Figure(
        what=f"{rendered:,} channels of {_ARTICLES} articles, rendered from cold and stored",
        measures={
            "channels/s": round(rendered / seconds, 1),
            "ms per channel": round(seconds / rendered * 1000, 2),
            "MB more than before, at a tenth": round(memory.at_a_tenth(rendered) / 1e6, 1),
            "MB more than before, at most": round(memory.most / 1e6, 1),
        },
    )
    return [cold, await _new_articles(desk, editions, channels)]


async def _new_articles(desk: Newsdesk, editions: Editions, channels: int) -> Figure:
    selector = Selector.of(desk.news, desk.now)
    deciding: list[float] = []
    rendering: list[float] = []
    counts: list[int] = []

    def decide(article: Article) -> list[str]:
        started = time.perf_counter()
        chosen = list(selector(article))
        deciding.append((time.perf_counter() - started) * 1000)
        return chosen

    for entry in range(_ARTICLES, _ARTICLES + _TRIES):
        (article,) = (await desk.publish(entry, selects=decide)).new
        # Its outlet, its source, its sections, its author, and the channels that were decided on.
        carriers = 2 + len(article.sections) + len(article.credits) + len(list(selector(article)))
        started = time.perf_counter()
        count = await editions.renew(patience=timedelta(hours=1), most=channels)
        rendering.append((time.perf_counter() - started) * 1000)
        assert count == carriers, f"{count} channels rendered, {carriers} carry it"
        assert await editions.renew() == 0
        counts.append(count)
    return Figure(
        what=f"a new article among {channels:,} channels",
        measures={
            "ms to decide, median": round(statistics.median(deciding), 2),
            "ms to decide, worst": round(max(deciding), 2),
            "channels rendered, median": round(statistics.median(counts)),
            "ms to find and render them, median": round(statistics.median(rendering), 1),
        },
    )


def _channels(count: int) -> tuple[Channel, ...]:
    """As operators write them: words that one article in hundreds has, alone, together, in a section, of a country."""
    dice = Random(11)

    def rare() -> str:
        return word(dice.randrange(1_000, 9_000))

    shapes = (
        lambda: f"{rare()} OR {rare()} OR {rare()}",
        lambda: f"section:{dice.choice(SECTIONS)} AND ({rare()} OR {word(dice.randrange(100, 1_000))}) AND lang:es",
        lambda: f'"{rare()} {rare()}" OR {rare()}*',
        lambda: f"country:PE AND ({rare()} OR {rare()}) AND -outlet:outlet-0",
        lambda: f"author:author-{dice.randrange(20)} AND ({rare()} OR {rare()})",
    )
    return tuple(
        Channel(
            kind=ChannelKind.CHANNEL,
            slug=f"channel-{number}",
            title=Title(f"Channel {number}"),
            where=shapes[number % len(shapes)](),
        )
        for number in range(count)
    )


class _Memory:
    """What this process holds more than at first; `mark` says how far the work is."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self.most = 0
        self._marks: list[tuple[int, int]] = []

    def look(self) -> None:
        self.most = max(self.most, self._process.memory_info().rss - self._before)

    def mark(self, done: int) -> None:
        self.look()
        self._marks.append((done, self.most))

    def at_a_tenth(self, total: int) -> int:
        return next(most for done, most in self._marks if done * 10 >= total)


@contextmanager
def _memory() -> Iterator[_Memory]:
    memory, stopped = _Memory(), Event()

    def watch() -> None:
        while not stopped.wait(0.05):
            memory.look()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        stopped.set()
        thread.join()
