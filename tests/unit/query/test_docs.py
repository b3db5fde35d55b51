"""Every example of docs/queries.md is a query."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.query import FIELDS, parse

_PAGE = (Path(__file__).parents[3] / "docs" / "queries.md").read_text(encoding="utf-8")
_ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in _PAGE.splitlines() if line.startswith("| ")]
_SAID = [code for row in _ROWS if row[0].startswith("`") for code in re.findall(r"`([^`]+)`", row[0])]
_FIELD_ROWS = {row[0].strip("`"): row[2] for row in _ROWS if row[0].strip("`") in FIELDS and len(row) == 3}
_EXAMPLES = [code for cell in _FIELD_ROWS.values() for code in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("text", [*_SAID, *_EXAMPLES])
def test_an_example_is_a_query(text: str) -> None:
    assert parse(str(parse(text))) == parse(text)


def test_every_field_has_a_row_with_an_example() -> None:
    assert set(_FIELD_ROWS) == set(FIELDS)
    assert all(f"{field}:" in cell for field, cell in _FIELD_ROWS.items())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lithium salta", "lithium AND salta"),
        ("lithium -football", "lithium NOT football"),
        ("a b OR c", "(a AND b) OR c"),
        ("published:[2026-01-01 TO *]", "published:>=2026-01-01"),
        ("lítio", "LITIO"),
        ("Straße", "strasse"),
    ],
)
def test_what_is_said_to_be_the_same_is(one: str, other: str) -> None:
    assert parse(one) == parse(other)
