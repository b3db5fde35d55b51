"""Entries of real feeds, or made-up ones → the processor time that language, sections, places, authors and stories cost each."""

from __future__ import annotations

import argparse
import os
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import thread_time_ns
from typing import TypeVar

from aggregator.config import load, shipped
from aggregator.dedupe.stories import WINDOW_HOURS, join
from aggregator.dedupe.stories_window import Window
from aggregator.errors import ParseError
from aggregator.model import Entry, Feed, Outlet, Sighting, Source
from aggregator.normalize import Rules, classify, language_of, normalize
from aggregator.normalize.bylines import credits_of
from aggregator.normalize.markup import words as plain_words
from aggregator.parse import parse
from aggregator.store.tellings import said_of
from bench.made_up import START, document
from bench.report import Figure

SUMMARY = "processor time per entry: language, sections and places, authors, stories"
_MADE_UP = 50
_PER_HOUR = 300
_Result = TypeVar("_Result")


def options(parser: argparse.ArgumentParser) -> None:
    """Where feeds are."""
    default = Path(os.environ.get("AGGREGATOR_TEST_DATA", "../shared")) / "corpus" / "feeds"
    parser.add_argument(
        "--feeds", type=Path, default=default, help=f"a folder of feeds ({default}); made-up ones if none"
    )


def measure(chosen: argparse.Namespace) -> list[Figure]:
    """Median, mean and 95th percentile of microseconds."""
    newsroom = load(shipped(), environment={}, strict_secrets=False).newsroom
    rules, source = Rules.of(newsroom), newsroom.sources[0]
    feeds = list(_feeds(chosen.feeds))
    _once(feeds[0], source, rules, Window(), defaultdict(list))  # tables are compiled at first use
    spent: dict[str, list[int]] = defaultdict(list)
    window, before = Window(), _yardstick()
    for feed in feeds:
        _once(feed, source, rules, window, spent)
    entries = len(spent["all of these"])
    if not entries:
        raise RuntimeError(f"no entries were measured in {chosen.feeds}")
    return [
        *(Figure(what=f"{what}, {entries:,} entries", measures=_spread(times)) for what, times in spent.items()),
        Figure(
            what="how fast this machine is just now: a million steps of a loop that counts in a dictionary",
            measures={"ms before": before, "ms after": _yardstick()},
        ),
    ]


def _once(feed: Feed, source: Source, rules: Rules, window: Window, spent: dict[str, list[int]]) -> None:
    before = thread_time_ns()
    sightings = normalize(feed, source=source, url=source.public_url, rules=rules, now=START)
    whole = thread_time_ns() - before
    outlet = Outlet(id=source.outlet.id, title=feed.title, url=feed.link or "", country=source.outlet.country)
    for entry, sighting in zip(feed.entries, sightings, strict=True):
        times = [*_parts(entry, sighting, feed, outlet, rules), _told(sighting, feed, window)]
        for what, time in times:
            spent[what].append(time)
        spent["all of these"].append(sum(time for _what, time in times))
        spent["normalizing as a whole, markup and dates too"].append(whole // len(sightings))


def _parts(entry: Entry, sighting: Sighting, feed: Feed, outlet: Outlet, rules: Rules) -> Iterator[tuple[str, int]]:
    content = sighting.content
    text = f"{content.title} {plain_words(content.summary)}"
    # Outlets state their language, as those shipped do.
    yield "language", _timed(lambda: language_of(entry.language, feed.language, feed.language, text))
    # The outlet is another than when the whole was normalized: nothing is found in a cache of whole answers.
    yield (
        "sections and places",
        _timed(lambda: classify(content, sighting.categories, source=None, outlet=outlet, rules=rules)),
    )
    yield (
        "authors",
        _timed(
            lambda: credits_of(entry.bylines, outlet_title=outlet.title, language=content.language, known=rules.names)
        ),
    )


def _told(sighting: Sighting, feed: Feed, window: Window) -> tuple[str, int]:
    """The story of an entry among those of all feeds before it, a few hundred an hour."""
    content, at = sighting.content, len(window) / _PER_HOUR
    before = thread_time_ns()
    window.forget(at - WINDOW_HOURS)
    said = said_of(content.title, plain_words(content.summary))
    telling = window.weigh(said, id=f"{len(window):08}", outlet=feed.title, language=content.language or "", at=at)
    if (joined := join(telling, window)) is None:
        window.add(telling, telling.id)
    else:
        for one in joined.regroupings:
            window.unite(one.stories, one.moved, one.stories[0] if one.stories else f"{one.moved[0]}+")
        window.add(telling, window.story_of(joined.nearest))
    return "stories", thread_time_ns() - before


def _yardstick() -> float:
    before, counts = thread_time_ns(), dict[int, int]()
    for number in range(1_000_000):
        counts[number & 1023] = counts.get(number & 1023, 0) + 1
    return round((thread_time_ns() - before) / 1e6, 1)


def _timed(work: Callable[[], _Result]) -> int:
    before = thread_time_ns()
    work()
    return thread_time_ns() - before


def _feeds(folder: Path) -> Iterator[Feed]:
    """Parsed documents that have entries."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            try:
                feed = parse(path.read_bytes(), content_type="application/xml", url="https://feed.example/")
            except ParseError:
                continue
            if feed.entries:
                yield feed
        return
    for number in range(_MADE_UP):
        yield parse(
            document(number, base="https://feed.example"), content_type="application/xml", url="https://feed.example/"
        )


def _spread(nanoseconds: Sequence[int]) -> dict[str, float | int]:
    ordered = sorted(time / 1000 for time in nanoseconds)
    return {
        "µs median": round(statistics.median(ordered), 1),
        "µs mean": round(statistics.fmean(ordered), 1),
        "µs p95": round(ordered[int(len(ordered) * 0.95)], 1),
    }
