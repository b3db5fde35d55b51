from __future__ import annotations

import pytest

from aggregator.errors import QueryError
from aggregator.query import Vocabulary, check, parse

KNOWN = Vocabulary(
    sections=frozenset({"south-america", "sport"}),
    outlets=frozenset({"mercopress", "rt"}),
    sources=frozenset({"mercopress", "mercopress-politics"}),
    languages=frozenset({"en", "es", "pt-BR"}),
    countries=frozenset({"CO", "BR"}),
    authors=frozenset({"dionys-duroc"}),
    names=frozenset({"dionys duroc"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "litio section:south-america outlet:mercopress source:mercopress-politics",
        "lang:(es OR es-ar OR pt OR pt-br) country:CO",
        'author:dionys-duroc author:"Dionys Duroc" author:none section:none',
        '"or" and*',
    ],
)
def test_known_words_pass_without_a_word(text: str) -> None:
    assert check(parse(text), KNOWN) == ()


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("section:south-amercia", 9, "there is no section south-amercia (did you mean south-america?)"),
        ('a section:"South America"', 11, "there is no section South America (did you mean south-america?)"),
        ("-(outlet:mercopres)", 10, "there is no outlet mercopres (did you mean mercopress?)"),
        ("source:nothing", 8, "there is no source nothing"),
        ("lang:xx", 6, "there is no language xx"),
        ("lang:english", 6, "there is no language english; languages are codes such as es or pt-BR"),
        ("lang:e", 6, "expected a language"),
        ("country:XX", 9, "there is no country XX"),
        (
            "author:dionys",
            8,
            'there is no author dionys; a name goes in quotation marks: author:"…" (did you mean dionys-duroc?)',
        ),
    ],
)
def test_an_unknown_word_is_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(parse(text), KNOWN)
    assert caught.value.column == column
    assert message in str(caught.value)


def test_the_name_of_a_language_is_not_taken_for_a_misspelt_code() -> None:
    with pytest.raises(QueryError) as caught:
        check(parse("lang:english"), KNOWN)
    assert "did you mean" not in str(caught.value)


def test_a_name_that_nobody_bears_yet_is_a_warning() -> None:
    assert check(parse('a author:"Ana Núñez"'), KNOWN) == ("column 10: no author is called ana nunez yet",)


def test_without_knowing_names_there_is_nothing_to_warn_of() -> None:
    assert check(parse('author:"Ana Núñez"'), Vocabulary()) == ()


def test_a_small_operator_is_a_warning() -> None:
    (warning,) = check(parse("litio or cobre"), KNOWN)
    assert warning == "column 7: or is searched as a word: the operator is OR"
