"""Whole made-up documents of `tests/feeds` → sightings, against what is expected of them.

`python -m tests.unit.parse.test_made_up_feeds` writes the expectations anew: read the difference before you keep it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from aggregator.normalize import normalize
from aggregator.parse import parse
from tests.unit.normalize.made_up import MAIN, NOW, RULES, URL

FEEDS = Path(__file__).parents[2] / "feeds"
CASES = sorted(
    path for path in FEEDS.iterdir() if path.suffix in (".xml", ".atom", ".json") and ".expected" not in path.name
)


def read(path: Path) -> Any:
    feed = parse(path.read_bytes(), content_type="application/xml", url=URL)
    said = normalize(feed, source=MAIN, url=URL, rules=RULES, now=NOW)
    document = {
        "feed": {key: value for key, value in asdict(feed).items() if key != "entries"},
        "sightings": [asdict(one) for one in said],
    }
    return json.loads(json.dumps(document, default=_plain, ensure_ascii=False))


def _plain(value: object) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_made_up_document_is_read_as_expected(path: Path) -> None:
    assert read(path) == json.loads(path.with_suffix(".expected.json").read_text("utf-8"))


if __name__ == "__main__":
    for case in CASES:
        text = json.dumps(read(case), indent=1, ensure_ascii=False, sort_keys=True)
        case.with_suffix(".expected.json").write_text(f"{text}\n", "utf-8")
