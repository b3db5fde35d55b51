"""The small ones of the hostile corpus: each is read or refused in clear words. `python -m bench hostile` has all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from aggregator.errors import ParseError
from aggregator.normalize import Rules
from aggregator.sandbox.reading import Reading, read, read_page
from aggregator.text import xml_legal
from bench.hostile import Hostile, encodings, json, pages, text, xml
from tests.making import source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SMALL = 120_000


def refused(hostile: Hostile) -> str | Reading:
    polled = source()
    try:
        return read(
            hostile.body, content_type=hostile.content_type, url=polled.url, source=polled, rules=Rules(), now=NOW
        )
    except ParseError as error:
        return str(error)


def faults(reading: Reading) -> Iterator[str]:
    """What no sighting may hold, whatever was sent."""
    for seen in reading.sightings:
        shown = (seen.content.title, seen.content.summary, seen.content.text, *(one.name for one in seen.credits))
        if not seen.content.title:
            yield "no title"
        if any(xml_legal(text) != text for text in shown):
            yield "characters that no document may hold"
        if seen.content.url is not None and not seen.content.url.startswith(("http://", "https://")):
            yield f"the link {seen.content.url}"
        if seen.published is not None and seen.published > NOW:
            yield f"news of {seen.published}"


@pytest.mark.parametrize(
    ("documents", "least"),
    [(xml.documents, 10), (text.documents, 1), (json.documents, 20), (encodings.documents, 100)],
    ids=["xml", "text", "json", "encodings"],
)
def test_a_hostile_feed_is_read_or_refused_in_one_line(documents: Callable[[], Iterator[Hostile]], least: int) -> None:
    small = [one for one in documents() if len(one.body) <= _SMALL]
    assert len(small) >= least
    for hostile in small:
        answer = refused(hostile)
        if isinstance(answer, str):
            assert len(answer) < 300, hostile.name
            assert "\n" not in answer, hostile.name
        else:
            assert list(faults(answer)) == [], hostile.name


def test_a_hostile_page_is_read_or_refused_in_one_line() -> None:
    small = [one for one in pages.documents() if len(one.body) <= _SMALL]
    assert len(small) >= 10
    for hostile in small:
        try:
            page = read_page(
                hostile.body, content_type=hostile.content_type, url="http://hostile.example/a", now=NOW, want_text=True
            )
        except ParseError as error:
            answer = str(error)
        else:
            answer = page.picture.url if page.picture else "http://nothing"
            assert answer.startswith(("http://", "https://")), hostile.name
        assert len(answer) < 3_000, hostile.name


@pytest.mark.parametrize(
    "name", ["DOCTYPE with an internal subset", "billion laughs in a title", "external entity file"]
)
def test_a_document_that_declares_anything_is_refused(name: str) -> None:
    (hostile,) = [one for one in xml.documents() if one.name == f"xml {name}"]
    assert refused(hostile) == "the document declares its own entities (DOCTYPE), which is refused"
