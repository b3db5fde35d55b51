"""What nobody should send: clean, bounded, never an exception, never somebody's name."""

from __future__ import annotations

import pytest

from aggregator.dedupe.people import Named, same_person
from aggregator.model import Byline, Category, Content, Outlet, Tag
from aggregator.normalize import classify, language_of, split_byline
from aggregator.normalize.bylines import credits_of
from aggregator.normalize.categories import categories_of
from aggregator.text import fold
from tests.unit.normalize.made_up import PAPER, RULES

LONG = "Perú " * 20_000


def test_long_titles_and_tags_say_what_short_ones_say() -> None:
    categories = categories_of(
        [Tag(term="Sudamérica"), Tag(term="x" * 10_000), *(Tag(term=f"t{n}") for n in range(500))]
    )
    content = Content(title=LONG, summary=LONG, url="https://paper.example/" + "a/" * 5_000)
    sections, countries, evidence = classify(content, categories, source=None, outlet=PAPER, rules=RULES)
    assert "PE" in countries
    assert "south-america" in sections
    assert all(len(one.raw) <= 200 for one in evidence)


@pytest.mark.parametrize(
    "url", ["https://[::1/", "https://paper.example/%zz/%ff", "//", "mailto:x", "https://x.example:port/a"]
)
def test_an_address_that_is_none_says_nothing(url: str) -> None:
    outlet = Outlet(id="x", title="X", url="")
    assert (
        classify(Content(title="Nada", url=url), (Category(term="\ud800"),), source=None, outlet=outlet, rules=RULES)[1]
        == ()
    )


def test_five_hundred_authors_are_thirty() -> None:
    stated = [Byline(name=f"Ana {chr(65 + n % 26)}{'a' * (n // 26 + 1)}roble") for n in range(500)]
    assert len(credits_of(stated, outlet_title="", language=None, known={})) == 30


@pytest.mark.parametrize("name", ["12345", "1970", "\u202e\u200b", "<b></b>", "a@b.example", "…", "\ufdfa" * 3_000])
def test_what_is_no_name_is_nobodys_or_short(name: str) -> None:
    assert all(len(credit.name) <= 512 * 18 for credit in split_byline(name))


def test_a_name_is_the_same_whatever_hides_in_it() -> None:
    (found,) = split_byline("\u202eAna\u200b Rui\u0301z")
    assert fold(found.name) == "ana ruiz"


def test_names_of_any_length_are_compared() -> None:
    long = Named(name="Ana " * 20_000, outlet="x")
    assert same_person(long, Named(name="Ana Ruiz", outlet="x")).rule == "other-name"
    assert language_of(None, None, None, LONG).confidence <= 1
