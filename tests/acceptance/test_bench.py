"""The benchmarks, at a size that only shows that they still measure what they say."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.store import Store
from bench.archive import build, deepen
from bench.cadence.database import read_database
from tests.making import NOW, newsroom, publish, sighting, source

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_a_name_it_lists_what_there_is() -> None:
    assert {"ingest", "serve", "cadence", "query", "all"} <= set(bench().split())


def test_ingest_counts_what_was_stored_and_asked() -> None:
    cold, unchanged, bare = json.loads(bench("ingest", "--sources", "3", "--json"))
    assert cold["articles/s"] > 0
    assert cold["bytes of database per article"] > 0
    assert unchanged["sources/s"] > 0 < bare["sources/s"]


def test_serve_asks_for_fifty_items_in_each_format() -> None:
    setting, *figures = json.loads(bench("serve", "--seconds", "0.2", "--rounds", "1", "--connections", "2", "--json"))
    assert len(figures) == 9
    assert all(figure["requests/s"] > 0 for figure in figures)
    assert all(("part of nginx" in figure) == ("beside nginx" in setting["what"]) for figure in figures)


def test_publish_renders_what_an_article_concerns_and_readers_miss_nothing() -> None:
    all_new, *parts, one_new, cold, new, year = json.loads(
        bench("publish", "--channels", "10", "--days", "3", "--json")
    )
    assert all_new["ms of processor, median"] > one_new["ms of processor, median"] > 0
    assert len(parts) == 1 + 3 * 4
    assert cold["channels/s"] > 0 < new["ms to decide, median"]
    assert year["articles published"] == year["articles seen by who never asks conditionally"] > 0


def test_cadence_compares_our_clock_with_its_peers_at_equal_polls() -> None:
    traces, *figures = json.loads(bench("cadence", "--polls", "24", "--part", "1/8", "--json"))
    assert traces["traces"] == 3
    polls = [figure["polls a source and day"] for figure in figures]
    assert polls == pytest.approx([24.0] * 8, rel=0.03)
    ours, fixed = figures[:2]
    assert (ours["articles missed"], fixed["× mean of fixed interval"]) == (0, 1.0)
    assert ours["min mean delay, 95 % from"] <= ours["min mean delay"] <= ours["min mean delay, 95 % to"]


def test_cadence_reads_logs_and_says_what_one_lacks(tmp_path: Path) -> None:
    lines = ["feed\tlink\tpublished"]
    for day in range(63):
        for hour in (7, 8, 18):
            moment = f"{date(2026, 1, 1) + timedelta(days=day)}T{hour:02}:00:00Z"
            lines.append(f"paper\thttps://p.example/news/sport/{day}-{hour}\t{moment}")
    log = tmp_path / "log.tsv"
    log.write_text("\n".join(lines))
    (tmp_path / "polls.tsv").write_text("feed\tpoll_time\npaper\t2026-01-01T00:00:00Z\n")
    traces, *_ = json.loads(bench("cadence", str(tmp_path), "--polls", "24", "--json"))
    assert (traces["traces"], traces["articles"]) == (1, 168)


def test_cadence_reads_a_database_of_our_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    asyncio.run(filled(url))
    traces, *figures = json.loads(bench("cadence", "--database", url, "--polls", "24", "--json"))
    assert (traces["traces"], traces["articles"]) == (1, 168), "of the one source that it saw eight weeks of"
    assert figures[0]["polls a source and day"] == pytest.approx(24, rel=0.05)
    assert figures[0]["× mean of fixed interval"] < 0.5, "it publishes at 7, 8 and 18 o'clock"


def test_cadence_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(SystemExit, match=r"none\.db does not exist yet"):
        read_database(f"sqlite:///{path}")
    assert not path.exists()


async def filled(url: str) -> None:
    """Nine weeks of a source that publishes three times a day, polled each evening, and a week of another."""
    daily, weekly = source("daily"), source("weekly")
    store = Store.open(url)
    await store.migrate()
    await store.apply(newsroom(daily, weekly), now=NOW)
    for day in range(63):
        evening = NOW.replace(hour=20) + timedelta(days=day)
        for one, hours in ((daily, (7, 8, 18)), (weekly, (9,) if day < 7 else ())):
            seen = [sighting(f"{one.id} {day} {hour}", of=one, published=evening.replace(hour=hour)) for hour in hours]
            await publish(store, one, *seen, now=evening)
    await store.close()


def test_query_asks_pages_and_searches_of_an_archive() -> None:
    figures = json.loads(bench("query", "--articles", "800", "--rounds", "1", "--json"))
    assert all(figure["ms median"] > 0 for figure in figures[1:])


def test_hostile_documents_leave_those_that_mean_well_alone() -> None:
    worker, *_, service = json.loads(bench("hostile", "--only", "cut at", "--slowest", "1", "--json"))
    assert worker["that broke their reader"] == worker["stopped by a limit of the worker"] == 0
    assert service["articles of those that mean well, all of them"] == 800


def test_etiquette_runs_the_tests_of_a_rule_and_reads_the_log_of_a_week() -> None:
    rule, log, all_ = json.loads(bench("etiquette", "--rule", "5", "--json"))
    assert (rule["verdict"], rule["checks"], rule["requests"]) == ("kept", 1, 5)
    assert log["unconditional requests (the first may be)"] == 1
    assert log["of them for robots.txt and tdmrep.json"] == 2
    assert log["requests before Retry-After was over"] == 0
    assert (all_["rules kept"], all_["rules"]) == (1, 1)


def test_politeness_asks_every_source_and_no_host_twice_at_once() -> None:
    size = "--sources 40 --hosts 20 --tarpits 2 --seconds 3 --rounds 1 --gap 0.5 --patience 1"
    (seen,) = json.loads(bench("politeness", *size.split(), "--json"))
    assert (seen["hosts asked"], seen["requests"]) == (20, 40)
    assert seen["requests to one host side by side, most"] == 1
    assert seen["s between two requests to one host, smallest"] >= 0.5


def test_stories_are_found_in_a_window_and_in_an_archive() -> None:
    window, started, written = json.loads(
        bench("stories", "--window", "300", "--measured", "100", "--articles", "500", "--json")
    )
    assert window["articles/s on one core"] > 0 < window["joined a story"]
    assert started["articles in the window"] == 500
    assert written["ms median"] > 0


def test_an_archive_is_deepened_by_older_copies_of_its_articles(tmp_path: Path) -> None:
    build(tmp_path, size=400)
    deepen(tmp_path, copies=2, seconds=400)
    with sqlite3.connect(tmp_path / "bench.db") as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT key) FROM article").fetchone() == (1200, 1200)
        places = "SELECT count(*) FROM membership m JOIN article a ON a.key = m.article_key"
        (all_places,), (own,) = (
            connection.execute(places + where).fetchone() for where in ("", " WHERE a.id NOT LIKE '%-%'")
        )
        assert all_places == 3 * own > 0
    connection.close()


def test_push_delivers_every_article_to_every_subscriber() -> None:
    together, apart = json.loads(bench("push", "--subscribers", "8", "--articles", "2", "--json"))
    assert together["deliveries"] == apart["deliveries"] == 16
    assert 0 < together["ms from arrival to delivery, p50"] <= together["ms from arrival to delivery, worst"]
