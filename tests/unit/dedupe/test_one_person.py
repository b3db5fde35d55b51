"""Two names: one person, two, or a suggestion."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.people import Named, Same, contradict, matching_key, same_person


def at(name: str, outlet: str = "paper", **more: Any) -> Named:
    return Named(name=name, outlet=outlet, **more)


@pytest.mark.parametrize(
    ("a", "b", "same", "rule"),
    [
        ("Ana Ruíz", "ANA RUIZ", Same.YES, "same-name"),
        ("Plínio da Cunha", "Plínio Cunha", Same.YES, "same-name"),
        ("Jesús A. Roble", "Jesús Roble", Same.YES, "same-name"),
        ("Ana B. Roble", "Ana C. Roble", Same.NO, "other-initials"),
        ("Sean O'Dell", "Sean ODell", Same.YES, "same-name"),
        ("Ana Roble", "Ana Roble Tejo", Same.SUGGEST, "short-form"),
        ("Ana Tejo", "Ana Roble Tejo", Same.SUGGEST, "short-form"),
        ("A. Roble", "Ana Roble", Same.SUGGEST, "short-form"),
        ("Roble Ana", "Ana Roble", Same.SUGGEST, "other-order"),
        ("José Luis Roble", "José María Roble", Same.NO, "other-name"),
        ("Pedro Roble", "Ana Roble", Same.NO, "other-name"),
        ("Pedro Roble Filho", "Pedro Roble Neto", Same.NO, "other-generation"),
        ("Ana", "Ana Roble", Same.NO, "other-name"),
    ],
)
def test_within_an_outlet_spelling_joins_and_shortening_only_suggests(a: str, b: str, same: Same, rule: str) -> None:
    judgement = same_person(at(a), at(b))
    assert (judgement.same, judgement.rule) == (same, rule)


def test_a_short_form_that_fits_two_names_of_the_outlet_is_neither() -> None:
    names = ("Ana Roble", "Ana Roble Tejo", "Ana Roble Sauce")
    assert same_person(at("Ana Roble"), at("Ana Roble Tejo"), outlet_names=names).same is Same.NO


def test_initials_suggest_only_somebody_of_the_same_time() -> None:
    assert same_person(at("A. Roble"), at("Ana Roble"), days_apart=400).same is Same.NO
    assert same_person(at("A. Roble"), at("Ana Roble"), days_apart=30).same is Same.SUGGEST


def test_equal_names_of_two_outlets_are_only_a_suggestion() -> None:
    assert same_person(at("Ana Roble"), at("Ana Roble", "times")).same is Same.SUGGEST
    assert same_person(at("Ana Roble"), at("Ana Tejo", "times")).same is Same.NO


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ({"url": "https://x.example/by/ana/"}, {"url": "http://www.X.example/by/ana?p=2"}, Same.YES),
        ({"url": "https://x.example/"}, {"url": "https://x.example/"}, Same.SUGGEST),
        ({"same_as": ("https://twitter.com/Ana",)}, {"same_as": ("https://x.com/ana",)}, Same.YES),
        ({"same_as": ("https://orcid.org/1",)}, {"same_as": ("https://orcid.org/2",)}, Same.NO),
        ({"email": "Ana@roble.example"}, {"email": "ana@roble.example"}, Same.YES),
        ({"email": "hola@roble.example"}, {"email": "hola@roble.example"}, Same.YES),
        ({"email": "redaccion@x.example"}, {"email": "redaccion@x.example"}, Same.SUGGEST),
    ],
)
def test_a_page_a_profile_or_an_address_of_ones_own_outweighs_the_name(
    mine: dict[str, Any], theirs: dict[str, Any], same: Same
) -> None:
    assert same_person(at("Ana Roble", **mine), at("Ana Roble", "times", **theirs)).same is same


names = st.text(alphabet="aábcdeéñ .-'ABCÉ李明", max_size=30)


@given(names, names)
def test_who_is_who_does_not_depend_on_the_order_of_the_question(a: str, b: str) -> None:
    assert same_person(at(a), at(b)).same is same_person(at(b), at(a)).same
    assert same_person(at(a), at(a)).same is Same.YES
    assert contradict(a, b) == contradict(b, a)
    assert matching_key(a) == matching_key(a.upper().lower())
