"""The status for operators: a table, a feed of problems, metrics; nothing of it for readers."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import feedparser
from lxml import etree

from aggregator.model import Health, Poll, PollOutcome, Schedule
from aggregator.store import Store
from tests.making import NOW, newsroom, source
from tests.newsstand import browser, desk_of

HERALD, SECRET = source("herald", title="The Herald"), source("secret", private=True)
NEWS = newsroom(HERALD, SECRET)
HOUR = timedelta(hours=1)
NEAR = {"client": "127.0.0.1"}


async def note(store: Store, at: datetime, health: Health, evidence: str = "", *, of: str = "herald") -> None:
    schedule = Schedule(source_id=of, next_poll=at + HOUR, health=health, since=at, evidence=evidence, failures=3)
    await store.record(schedule, Poll(source_id=of, started=at, finished=at, outcome=PollOutcome.FAILED))


def entries(body: bytes) -> list[tuple[str, str, str]]:
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/atom+xml"})
    assert not parsed.bozo
    return [(entry.id, entry.title, entry.updated) for entry in parsed.entries]


async def test_the_feed_has_one_entry_a_problem_that_changes_only_when_it_does(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW, Health.FAILING, "HTTP 404 Not Found")
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        first = await client.get("/status.atom")
        assert first.headers["content-type"] == "application/atom+xml; charset=utf-8"
        ((id, title, updated),) = entries(first.content)
        assert (title, updated) == ("The Herald: failing", "2026-03-01T12:00:00Z")
        await note(bare, NOW + HOUR, Health.FAILING, "HTTP 404 Not Found")
        again = await client.get("/status.atom", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        await note(bare, NOW + 2 * HOUR, Health.WELL)
        over = await client.get("/status.atom")
        assert entries(over.content) == [(id, "The Herald: failing (over)", "2026-03-01T14:00:00Z")]


async def test_the_feed_says_what_it_means_why_and_what_to_do(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW, Health.BLOCKED, "HTTP 403 Forbidden \x07<b>")
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        tree = etree.fromstring((await client.get("/status.atom")).content)
    text = tree.findtext(".//{*}entry/{*}content")
    assert (text or "").startswith(
        "The Herald does not let us in since 2026-03-01 12:00 UTC: HTTP 403 Forbidden <b>. Ask "
    )


async def test_what_nobody_uses_is_said_in_words(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        assert "Our hub: nobody is subscribed." in (await client.get("/status")).text


async def test_an_empty_feed_is_a_feed(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        answer = await client.get("/status.atom")
    assert (answer.status_code, entries(answer.content)) == (200, [])


async def test_only_operators_see_it_and_the_public_never_private_sources(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW, Health.FAILING, "HTTP 404", of="secret")
    async with browser(desk_of(bare, NEWS)) as client:
        assert (await client.get("/status.atom")).status_code == 403
    async with browser(desk_of(bare, NEWS, public_status=True)) as client:
        assert entries((await client.get("/status.atom")).content) == []
        assert b"secret" not in (await client.get("/status")).content
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        assert len(entries((await client.get("/status.atom")).content)) == 1


async def test_the_table_has_the_evidence_and_what_to_do(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW, Health.STALE, "nothing new since 2026-02-01 10:00 UTC")
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        page = (await client.get("/status")).text
    assert "nothing new since 2026-02-01 10:00 UTC" in page
    assert "Look at the site" in page
    assert "<code>aggregator discover</code>" in page


async def test_what_is_gone_is_not_planned_and_keeps_nobody_waiting(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW - 50 * HOUR, Health.GONE, "HTTP 410 Gone")
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        page, metrics = (await client.get("/status")).text, (await client.get("/metrics")).text
    assert "not planned" in page
    assert "its publisher said that it is gone" in page
    assert "aggregator_poll_lag_seconds 0.0" in metrics


async def test_metrics_count_every_word_and_tell_of_an_outage(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    await note(bare, NOW, Health.STALE)
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        metrics = (await client.get("/metrics")).text
    assert 'aggregator_sources{health="stale"} 1.0' in metrics
    assert 'aggregator_sources{health="held"} 0.0' in metrics
    assert "aggregator_outage 0.0" in metrics
