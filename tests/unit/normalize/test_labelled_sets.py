"""How good the rules are on sets that people labelled (optional: AGGREGATOR_TEST_DATA, default ../shared)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Category, Content, Newsroom, Outlet, Section, Title
from aggregator.normalize import Rules, classify, split_byline

DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", Path(__file__).parents[4] / "shared")) / "eval"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the test data is absent: no {DATA}")
REGIONS = ("005", "013", "029", "419")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def test_nearly_all_bylines_are_split_as_labelled() -> None:
    rows = lines("bylines.jsonl")
    right = 0
    for row in rows:
        language = None if row["lang"] == "und" else row["lang"]
        said = split_byline(row["byline"], outlet_title=row["outlet"], language=language)
        right += [(credit.name, credit.kind) for credit in said] == [
            (one["name"], one["kind"]) for one in row["authors"]
        ]
    assert right / len(rows) >= 0.98


@pytest.mark.parametrize(("region", "least"), [("005", 0.88), ("013", 0.85), ("029", 0.85), ("419", 0.89)])
def test_regions_are_found_as_labelled(region: str, least: float) -> None:
    sections = tuple(Section(slug=f"r{code}", title=Title(code), countries=(code,)) for code in REGIONS)
    rules = Rules.of(Newsroom(sections=sections))
    hits = said = meant = 0
    for row in lines("sections.jsonl"):
        outlet = Outlet(id="x", title=row["outlet"], url="https://x.example", country=row["outlet_country"] or None)
        content = Content(title=row["title"], summary=row["summary"], url=row["url"], language=row["lang"])
        categories = tuple(Category(term=term) for term in row["categories"])
        found = f"r{region}" in classify(content, categories, source=None, outlet=outlet, rules=rules)[0]
        labelled = region in row["regions"]
        hits, said, meant = hits + (found and labelled), said + found, meant + labelled
    assert 2 * hits / (said + meant) >= least
