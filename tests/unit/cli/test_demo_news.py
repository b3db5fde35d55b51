"""The made-up newsroom of the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.cli.demo_news import BACKLOG, LIVE_STEP, SHOWN, papers, story, told
from aggregator.cli.demo_origin import demo_configuration
from aggregator.cli.demo_picture import picture
from aggregator.config import load

STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_an_outlet_shows_its_backlog_newest_first() -> None:
    for paper in papers():
        shown = told(paper, started=STARTED, now=STARTED)
        assert len(shown) == BACKLOG
        assert [one.published for one in shown] == sorted((one.published for one in shown), reverse=True)
        assert shown[0].published < STARTED


def test_one_outlet_publishes_every_few_seconds() -> None:
    later = STARTED + len(papers()) * LIVE_STEP
    for paper in papers():
        before, after = (told(paper, started=STARTED, now=now) for now in (STARTED, later))
        assert after[1:] == before[: len(after) - 1]


def test_a_feed_does_not_grow_without_end() -> None:
    paper = papers()[0]
    assert len(told(paper, started=STARTED, now=STARTED + timedelta(days=1))) == SHOWN


def test_two_hundred_stories_of_an_outlet_all_differ() -> None:
    for paper in papers():
        stories = [story(paper, number, started=STARTED) for number in range(200)]
        assert len({(one.title, one.text) for one in stories}) == 200
        assert not any("{" in one.title + one.summary + one.text + one.caption for one in stories)


def test_a_seed_always_gives_the_same_picture() -> None:
    assert picture("7") == picture("7") != picture("8")


def test_the_configuration_of_the_demo_is_valid(tmp_path: Path) -> None:
    demo_configuration(tmp_path, origin_port=8123, site_url="http://localhost:8000")
    loaded = load(tmp_path, environment={}, strict_secrets=True)
    assert loaded.warnings == ()
    assert {source.outlet.id for source in loaded.newsroom.sources} == {paper.id for paper in papers()}
    assert loaded.newsroom.site.contact
