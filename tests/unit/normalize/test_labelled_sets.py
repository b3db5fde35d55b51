"""How good the rules are on sets that people labelled (optional: AGGREGATOR_TEST_DATA, default ../shared)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench.eval import bylines, languages, people, sections

DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", Path(__file__).parents[4] / "shared")) / "eval"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the test data is absent: no {DATA}")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def test_nearly_all_bylines_are_split_as_labelled() -> None:
    assert bylines.measure(lines("bylines.jsonl"))["exact"] >= 0.98


def test_people_are_told_apart_as_labelled_and_none_is_joined_in_error() -> None:
    figures = people.measure(lines("author_identity.jsonl"))
    assert figures["accuracy"] >= 0.95
    assert figures["wrong_joins"] == 0


def test_languages_are_told_as_labelled() -> None:
    assert languages.measure(lines("sections.jsonl"))["accuracy"] >= 0.98


def test_regions_and_countries_are_found_as_labelled() -> None:
    figures = sections.measure(lines("sections.jsonl"))
    assert {code: one["f1"] >= 0.92 for code, one in figures["regions"].items()} == dict.fromkeys(
        sections.REGIONS, True
    )
    assert figures["countries"]["f1"] >= 0.90
    assert figures["topics"]["precision"] >= 0.75
    assert figures["topics"]["recall"] >= 0.60
