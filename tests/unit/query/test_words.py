from __future__ import annotations

from aggregator.model import Category, Content
from aggregator.query import index_words
from aggregator.query.words import LONGEST_WORD, MOST_CHARACTERS, MOST_WORDS, words


def test_words_are_padded_so_that_phrases_are_found_in_them() -> None:
    found = index_words(
        Content(title="São Paulo!", summary="<p>A</p><p>b</p>", text="c", url="https://a.example/x"), ()
    )
    assert (found.title, found.text, found.url) == (" sao paulo ", " a b c ", " https a example x ")


def test_nothing_is_nothing() -> None:
    found = index_words(Content(title="…"), ())
    assert (found.title, found.text, found.url, found.categories) == ("", "", "", "")


def test_categories_are_terms_and_labels_once_each() -> None:
    found = index_words(
        Content(title="a"), (Category(term="Economía", label="ECONOMIA"), Category(term="Sport\n& Games"))
    )
    assert found.categories == "\neconomia\nsport & games\n"


def test_no_text_is_too_long_to_index() -> None:
    assert words("x" * 5000) == ("x" * LONGEST_WORD,)
    assert len(words("ab " * 50_000)) == MOST_WORDS
    assert len(" ".join(words(f"{'漢' * 90} " * 3_000))) < MOST_CHARACTERS
