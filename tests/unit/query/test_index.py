"""Which queries an article is asked about at all."""

from __future__ import annotations

import pytest

from aggregator.query import ArticleView, QueryIndex, parse
from tests.unit.query.articles import article


@pytest.mark.parametrize(
    "elsewhere",
    [
        "copper",
        "litio AND copper",
        "section:sport AND lang:es",
        "copper OR zinc OR outlet:rt",
        'author:"Ana Ruiz"',
        "cop*",
        '"nuevo copper"',
        "has:image lang:es copper",
        "category:deportes",
        "country:AR -litio",
        "story:aaaaaaaaaaaaaaaa",
        "author:none",
    ],
)
def test_a_query_of_what_an_article_has_not_is_never_evaluated(elsewhere: str) -> None:
    assert QueryIndex([parse(elsewhere)]).candidates(ArticleView(article())) == []


@pytest.mark.parametrize("broad", ["*", "-copper", "published:>now-7d", "litio OR -copper", "category:eco*"])
def test_a_query_that_nothing_covers_is_always_evaluated(broad: str) -> None:
    assert QueryIndex([parse("copper"), parse(broad)]).candidates(ArticleView(article())) == [1]


def test_of_a_conjunction_the_rarest_part_decides() -> None:
    index = QueryIndex([parse("lang:es has:author section:south-america uyuni")])
    assert index.candidates(ArticleView(article())) == [0]
    assert index.candidates(ArticleView(article(text=""))) == []
