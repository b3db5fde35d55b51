"""Made-up news from every country of Latin America and the Caribbean, and of what only sounds like it: no publisher's text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aggregator.normalize.places import within
from bench.eval import sections

LINES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("made_up_news.jsonl").read_text("utf-8").splitlines()
]


def test_every_country_and_territory_is_in_the_news_in_four_languages() -> None:
    told = {code for line in LINES for code in line["countries"]}
    assert {code for code in within("419") if not code.isdigit()} - {"BV", "GS"} <= told
    assert {line["lang"] for line in LINES} >= {"en", "es", "pt", "fr"}


def test_regions_and_countries_are_found() -> None:
    figures = sections.measure(LINES)
    assert {code: (one["precision"] >= 0.97, one["recall"] >= 0.95) for code, one in figures["regions"].items()} == (
        dict.fromkeys(sections.REGIONS, (True, True))
    )
    assert figures["countries"]["f1"] >= 0.95
