"""Publish → parse gives the articles back, whatever they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.errors import ParseError
from aggregator.model import Article, Category, Credit, Picture, Republish
from aggregator.publish import FORMATS, Outline, article_uri, opml, read_opml, render
from aggregator.text import one_line
from tests.unit.publish.made_up import SITE, article, atom_schema, json_schema, publication
from tests.unit.publish.reading import Read, read

# Controls and private areas apart: feedparser maps C1 controls to windows-1252, as browsers do.
PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"))
ANYTHING = st.text(st.characters(), max_size=40)
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2038, 1, 1), timezones=st.just(UTC))
SEGMENTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)


def _is_no_mojibake(text: str) -> bool:
    """feedparser repairs what looks like UTF-8 read as Latin-1, and so changes words that look so by chance."""
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return True
    return text.isascii()


TITLES = st.text(PRINTABLE, min_size=1, max_size=60).map(one_line).filter(bool).filter(_is_no_mojibake)
# feedparser looks for addresses and brackets in names; letters of any script are what names have.
NAMES = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=20).filter(_is_no_mojibake)


@st.composite
def articles(draw: st.DrawFn, words: st.SearchStrategy[str] = TITLES, names: st.SearchStrategy[str] = NAMES) -> Article:
    """An article that says anything."""
    guid = draw(SEGMENTS)
    changes: dict[str, Any] = {
        "title": draw(words),
        "summary": draw(ANYTHING),
        "text": draw(ANYTHING),
        "url": f"https://andean.example.com/{guid}",
        "language": draw(st.sampled_from([None, "es", "pt-BR", "x y"])),
        "rights": draw(st.none() | ANYTHING),
        "picture": draw(
            st.none() | st.builds(Picture, url=st.just("https://x.example/a.jpg"), caption=ANYTHING, credit=ANYTHING)
        ),
        "credits": tuple(Credit(name=name) for name in draw(st.lists(names, max_size=3, unique=True))),
        "categories": tuple(Category(term=term, scheme=term) for term in draw(st.lists(ANYTHING, max_size=2))),
        "published": draw(MOMENTS),
        "updated": draw(MOMENTS),
        "republish": draw(st.sampled_from(Republish)),
    }
    return article(guid, **changes)


def expected(one: Article) -> Read:
    return Read(
        article_uri(SITE, one.id),
        one.content.title,
        one.content.url,
        tuple(credit.name for credit in one.credits),
        one.published.replace(microsecond=0),
        max(one.updated, one.published).replace(microsecond=0),
    )


MANY = st.lists(articles(), max_size=4, unique_by=lambda one: one.id)
ANY_AT_ALL = st.lists(articles(ANYTHING, ANYTHING), max_size=3, unique_by=lambda one: one.id)
THOROUGH = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("format", FORMATS)
@THOROUGH
@given(found=MANY)
def test_a_reader_gets_the_articles_back(format: str, found: list[Article]) -> None:
    assert read(publication(*found), format, SITE) == tuple(map(expected, found))


@pytest.mark.parametrize("format", FORMATS)
@THOROUGH
@given(found=ANY_AT_ALL, words=ANYTHING)
def test_no_words_break_a_feed_or_lose_an_article(format: str, found: list[Article], words: str) -> None:
    feed = publication(*found, title=words, description=words, language=words, contact=words, labels={"peru": words})
    output = render(feed, format, site=SITE)
    assert output.omitted == ()
    assert render(feed, format, site=SITE) == output
    if format == "json":
        assert [fault.message for fault in json_schema().iter_errors(json.loads(output.body))] == []
    elif format == "atom":
        assert atom_schema().validate(etree.fromstring(output.body)), atom_schema().error_log
    else:
        assert len(etree.fromstring(output.body).findall("channel/item")) == len(found)


@THOROUGH
@given(titles=st.lists(ANYTHING, max_size=5))
def test_outlines_of_any_title_are_read_back(titles: list[str]) -> None:
    outlines = [Outline(text=title, xml_url=f"https://x.example/{number}") for number, title in enumerate(titles)]
    once = read_opml(opml(outlines, title="x"))
    assert [outline.xml_url for outline in once] == [outline.xml_url for outline in outlines]
    assert read_opml(opml(once, title="x")) == once


@THOROUGH
@given(body=st.binary(max_size=200))
def test_bytes_that_are_not_opml_are_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_opml(body)
