"""Points on the map → countries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import reread
from aggregator.normalize.points import country_at
from tests.unit.normalize.made_up import MAIN, RULES, entry, sighting


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("-12.05 -77.04", "PE"),
        ("-16.5 -68.1", "BO"),
        ("18.47 -69.9", "DO"),
        ("18.54 -72.34", "HT"),
        ("16.26 -61.5", "GP"),
        ("-51.7 -57.85", "FK"),
        ("40.4 -3.7", "ES"),
    ],
)
def test_a_point_is_in_the_country_of_the_nearest_town(point: str, code: str) -> None:
    assert country_at(point) == (code, True)


def test_a_point_beside_a_border_is_doubtful() -> None:
    found = country_at("7.9 -72.45")
    assert found is not None
    assert found[0] in ("CO", "VE")
    assert not found[1]


@pytest.mark.parametrize("point", ["0 -140", "91 0", "0 181", "", "nan nan", "inf 0", "1", "1 2 3", "north east"])
def test_the_sea_and_what_is_no_point_are_nowhere(point: str) -> None:
    assert country_at(point) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_has_an_answer(latitude: float, longitude: float) -> None:
    found = country_at(f"{latitude} {longitude}")
    assert found is None or len(found[0]) == 2


def test_where_an_entry_says_that_it_is_puts_it_there_and_stays_when_rules_change() -> None:
    first = sighting(entry("Suben los precios", point="-33.45 -70.66"))
    assert "CL" in first.countries
    again = reread(replace(first, countries=(), evidence=()), source=MAIN, rules=RULES, said_before=first.evidence)
    assert again.countries == first.countries
    assert again.sections == first.sections
