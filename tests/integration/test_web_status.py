"""The status for operators: a table, a feed of problems, metrics; nothing of it for readers."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

import feedparser
from lxml import etree

from aggregator.cadence.rhythm import bin_of
from aggregator.model import Health, Poll, PollOutcome, Rhythm, Schedule
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
        assert (title, updated) == ("The Herald: failing", "2026-03-01T12:00:00+00:00")
        await note(bare, NOW + HOUR, Health.FAILING, "HTTP 404 Not Found")
        again = await client.get("/status.atom", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        await note(bare, NOW + 2 * HOUR, Health.WELL)
        over = await client.get("/status.atom")
        assert entries(over.content) == [(id, "The Herald: failing (over)", "2026-03-01T14:00:00+00:00")]


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


async def test_metrics_count_the_polls_of_a_day_by_what_came_of_them(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    for hours, outcome in ((25, PollOutcome.SAME_BODY), (3, PollOutcome.SAME_BODY), (2, PollOutcome.SAME_BODY)):
        await polled(bare, NOW - hours * HOUR, outcome)
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        metrics = (await client.get("/metrics")).text
    assert 'aggregator_polls{outcome="same_body"} 2.0' in metrics
    assert 'aggregator_polls{outcome="not_modified"} 0.0' in metrics


async def polled(
    store: Store, at: datetime, outcome: PollOutcome, new: int = 0, *, rhythm: Rhythm | None = None
) -> None:
    schedule = Schedule(source_id="herald", next_poll=at + HOUR, rhythm=rhythm)
    await store.record(schedule, Poll(source_id="herald", started=at, finished=at, outcome=outcome, new=new))


async def test_what_was_done_is_counted_by_the_hour_and_what_was_pushed_is_no_poll(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    for at, outcome, new in (
        (NOW - 24 * HOUR, PollOutcome.FRESH, 90),  # before the day that is asked for
        (NOW - 2 * HOUR, PollOutcome.FRESH, 3),
        (NOW - HOUR - timedelta(minutes=1), PollOutcome.FAILED, 0),
        (NOW - HOUR, PollOutcome.PUSHED, 4),
        (NOW, PollOutcome.GONE, 0),
    ):
        await polled(bare, at, outcome, new)
    hours = await bare.last_hours(NOW)
    assert [hour.began for hour in hours] == [NOW - HOUR * ago for ago in range(23, -1, -1)]
    assert [(hour.polls, hour.failed, hour.new) for hour in hours[-3:]] == [(2, 1, 3), (0, 0, 4), (1, 1, 0)]
    assert not any(hour.polls for hour in hours[:-3])


async def test_the_page_draws_the_last_day_and_when_a_source_publishes(bare: Store) -> None:
    await bare.apply(NEWS, now=NOW)
    async with browser(desk_of(bare, NEWS), **NEAR) as client:
        assert "<svg" not in (await client.get("/status")).text
        habit = Rhythm(at=NOW, folded=NOW.date(), habit=((bin_of(NOW), 12.0),))
        await polled(bare, NOW - HOUR, PollOutcome.FRESH, 1, rhythm=habit)
        await polled(bare, NOW, PollOutcome.FAILED, rhythm=habit)
        text = (await client.get("/status")).text
    assert "1 new article in 24 hours" in text
    assert "2 polls, 1 <span" in text
    assert "Articles by hour of the day, most from 12:00 to 13:00 UTC" in text
    for drawn in re.findall("<svg.*?</svg>", text):
        assert etree.fromstring(drawn).get("aria-label")
