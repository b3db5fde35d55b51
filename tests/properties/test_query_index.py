"""The index of queries leaves out no query that an article matches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Article, Category, Credit, Enclosure, Picture
from aggregator.query import ArticleView, Query, QueryIndex, matches
from aggregator.query.tree import Node
from aggregator.query.words import name_key
from tests.properties.queries import CATEGORIES, COUNTRIES, LANGUAGES, NAMES, SECTIONS, WORDS, trees
from tests.unit.query.articles import NOW, article

_texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
_credits = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(
    lambda names: tuple(
        Credit(name=name, slug=name.lower().replace(" ", "-"), names=(name_key(name),)) for name in names
    )
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return article(
        title=draw(_texts),
        summary=draw(_texts),
        text=draw(_texts),
        url="https://herald.example/" + draw(_texts).replace(" ", "/"),
        language=draw(st.sampled_from([*LANGUAGES, "es-AR", None])),
        picture=draw(st.none() | st.just(Picture(url="https://herald.example/a.jpg"))),
        enclosures=draw(st.sampled_from([(), (Enclosure(url="https://herald.example/a.mp3"),)])),
        credits=draw(_credits),
        categories=tuple(Category(term=term) for term in draw(st.lists(st.sampled_from(CATEGORIES), max_size=2))),
        sections=tuple(draw(st.lists(st.sampled_from(SECTIONS), max_size=2, unique=True))),
        countries=tuple(draw(st.lists(st.sampled_from(COUNTRIES), max_size=2, unique=True))),
        story=draw(st.sampled_from(["a" * 16, "b" * 16])),
    )


@given(asked=st.lists(trees(), min_size=1, max_size=8), one=articles())
@settings(max_examples=300, deadline=None)
def test_evaluating_the_candidates_alone_answers_as_evaluating_all(asked: list[Node], one: Article) -> None:
    queries, view = [Query(tree) for tree in asked], ArticleView(one)
    candidates = QueryIndex(queries).candidates(view)
    assert candidates == sorted(set(candidates))
    expected = [number for number, query in enumerate(queries) if matches(query, view, now=NOW)]
    assert [number for number in candidates if matches(queries[number], view, now=NOW)] == expected
