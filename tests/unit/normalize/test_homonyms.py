"""Made-up headlines in which names of places, peoples and persons mean something else: which countries they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aggregator.normalize.places import Mention, mentions, words_of
from bench.eval import sections

_ROWS = [line.split("\t") for line in Path(__file__).with_name("homonyms.tsv").read_text("utf-8").splitlines()[1:]]


def labelled(half: str) -> list[dict[str, Any]]:
    names = ("lang", "outlet_country", "title")
    empty = {"summary": "", "url": "", "categories": [], "outlet": "The Paper", "regions": [], "topics": []}
    return [
        empty | dict(zip(names, row[1:4], strict=True)) | {"countries": row[4].split()}
        for row in _ROWS
        if row[0] == half
    ]


@pytest.mark.parametrize(("half", "least"), [("seen", 0.95), ("kept", 0.92)])
def test_namesakes_are_told_from_countries(half: str, least: float) -> None:
    rows = labelled(half)
    assert len(rows) >= 75
    assert {row["lang"] for row in rows} >= {"en", "es", "pt", "fr"}
    assert sections.measure(rows)["countries"]["f1"] >= least


def first(text: str) -> Mention:
    return mentions(words_of(text))[0]


@pytest.mark.parametrize(
    "state", ["Indiana", "N.Y.", "OH", "Ont.", "British Columbia", "Nueva York", "Caroline du Nord"]
)
@pytest.mark.parametrize("place", ["Brazil", "Mexico", "Cuba", "Lima", "Havana"])
def test_a_name_with_a_state_behind_it_is_a_town_there(place: str, state: str) -> None:
    for line in (f"Fire in {place}, {state}", f"{place}, {state}, votes", f"A day in {place}, {state} hospitals"):
        assert {one.code for one in mentions(words_of(line))} <= {"US", "CA"}, line


@pytest.mark.parametrize(
    "line", ["Trade with Canada, Mexico, Texas", "Mexico, Texas and Arizona sign", "Ministers of Armenia, Georgia meet"]
)
def test_a_list_of_countries_and_states_stays_a_list(line: str) -> None:
    assert len({one.code for one in mentions(words_of(line))}) > 1


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Venezolano muere en la calle", "guest"),
        ("Detienen a un colombiano", "guest"),
        ("A Mexican national is held", "guest"),
        ("El gobierno venezolano contesta", "demonym"),
        ("Mexican restaurants close", "demonym"),
        ("Haitian migrants gather", "demonym"),
        ("Mexican national team loses", "demonym"),
        ("Haitian migrant crisis grows", "demonym"),
    ],
)
def test_one_of_a_people_may_be_anywhere(line: str, kind: str) -> None:
    assert first(line).kind == kind


@pytest.mark.parametrize("line", ["Chad's army advances", "Dominica declares an emergency", "La junta de Mali cede"])
def test_a_homonym_is_the_country_where_a_state_acts(line: str) -> None:
    assert not first(line).ambiguous


@pytest.mark.parametrize(
    "line",
    [
        "Chad Adams plays drums",
        "Jordan scores again",
        "Mauricio llega a casa",
        "Gana el sí",
        "Montenegro recorta gastos",
    ],
)
def test_a_given_name_stays_doubtful(line: str) -> None:
    assert first(line).ambiguous
