from __future__ import annotations

import contextlib
import time

import pytest

from aggregator.errors import QueryError
from aggregator.query import parse
from aggregator.query.parser import DEEPEST, LONGEST, MOST_TERMS
from aggregator.query.tree import And, Not, Or, Where, Words


def _word(token: str) -> Words:
    return Words(where=Where.ANYWHERE, tokens=(token,))


def test_and_binds_closer_than_or_written_or_not() -> None:
    expected = Or(parts=(And(parts=(_word("a"), _word("b"))), And(parts=(_word("c"), _word("d")))))
    assert parse("a b OR c AND d").tree == expected


def test_not_binds_closest() -> None:
    assert parse("NOT a b").tree == parse("-a b").tree == And(parts=(Not(part=_word("a")), _word("b")))


def test_twice_not_is_nothing() -> None:
    assert parse("NOT NOT a") == parse("--a") == parse("-(-(a))") == parse("a")


def test_operators_are_upper_case_only() -> None:
    assert parse("a or b").tree == And(parts=(_word("a"), _word("or"), _word("b")))


def test_a_word_may_begin_like_an_operator() -> None:
    assert parse("ANDES ORO NOTA").tree == And(parts=(_word("andes"), _word("oro"), _word("nota")))


def test_a_hyphen_within_a_word_is_no_operator() -> None:
    assert parse("covid-19") == parse('"covid 19"')


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Lítio", "litio"),
        ("  a   AND\n(b)  ", "a AND b"),
        ("lang:(ES OR pt_BR)", "lang:es OR lang:pt-br"),
        ("a (b OR c) -(d e)", "a AND (b OR c) AND -(d AND e)"),
        ("covid-19*", '"covid 19"*'),
        ("category:Economía", 'category:"economia"'),
        (r'category:"a \"b\" \\ c"', r'category:"a \"b\" \\ c"'),
        ("published:[2026-01-01 TO *]", "published:>=2026-01-01"),
        ("published:[* TO 2026-01-01}", "published:<2026-01-01"),
        ("published:[* TO *]", "*"),
        ("published:[2026-01-01 TO 2026-01-01]", "published:2026-01-01"),
        ("published:{2026-01-01T10:00+02:00 TO 2027]", "published:{2026-01-01T08:00Z TO 2027]"),
        ("updated:>=now-07d", "updated:>=now-7d"),
        ("country:co", "country:CO"),
        ("“two words”", '"two words"'),
        ('section:"none"', "section:none"),
        ("lang: es", "lang:es"),
        ("published:(>2026-01-01T10:00Z -2026-02)", "published:>2026-01-01T10:00Z AND -published:2026-02"),
    ],
)
def test_the_normal_form(text: str, normal: str) -> None:
    query = parse(text)
    assert str(query) == normal
    assert parse(normal) == query


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "a query needs at least one word"),
        ("  \n", 1, "a query needs at least one word"),
        ("sectoin:a", 1, "there is no field sectoin (did you mean section:?)"),
        ("a Titel:b", 3, "there is no field Titel (did you mean title:?)"),
        ("https://a.example", 1, "there is no field https; put it in quotation marks to search for it"),
        ("a OR", 5, "the query ends here: expected a word, a phrase or a field"),
        ("a OR OR b", 6, "OR needs something on both sides"),
        ("AND a", 1, "AND needs something on both sides"),
        ("(a OR b", 8, "expected ) to close the parenthesis"),
        ("lang:(es", 9, "expected ) to close the parenthesis"),
        ("a) b", 2, "this ) closes nothing"),
        ("a ()", 4, "expected something to search before )"),
        ("section:", 9, "expected a value after the field's colon"),
        ('foo "bar', 5, "this quotation mark is not closed"),
        ("foo “bar", 5, "this quotation mark is not closed"),
        ("a - b", 3, "expected a word right after -, or - before the field"),
        ("x ++", 3, "expected a word: there is no letter or digit here"),
        (":a", 1, "expected the name of a field before :"),
        ("a [b]", 3, "brackets are for ranges: published:[2026-01-01 TO *]"),
        ("*foo", 1, "* is understood at the end of a word only"),
        ("f*", 1, "expected at least two letters before *"),
        ("wom?n", 1, "? is not understood within a word: put it in quotation marks"),
        ("foo~2", 1, "~ is not understood within a word: put it in quotation marks"),
        ("foo^2", 1, "^ is not understood within a word: put it in quotation marks"),
        ("!foo", 1, "! is not understood: write -word or NOT word"),
        ("a && b", 3, "&& is not understood: write AND"),
        ("a || b", 3, "|| is not understood: write OR"),
        ("title:[a TO b]", 7, "ranges are for published and updated, not for title"),
        ("has:imgae", 5, "has: expects one of image, author, enclosure, full (did you mean image?)"),
        ("published:yesterday", 11, "expected a date"),
        ("published:2026-02-30", 11, "expected a date"),
        ("published:>now-7", 11, "expected a date"),
        ("published:>now-9999999y", 11, "expected a date"),
        ("published:[2026-01-01 TO x]", 26, "expected a date"),
        ("published:[2026-01-01]", 11, "expected a range such as [2026-01-01 TO *]"),
        ("published:[2027 TO 2026]", 11, "this range ends before it begins"),
        ("published:[now TO now-1d]", 11, "this range ends before it begins"),
        ("published:now-7d", 11, "expected a comparison, as in >now-7d (did you mean published:>now-7d?)"),
        ("published:9999-12-31", 11, "expected a date"),
        ("lang:spanish!", 6, "expected a language such as es or pt-br"),
        ("country:Chile", 9, "expected the two letters of a country"),
        ("country:005", 9, "expected the two letters of a country"),
        ("story:1", 7, "expected the id of a story"),
        ("section:south*", 9, "* is understood after words and categories only"),
        ('author:""', 8, "expected a name"),
        ('author:" "', 8, "expected a name"),
        ("a\x00b", 2, "this character cannot be searched"),
        ("a \ud800", 3, "this character cannot be searched"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column
    assert message in str(caught.value)


def test_the_caret_stands_under_the_fault() -> None:
    with pytest.raises(QueryError) as caught:
        parse("litio AND\nsektion:sport")
    assert caught.value.with_caret().splitlines() == [
        "column 11: there is no field sektion (did you mean section:?)",
        "litio AND sektion:sport",
        "          ^",
    ]


def test_of_a_long_query_the_caret_shows_what_is_around_the_fault() -> None:
    with pytest.raises(QueryError) as caught:
        parse("a" * LONGEST + "b" * 100)
    shown = f"…{'a' * 60}{'b' * 60}…"
    assert caught.value.column == LONGEST + 1
    assert caught.value.with_caret().splitlines()[1:] == [shown, " " * shown.index("b") + "^"]


def test_what_was_published_since_a_moment_is_asked_of_all_parts() -> None:
    for text in ("litio", "litio OR sal", "litio lang:es", "*"):
        assert parse(text).since("now-7d") == parse(f"({text}) AND published:>=now-7d")


@pytest.mark.parametrize("moment", ["soon", "now-7d OR peru", "*", "[2026 TO *]", ")", "2026-02-30", " "])
def test_what_is_no_moment_is_refused_where_it_was_written(moment: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse("litio").since(moment)
    assert caught.value.with_caret().splitlines()[1:] == [f"since={moment}", "      ^"]


def test_authors_asked_for_are_told_apart() -> None:
    query = parse('author:ana-nunez OR -author:(x OR "José Díaz") OR author:none')
    assert query.author_slugs() == {"ana-nunez", "x"}
    assert query.author_names() == {"jose diaz"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a" * (LONGEST + 1), "a query has at most 2,000 characters"),
        ("a " * (MOST_TERMS + 1), "a query has at most 100 terms, this one 101"),
        ("(" * DEEPEST + "a" + ")" * DEEPEST, "a query nests at most 20 deep"),
        ("-" * 1999 + "a", "a query nests at most 20 deep"),
        ("NOT " * 400 + "a", "a query nests at most 20 deep"),
    ],
)
def test_limits_are_told(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse(text)


def test_the_limits_themselves_are_allowed() -> None:
    deep = DEEPEST - 1
    for text in ("a" * LONGEST, " ".join(["a"] * MOST_TERMS), "(" * deep + "a" + ")" * deep):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000,
        ")" * 2000,
        "-" * 2000,
        '"' * 2000,
        '"\\' * 1000,
        "a(" * 1000,
        "[" * 2000,
        "published:[" + " " * 1980 + "]",
        "published:[2026" + " TO" * 600 + "]",
        "a:" * 1000,
        "AND " * 500,
        "a OR " * 400,
        "ß" * 2000,
        "a*" * 1000,
        "“" * 2000,
    ],
)
def test_hostile_queries_cost_little(text: str) -> None:
    parse("warm")
    start = time.process_time()
    with contextlib.suppress(QueryError):
        parse(text)
    assert time.process_time() - start < 1.0


def test_former_slugs_of_authors_and_ids_of_stories_are_replaced_wherever_they_stand() -> None:
    query = parse("gold AND (author:old OR NOT author:other) -story:aaaaaaaaaaaaaaaa")
    assert str(query.forwarded(authors={"old": "new"}, stories={"a" * 16: "b" * 16})) == str(
        parse("gold AND (author:new OR NOT author:other) -story:bbbbbbbbbbbbbbbb")
    )
    assert query.forwarded() is query
