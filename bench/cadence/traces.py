"""Logs of what outlets published → traces: eight weeks of one section of one outlet, as the clock would have met them."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

WEEKS = timedelta(weeks=8)
# Fewer than one article a day say nothing of a section.
FEWEST = 56
# What was first seen long after its date was dated back; what is dated later than it was seen, ahead.
_LATE, _AHEAD = timedelta(hours=48), timedelta(hours=24)
_DATES, _SEEN = ("published", "pub_first"), ("first_seen", "first_seen_day")
_LINKS = ("item_link", "link")


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a log: which feed, which section of its outlet, when."""

    feed: str
    folders: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """`times`: seconds since the Monday that the window begins with; `before`: of those that came before it, the last ones."""

    name: str
    times: tuple[float, ...]
    before: tuple[float, ...] = ()


def read(path: Path) -> list[Trace]:
    """A tab-separated log, gzip or not, with a line for each article; or every such log of a folder. Raises ValueError."""
    if path.is_dir():
        logs = [log for log in sorted(path.glob("*.tsv*")) if not _missing(_rows(log))]
        return [trace for log in logs for trace in read(log)]
    rows = _rows(path)
    if missing := _missing(rows):
        raise ValueError(f"{path}: expected a column {' or '.join(missing[0])}")
    return list(traces(filter(None, map(_published, rows))))


def _rows(path: Path) -> csv.DictReader[str]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    return csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)


def _missing(rows: csv.DictReader[str]) -> list[Sequence[str]]:
    """What a log of articles cannot be without; a log of polls has other columns."""
    return [names for names in (("feed",), _DATES, _LINKS) if not set(names) & set(rows.fieldnames or ())]


def traces(log: Iterable[Published], *, window: int = 20) -> Iterator[Trace]:
    """Per feed and section, window after window of eight weeks from the feed's first Monday on."""
    feeds: dict[str, list[Published]] = defaultdict(list)
    for one in log:
        feeds[one.feed].append(one)
    for feed, articles in sorted(feeds.items()):
        first = min(article.at for article in articles)
        monday = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=(7 - first.weekday()) % 7)
        for section, dates in sorted(_sections(articles).items()):
            yield from _windows(f"{feed} {section}".strip(), sorted(dates), monday, window)


def _windows(name: str, dates: Sequence[datetime], start: datetime, window: int) -> Iterator[Trace]:
    while start < dates[-1]:
        inside = [(date - start).total_seconds() for date in dates if start <= date < start + WEEKS]
        if len(inside) >= FEWEST:
            before = [(date - start).total_seconds() for date in dates if date < start][-window:]
            yield Trace(f"{name} {start:%Y-%m-%d}", tuple(inside), tuple(before))
        start += WEEKS


def _sections(articles: Iterable[Published]) -> dict[str, list[datetime]]:
    """By the first folder that tells an outlet's articles apart: not /news/, nor a year."""
    articles = list(articles)
    shared = Counter(folder for article in articles for folder in set(article.folders))
    common = {folder for folder, count in shared.items() if count > 0.9 * len(articles)}
    sections: dict[str, list[datetime]] = defaultdict(list)
    for article in articles:
        folder = next((folder for folder in article.folders if folder not in common), "")
        sections[folder].append(article.at)
    return sections


def _published(row: dict[str, str]) -> Published | None:
    """None for what has no date, or one that cannot be when it came."""
    stated, seen = _first(row, _DATES), _first(row, _SEEN)
    if not stated:
        return None
    at: datetime | None = _time(stated)
    if seen:
        # A day alone says only that it was there by its end.
        at = came_at(_time(stated), _time(seen) if "T" in seen else _time(seen) + timedelta(days=1))
    if at is None:
        return None
    path = urlsplit(_first(row, _LINKS)).path.strip("/").split("/")
    return Published(row["feed"], tuple(folder for folder in path[:-1] if folder and not folder[0].isdigit()), at)


def came_at(published: datetime, seen: datetime) -> datetime | None:
    """When an article was there to be found; None where its date cannot be that."""
    return min(published, seen) if -_AHEAD < seen - published < _LATE else None


def _first(row: dict[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _time(stated: str) -> datetime:
    time = datetime.fromisoformat(stated)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
