"""What `aggregator sources SOURCE` says."""

from __future__ import annotations

import pytest

from aggregator.cli.sources import sentences
from aggregator.model import Health
from aggregator.store import SourceStatus
from tests.making import NOW


def said(health: Health, **changes: object) -> str:
    known = {
        "id": "herald",
        "outlet": "herald",
        "url": "https://herald.example/rss",
        "title": "The Herald",
        "health": health,
        "since": NOW,
        "last_poll": NOW,
        "last_success": NOW,
        "next_poll": NOW,
        "why": "every hour",
        "failures": 0,
        "articles": 7,
        **dict.fromkeys(("error", "articles_per_day", "interval_seconds")),
    }
    return "\n".join(sentences(SourceStatus(**known | changes), None, NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize("health", [Health.HELD, Health.STALE, Health.FAILING])
def test_where_a_source_is_asked_is_said_whatever_else_is_to_be_said_of_it(health: Health) -> None:
    moved = "https://herald.example/new"
    sentence = f"It is asked at {moved}, where its address used to redirect."
    assert sentence in said(health, moved_to=moved)
    assert "asked at" not in said(health)
    assert sentence not in said(Health.MOVED, moved_to=moved), "its evidence says so"
