"""The fuzzed process: `python -m bench.fuzz.target feed|page FOLDER… -option=…` (libFuzzer's). Ends by itself, 77 at a find."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["aggregator", "feedparser"]):
    from aggregator.errors import ParseError
    from aggregator.model import Outlet, Source
    from aggregator.normalize import Rules
    from aggregator.sandbox.reading import read, read_page
    from aggregator.text import xml_legal

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_URL = "http://hostile.example/rss"
_SOURCE = Source(
    id="hostile", outlet=Outlet(id="hostile", title="Hostile", url="http://hostile.example"), url=_URL, public_url=_URL
)


def feed(data: bytes) -> None:
    """A document as a poll reads it: refused in clear words, or sightings that can be published."""
    try:
        reading = read(data, content_type="", url=_URL, source=_SOURCE, rules=Rules(), now=_NOW)
    except ParseError:
        return
    for seen in reading.sightings:
        assert seen.content.title, "an article without a title"
        for text in (seen.content.title, seen.content.summary, seen.content.text, *(one.name for one in seen.credits)):
            assert xml_legal(text) == text, "characters that no document may hold"
        assert seen.content.url is None or seen.content.url.startswith(("http://", "https://"))
        assert seen.published is None or seen.published <= _NOW
        assert "<script" not in (seen.content.summary + seen.content.text).lower()


def page(data: bytes) -> None:
    """An article's page, its text too."""
    try:
        found = read_page(data, content_type="text/html", url="http://hostile.example/a/b", now=_NOW, want_text=True)
    except ParseError:
        return
    assert found.canonical is None or found.canonical.value.startswith(("http://", "https://"))
    assert found.picture is None or found.picture.url.startswith(("http://", "https://"))


if __name__ == "__main__":
    targets: dict[str, Callable[[bytes], None]] = {"feed": feed, "page": page}
    atheris.Setup([sys.argv[0], *sys.argv[2:]], targets[sys.argv[1]])
    atheris.Fuzz()
