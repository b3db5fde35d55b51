"""Schedules: who may poll what and when, and what is remembered between polls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from aggregator.model import (
    Binding,
    ChannelKind,
    Forecast,
    Health,
    Hints,
    Move,
    Poll,
    PollOutcome,
    Rhythm,
    Schedule,
    Validators,
    Vitals,
)
from aggregator.store import Store, Written
from tests.making import NOW, batch, keys, new, newsroom, outlet, publish, sighting, source, unchanged

HERALD, TIMES = source("herald"), source("times")
LEASE = timedelta(minutes=10)


def failed(schedule: Schedule, error: str = "no answer") -> Poll:
    return Poll(source_id=schedule.source_id, started=NOW, finished=NOW, outcome=PollOutcome.FAILED, error=error)


async def test_a_new_source_is_due_at_once(store: Store) -> None:
    await store.apply(newsroom(HERALD, source("times", enabled=False)), now=NOW)
    assert await store.due(NOW) == ("herald",)
    assert (await store.schedules())["herald"] == Schedule(source_id="herald", next_poll=NOW)
    assert await store.due(NOW - timedelta(seconds=1)) == ()


async def test_what_a_clock_that_ran_ahead_planned_keeps_nobody_waiting(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    years = NOW + timedelta(days=900)
    await store.claim("herald", owner="a", now=years, lease=LEASE, not_before=years + timedelta(minutes=5))
    planned = Schedule(
        source_id="herald", next_poll=years + timedelta(hours=1), last_poll=years, not_before=years, owner="a"
    )
    await store.record(planned, failed(planned))
    assert await store.due(NOW) == ("herald",)
    assert await store.claim("herald", owner="b", now=NOW, lease=LEASE, not_before=NOW + timedelta(minutes=5))
    assert await store.claim("herald", owner="c", now=NOW, lease=LEASE, not_before=NOW) is None
    waiting = Schedule(
        source_id="herald", next_poll=NOW + timedelta(days=20), last_poll=NOW, not_before=years, owner="b"
    )
    await store.record(waiting, failed(waiting))
    assert await store.due(NOW) == (), "a server may ask for days"


async def test_what_left_the_configuration_is_no_longer_due(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    applied = await store.apply(newsroom(TIMES), now=NOW)
    assert applied.lost_sources == ("herald",)
    assert await store.due(NOW) == ("times",)
    assert [one.id for one in await store.source_statuses()] == ["times"]


async def test_one_of_many_gets_a_source(store: Store, database_url: str) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    other = Store.open(database_url)
    claims = await asyncio.gather(
        *(
            one.claim("herald", owner=str(n), now=NOW, lease=LEASE, not_before=NOW + timedelta(minutes=5))
            for n, one in enumerate([store, other] * 4)
        )
    )
    assert len([claim for claim in claims if claim is not None]) == 1
    assert await store.due(NOW) == ()
    await other.close()


async def test_a_crashed_poller_hammers_nobody(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    pause = NOW + timedelta(minutes=15)
    assert await store.claim("herald", owner="a", now=NOW, lease=LEASE, not_before=pause)
    lease_over = NOW + LEASE
    assert await store.due(lease_over) == ()
    assert await store.claim("herald", owner="b", now=lease_over, lease=LEASE, not_before=pause) is None
    assert len(await store.due(pause)) == 1
    assert await store.claim("herald", owner="b", now=pause, lease=LEASE, not_before=pause)


async def test_a_poll_that_runs_keeps_its_source_and_one_that_lost_it_does_not_take_it_back(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    minute = timedelta(minutes=1)
    assert await store.claim("herald", owner="a", now=NOW, lease=minute, not_before=NOW)
    await store.renew("herald", owner="a", now=NOW + minute, lease=minute)
    assert await store.claim("herald", owner="b", now=NOW + 1.5 * minute, lease=minute, not_before=NOW) is None
    assert await store.claim("herald", owner="b", now=NOW + 2 * minute, lease=minute, not_before=NOW)
    await store.renew("herald", owner="a", now=NOW + 8 * minute, lease=minute)
    assert await store.due(NOW + 3 * minute) == ("herald",)


async def test_a_source_says_when_it_is_asked_again_after_a_poll_that_did_not_end(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    floor = NOW + timedelta(minutes=5)
    schedule = await store.claim("herald", owner="a", now=NOW, lease=LEASE, not_before=floor)
    (status,) = await store.source_statuses()
    assert (status.next_poll, status.why) == (floor, "it was asked just now, and nothing has come of it yet")
    assert schedule is not None
    ended = replace(schedule, next_poll=NOW + timedelta(hours=1), why="as usual")
    await store.record(ended, failed(ended))
    (status,) = await store.source_statuses()
    assert (status.next_poll, status.why) == (NOW + timedelta(hours=1), "as usual")


async def test_what_a_poll_brings_after_another_took_its_source_is_logged_and_nothing_else(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    late = await store.claim("herald", owner="a", now=NOW, lease=LEASE, not_before=NOW)
    assert late is not None
    mine = await store.claim("herald", owner="b", now=NOW + LEASE, lease=LEASE, not_before=NOW)
    assert mine is not None
    brought = batch(HERALD, new(sighting("One thing")), title="The Herald")
    assert await store.write(replace(brought, schedule=late), now=NOW) == Written()
    assert (await store.schedules())["herald"].owner == "b"
    assert (await store.write(replace(brought, schedule=mine), now=NOW)).new
    await store.record(late, failed(late))
    assert [poll.outcome for poll in await store.polls()] == ["failed", "fresh", "fresh"]
    assert (await store.schedules())["herald"].owner is None


async def test_who_knows_another_address_of_a_source_does_not_get_it(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    moved = source("herald", url="https://herald.example/new", public_url="https://herald.example/new")
    await store.apply(newsroom(moved), now=NOW)
    claim = partial(store.claim, "herald", owner="a", now=NOW, lease=LEASE, not_before=NOW)
    assert await claim(url=HERALD.url) is None
    assert await claim(url=moved.url)


async def test_everything_a_poll_remembers_comes_back(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    after = Schedule(
        source_id="herald",
        next_poll=NOW + timedelta(hours=1),
        why="backing off",
        not_before=NOW,
        retry_after=NOW + timedelta(minutes=2),
        validators=Validators(etag='W/"x"', last_modified="Sun", final_url="https://x.example", headers_hash="h"),
        body_hash="b",
        last_poll=NOW,
        last_success=NOW - timedelta(days=1),
        failures=3,
        error="no answer",
        health=Health.FAILING,
        since=NOW,
        evidence="no answer",
        vitals=Vitals(
            seconds=1.5,
            last_news=NOW - timedelta(days=2),
            longest_silence=timedelta(hours=3),
            watched_since=NOW - timedelta(days=9),
            failing_since=NOW - timedelta(days=1),
        ),
        first_document=False,
        interval_seconds=90.5,
        articles_per_day=2.25,
        rhythm=Rhythm(
            at=NOW,
            folded=NOW.date(),
            polls=7,
            articles=63.25,
            days=28.5,
            recent=2.5,
            expected=1.75,
            habit=((84, 2.5), (500, 0.125)),
            fresh=(84, 85),
            window=40,
            latest=NOW - timedelta(microseconds=1),
            stated=Hints(
                ttl=timedelta(minutes=30),
                skip_hours=frozenset({0, 1}),
                skip_days=frozenset({6}),
                update_interval=timedelta(hours=1),
            ),
            asked=timedelta(minutes=30),
        ),
        forecast=Forecast(lambda_per_day=2.25, factor_now=1.5, theta=2.8, tau=5400.0, binding=Binding.BACK_OFF),
        move=Move(to="https://x.example/2", since=NOW, seen=2),
        moved_to="https://x.example/1",
        overlaps=False,
        unheeded=2,
        owner="a",
    )
    await store.claim("herald", owner="a", now=NOW, lease=LEASE, not_before=NOW)
    await store.record(after, failed(after))
    assert await store.schedules() == {"herald": after}
    assert await store.polls(["herald"]) == (failed(after),)
    assert len(await store.due(after.next_poll)) == 1, "the lease is given back"
    (status,) = await store.source_statuses()
    assert (status.health, status.error, status.why, status.failures) == (
        Health.FAILING,
        "no answer",
        "backing off",
        3,
    )


async def test_the_schedule_is_stored_with_the_articles_or_not_at_all(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    written = batch(HERALD, new(sighting("One thing")), title="The Herald", site_url="https://herald.example/")
    validated = replace(written.schedule, validators=Validators(etag='"1"'))
    await store.write(replace(written, schedule=validated), now=NOW)
    assert await store.schedules() == {"herald": validated}
    (status,) = await store.source_statuses()
    assert (status.title, status.articles) == ("The Herald", 1)
    (poll,) = await store.polls()
    assert (poll.entries, poll.new, poll.revised) == (1, 1, 0)


async def test_a_source_that_is_gone_is_not_due_until_its_address_changes(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    gone = Schedule(source_id="herald", next_poll=NOW, health=Health.GONE, validators=Validators(etag='"1"'))
    await store.record(gone, replace(failed(gone), outcome=PollOutcome.GONE))
    assert await store.due(NOW) == ()
    moved = source("herald", url="https://herald.example/new", public_url="https://herald.example/new")
    await store.apply(newsroom(moved), now=NOW)
    assert await store.due(NOW) == ("herald",)
    schedule = (await store.schedules())["herald"]
    assert (schedule.health, schedule.validators, schedule.why) == (Health.NEW, Validators(), "its address changed")


async def test_a_source_is_recognised_by_any_address_it_ever_had(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("One thing", by=["Ana López"])
    (article,) = (await publish(store, HERALD, seen)).new
    renamed = source("herald-main", of=HERALD.outlet, url=HERALD.url, public_url=HERALD.url)
    applied = await store.apply(newsroom(renamed), now=NOW)
    assert applied.renamed == (("herald", "herald-main"),)
    assert (applied.new_sources, applied.lost_sources) == ((), ())
    assert await store.redirect("source", "herald") == "herald-main"
    held = await store.article(article.id)
    assert held is not None
    assert (held.sources, held.source_id) == (("herald-main",), "herald-main")
    moved = replace(seen, source_id="herald-main")
    known = await store.known("herald", set(new(moved).keys))
    assert {one.article_id for one in known.values()} == {article.id}
    again = await store.write(batch(renamed, unchanged(moved, article)), now=NOW)
    assert again.new == ()
    assert set(await store.schedules()) == {"herald-main"}


async def test_an_outlet_under_another_id_keeps_its_articles_and_its_people(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("One thing", by=["Ana López"])
    (article,) = (await publish(store, HERALD, seen)).new
    moved = replace(HERALD, outlet=outlet("el-herald"))
    await store.apply(newsroom(moved), now=NOW)
    again = replace(seen, outlet_id="el-herald")
    known = await store.known("el-herald", keys(again))
    assert {one.article_id for one in known.values()} == {article.id}
    fresh = replace(sighting("Another thing", by=["Ana López"]), outlet_id="el-herald")
    (second,) = (await publish(store, moved, again, fresh)).new
    assert second.credits[0].slug == "ana-lopez"
    carried = await store.articles(ChannelKind.OUTLET, "el-herald", limit=9)
    assert {one.id for one in carried} == {article.id, second.id}
    assert {one.outlet.id for one in carried} == {"el-herald"}
    assert await store.redirect("outlet", "herald") == "el-herald"
    assert [(one.slug, one.count) for one in await store.listing(ChannelKind.OUTLET)] == [("el-herald", 2)]


async def test_an_address_with_a_secret_is_recognised_and_not_kept(store: Store, database_url: str) -> None:
    secret = source("herald", url="https://herald.example/rss?key=hush", public_url="https://herald.example")
    await store.apply(newsroom(secret), now=NOW)
    renamed = replace(secret, id="herald-main")
    assert (await store.apply(newsroom(renamed), now=NOW)).renamed == (("herald", "herald-main"),)
    if database_url.startswith("sqlite"):
        await store.close()
        assert b"hush" not in Path(database_url.removeprefix("sqlite:///")).read_bytes()
