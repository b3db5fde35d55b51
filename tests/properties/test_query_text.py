"""The text of a query: whatever it is, it is understood or refused at a place; the normal form says the same."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import QueryError
from aggregator.query import Query, first_failure, is_relative, matches, next_change, parse
from aggregator.query.tree import Node
from aggregator.text import fold, tokens
from tests.properties.queries import trees
from tests.unit.query.articles import NOW, article

_MARKS = [*'()"“”[]{}:*-><^~!\\', "AND", "OR", "NOT", "TO", ">=", "now-7d", "2026-01-01"]
_FIELDS = ["title:", "lang:", "section:", "published:", "has:"]
_pieces = st.sampled_from([*_MARKS, *_FIELDS])
_texts = st.one_of(
    st.text(max_size=60),
    st.lists(_pieces | st.text(max_size=4), max_size=20).map(" ".join),
    st.lists(_pieces, max_size=20).map("".join),
)


@given(trees())
def test_the_normal_form_parses_to_an_equal_tree(tree: Node) -> None:
    assert parse(str(tree), longest=100_000) == Query(tree)


@given(_texts)
def test_any_text_is_understood_or_refused_at_a_place(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        refused: QueryError | None = error
    else:
        refused = None
        assert parse(str(query), longest=100_000) == query
        matches(query, article(), now=NOW)
    if refused:
        assert 1 <= refused.column <= len(text) + 1
        *_, shown, caret = refused.with_caret().split("\n")
        assert shown[: caret.index("^")].lstrip("…") in refused.query[: refused.column - 1]
        assert len(caret) <= 62


@given(trees(), st.integers(-72, 72))
def test_nothing_changes_before_the_next_change(tree: Node, hours: int) -> None:
    query, one = Query(tree), article(published=NOW - timedelta(hours=hours))
    change = next_change(query, one, now=NOW)
    assert change is None or is_relative(query)
    last = NOW + timedelta(days=1000) if change is None else change - timedelta(microseconds=1)
    assert matches(query, one, now=NOW) == matches(query, one, now=last)


@given(trees(), st.integers(-72, 72))
def test_a_query_fails_by_a_condition_of_its_own_or_matches(tree: Node, hours: int) -> None:
    one = article(published=NOW - timedelta(hours=hours))
    failed = first_failure(Query(tree), one, now=NOW)
    assert (failed is None) == matches(Query(tree), one, now=NOW)
    if failed is not None:
        assert not matches(Query(failed), one, now=NOW)
        assert str(failed) in str(tree)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tokens(" ".join(tokens(text))) == tokens(text)


@given(st.text(), st.text())
def test_words_apart_are_tokens_apart(left: str, right: str) -> None:
    assert tokens(f"{left} {right}") == tokens(left) + tokens(right)
