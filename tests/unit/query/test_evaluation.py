from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model import Credit, Enclosure, Picture
from aggregator.query import ArticleView, is_relative, matches, next_change, parse
from tests.unit.query.articles import NOW, article


@pytest.mark.parametrize(
    "text",
    [
        "litio",
        "LÍTIO",
        "*",
        "bolivia chile",
        '"cono sur"',
        "“Cono Sur”",
        "covid-19",
        "covid-1*",
        '"negocian covid"',
        '"cono su"*',
        "title:litio text:bolivia",
        "title:(litio OR cobre)",
        "-cobre",
        "NOT cobre",
        "cobre OR litio",
        "litio AND (cobre OR (oro -plata))",
        "uyu*",
        "section:south-america",
        "section:(sport OR south-america)",
        "outlet:herald",
        "source:herald-world",
        "author:dionys-duroc",
        'author:"DIONYS  Duroc"',
        'author:"D. Duroc"',
        "-author:none -section:none",
        "lang:es",
        "lang:ES-ar",
        "country:cl",
        "category:economia",
        'category:"economy & trade"',
        "category:econ*",
        "url:south-america",
        'url:"litio 2026"',
        "url:herald.example/south-america",
        "published:2026-02-25",
        "published:2026-02",
        "published:[2026-02-25 TO 2026-02-25]",
        "published:[2026-01-01 TO *]",
        "published:{2026-02-24 TO 2026-02-26}",
        "published:>=2026-02-25T08:00Z",
        "published:<=2026-02-25T08:00:00Z",
        "published:<2026-02-25T08:01Z",
        "published:>2026-02-25T09:00+02:00",
        "published:>now-7d",
        "published:(>now-1w <now)",
        "updated:>2026-02-25",
        "story:storystory234567",
        "has:author has:full",
        "-has:(image OR enclosure)",
    ],
)
def test_it_is_what_is_asked_for(text: str) -> None:
    assert matches(parse(text), article(), now=NOW)
    assert not matches(parse(f"-({text})"), article(), now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "liti",
        '"sur cono"',
        '"sur chile" -text:sur',
        "title:bolivia",
        "text:litio",
        "uyunis*",
        "section:sport",
        "section:none",
        "author:none",
        "author:duroc",
        'author:"Duroc"',
        "source:diario",
        "lang:es-mx",
        "country:uy",
        "category:econom",
        "category:trade",
        "url:amer",
        "published:>2026-02-25",
        "published:<2026-02-25",
        "published:{2026-02-25 TO 2026-02-27}",
        "published:>now-2d",
        "published:>2026-02-25T08:00Z",
        "updated:2026-02-25",
        "litio -bolivia",
        "cobre OR plata",
        "has:image",
    ],
)
def test_it_is_not_what_is_asked_for(text: str) -> None:
    assert not matches(parse(text), article(), now=NOW)
    assert matches(parse(f"NOT ({text})"), article(), now=NOW)


def test_a_phrase_does_not_span_title_and_text() -> None:
    assert not matches(parse('"sur chile"'), article(), now=NOW)


def test_words_of_markup_are_not_words_of_the_text() -> None:
    assert not matches(parse("div OR p OR b"), article(), now=NOW)


def test_pictures_and_enclosures_are_found() -> None:
    one = article(
        picture=Picture(url="https://a.example/a.jpg"), enclosures=(Enclosure(url="https://a.example/a.mp3"),)
    )
    assert matches(parse("has:image has:enclosure"), one, now=NOW)


def test_none_is_what_has_no_author_and_no_section() -> None:
    assert matches(parse("author:none section:none -has:author"), article(credits=(), sections=()), now=NOW)


def test_an_author_without_known_names_goes_by_the_printed_one() -> None:
    assert matches(parse('author:"ana nunez"'), article(credits=(Credit(name="Ana Núñez"),)), now=NOW)


def test_an_article_without_language_has_none() -> None:
    assert not matches(parse("lang:es"), article(language=None), now=NOW)


def test_a_view_serves_many_queries() -> None:
    view = ArticleView(article())
    assert [matches(parse(text), view, now=NOW) for text in ("litio", "cobre")] == [True, False]


@pytest.mark.parametrize(
    ("text", "relative"), [("published:>now-7d", True), ("a -(b published:<now)", True), ("published:>2026", False)]
)
def test_a_query_with_now_depends_on_the_time(text: str, relative: bool) -> None:
    assert is_relative(parse(text)) is relative


def test_the_next_change_is_when_an_article_leaves() -> None:
    one = article()
    assert next_change(parse("litio published:>now-7d"), one, now=NOW) == one.published + timedelta(days=7)
    assert next_change(parse("litio published:>now-2d"), one, now=NOW) is None
    assert next_change(parse("litio"), one, now=NOW) is None
