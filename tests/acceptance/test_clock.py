"""When a source is polled next, as its operator is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import Origin, Reply

ITEM = "<item><guid isPermaLink='false'>{0}</guid><title>{0}</title><pubDate>Mon, 05 Jan 2026 10:0{0}:00 GMT</pubDate></item>"
XML = (("Content-Type", "application/rss+xml"),)


def feed(*numbers: int, more: str = "") -> Reply:
    items = "".join(ITEM.format(number) for number in numbers)
    return Reply(
        headers=XML, body=f"<rss version='2.0'><channel><title>A</title>{more}{items}</channel></rss>".encode()
    )


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(folder=tmp_path, port=free_port())


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(["127.0.0.1"]) as running:
        yield running


def configure(installation: Installation, origin: Origin, every: str) -> None:
    installation.write(
        "all.yaml",
        f"""\
site: {{title: T, url: 'http://localhost', contact: ops@example.org, polls_per_day: 48}}
outlets:
  paper: {{title: Paper, url: 'https://paper.example/', sources: [{{url: '{origin.url("/paper")}', every: {every}}}]}}
""",
    )


def forecast(installation: Installation) -> dict[str, object]:
    (row,) = json.loads(installation.run("sources", "paper", "--json").stdout)
    assert datetime.fromisoformat(row["next_poll"]) > datetime.fromisoformat(row["last_poll"])
    found = row["forecast"]
    assert isinstance(found, dict)
    return found


def test_a_source_says_in_a_sentence_when_it_is_polled_next_and_why_then(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/paper", feed(1, 2, more="<ttl>30</ttl>"), feed(1, 2, 3), feed(1, 2, 3, 4))
    configure(installation, origin, "{min: 15m, max: 24h}")
    assert installation.run("poll").returncode == 0
    said = installation.run("sources", "paper").stdout
    assert "(paper) is well since " in said
    assert "how often it brings news is not known yet: asked again after 60 min; the server allows " in said
    assert forecast(installation)["binding"] == "start"
    for days in (0.1, 0.2):
        assert installation.run("poll", "--all", days=days).returncode == 0
    assert "UTC: expects " in installation.run("sources", "paper").stdout
    found = forecast(installation)
    assert set(found) == {"lambda_per_day", "factor_now", "theta", "tau", "binding"}
    assert found["binding"] in ("few", "policy")


def test_a_fixed_interval_is_kept_to_and_said(installation: Installation, origin: Origin) -> None:
    origin.serve("/paper", feed(1, 2))
    configure(installation, origin, "30m")
    assert installation.run("poll").returncode == 0
    assert "UTC: every 30 min, as configured" in installation.run("sources", "paper").stdout
    assert forecast(installation) | {"lambda_per_day": 0, "theta": 0} == {
        "lambda_per_day": 0,
        "factor_now": 1.0,
        "theta": 0,
        "tau": 1800.0,
        "binding": "fixed",
    }
