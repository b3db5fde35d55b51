"""No text that a feed can hold takes longer than its length deserves (every pattern meets 50 kB of what it likes least)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from aggregator.errors import ParseError
from aggregator.model import Category, Content, Outlet
from aggregator.normalize import classify, split_byline
from aggregator.normalize.dates import moment
from aggregator.normalize.language import tag
from aggregator.normalize.markup import sanitize
from aggregator.normalize.titles import plain
from aggregator.parse.byline import byline_of
from aggregator.parse.repair import well_formed
from aggregator.parse.sniff import kind_of, read_text
from aggregator.urls import absolute, canonical_key, clean_url
from tests.unit.normalize.made_up import RULES

SIZE = 50_000
PIECES = [
    "a",
    "A ",
    "<",
    "<a ",
    "<img ",
    "<img a",
    "<p",
    "<!DOCTYPE [",
    "<!--",
    "<![CDATA[",
    "&",
    "&a",
    "&#1",
    "a@",
    "a.",
    "a@a.",
]
PIECES += [
    "/",
    "//",
    "http://a.",
    "%",
    "?a=&",
    "1",
    "1:",
    "- ",
    " y ",
    ", ",
    "(",
    "\t",
    "\n",
    "Perú ",
    "\u0301",
    "😀",
    "‹",
    "«",
]
NOWHERE = Outlet(id="x", title="X X", url="https://x.example", country="PE")


def _classify(text: str) -> object:
    content = Content(title=text[:1_024], summary=text, url=f"https://x.example/{text[:2_000]}")
    return classify(content, (Category(term=text[:128]),), source=None, outlet=NOWHERE, rules=RULES)


def _well_formed(text: str) -> None:
    for document in (text, f"{text}<rss>{text}</rss>", f"<rss><channel><item><title>{text}"):
        with suppress(ParseError):
            well_formed(document)


def _kind(text: str) -> None:
    with suppress(ParseError):
        kind_of(text)


READERS: list[Callable[[str], object]] = [
    lambda text: moment(text, now=datetime(2026, 1, 1, tzinfo=UTC)),
    lambda text: sanitize(text, base="https://x.example/"),
    lambda text: sanitize(f"<p>{text}", base=text),
    lambda text: absolute(text, text),
    lambda text: read_text(text.encode("utf-16"), text),
    plain,
    tag,
    split_byline,
    byline_of,
    clean_url,
    canonical_key,
    _classify,
    _well_formed,
    _kind,
]


@pytest.mark.parametrize("piece", PIECES)
def test_no_reader_is_slow(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    for number, reader in enumerate(READERS):
        began = time.process_time()
        reader(text)
        assert time.process_time() - began < 0.6, f"reader {number}"
