"""Rules 12–19: what servers and documents say of freshness is a lower bound for the next poll."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Every, PollOutcome
from tests.integration.etiquette.rig import (
    DAY,
    FEED,
    HOUR,
    MINUTE,
    NOW,
    feed,
    fetched,
    rig_of,
    source,
)
from tests.origin import Origin, Reply, Request

DATE = ("Date", "Mon, 01 Jun 2026 12:00:00 GMT")
OFTEN = Every(min=15 * MINUTE, max=15 * MINUTE)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("Cache-Control", "public, max-age=600")], 600),
        ([("Cache-Control", "MAX-AGE=600")], 600),
        ([("Cache-Control", 'max-age="600"')], 600),
        ([("Cache-Control", "max-age = 600 , private")], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "100")], 500),
        ([("Cache-Control", "max-age=600"), ("Age", "900")], None),
        ([("Cache-Control", "max-age=600"), ("Age", "soon")], 600),
        ([("Cache-Control", "s-maxage=9000")], None),
        ([("Cache-Control", "s-maxage=9000, max-age=60")], 60),
        ([("Cache-Control", "max-age=600"), ("Cache-Control", "max-age=300")], 300),
        ([("Cache-Control", "max-age=0")], None),
        ([("Cache-Control", "max-age=-1")], None),
        ([("Cache-Control", "max-age=soon")], None),
        ([("Cache-Control", "no-cache, max-age=600")], None),
        ([("Cache-Control", "max-age=600"), ("Cache-Control", "no-store")], None),
        ([("Cache-Control", "max-age=99999999999999999999")], 2**31),
        ([("Cache-Control", f"max-age={'9' * 5_000}")], 2**31),
        ([DATE, ("Expires", "Mon, 01 Jun 2026 12:10:00 GMT")], 600),
        ([("Date", "Mon, 01 Jun 2020 12:00:00 GMT"), ("Expires", "Mon, 01 Jun 2020 12:10:00 GMT")], 600),
        ([DATE, ("Expires", "0")], None),
        ([DATE, ("Expires", "-1")], None),
        ([DATE, ("Expires", "Mon, 01 Jun 2026 11:00:00 GMT")], None),
        ([DATE, ("Cache-Control", "max-age=60"), ("Expires", "Tue, 02 Jun 2026 12:00:00 GMT")], 60),
        ([("Pragma", "no-cache")], None),
        ([], None),
    ],
)
async def test_rule_12_freshness_is_max_age_less_age_or_expires_less_date(
    origin: Origin, headers: list[tuple[str, str]], seconds: int | None
) -> None:
    answer = await fetched(source(origin.serve("/feed", Reply(body=FEED, headers=tuple(headers)))))
    assert answer.hints.fresh_for == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize("status", [200, 304])
async def test_rule_13_a_304_says_how_long_it_is_fresh_as_a_200_does(
    origin: Origin, database: Path, status: int
) -> None:
    fresh = Reply(status=status, body=FEED if status == 200 else b"", headers=(("Cache-Control", "max-age=7200"),))
    replies = (Reply(body=FEED, headers=(("ETag", '"1"'),)), fresh)
    async with rig_of(origin, database, source(origin.serve("/feed", *replies), every=OFTEN)) as rig:
        await rig.next()
        assert (await rig.next()).status == status
        assert (await rig.schedule()).next_poll >= rig.now + 2 * HOUR
        assert await rig.pass_time(2 * HOUR - MINUTE) == []


async def test_rule_14_a_hint_never_brings_us_sooner(origin: Origin, database: Path) -> None:
    said = "<ttl>1</ttl>" + "".join(
        f"<sy:{name} xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>{value}</sy:{name}>"
        for name, value in (("updatePeriod", "hourly"), ("updateFrequency", "60"))
    )
    answer = Reply(body=feed("One thing", channel=said), headers=(("Cache-Control", "max-age=1"),))
    six = Every(min=6 * HOUR, max=6 * HOUR)
    async with rig_of(origin, database, source(origin.serve("/feed", answer), every=six)) as rig:
        await rig.next()
        assert (await rig.schedule()).next_poll == rig.now + 6 * HOUR


@pytest.mark.parametrize(
    ("reply", "longest"),
    [
        (Reply(body=FEED, headers=(("Cache-Control", "max-age=31536000"),)), DAY),
        (Reply(status=429, headers=(("Retry-After", "999999999"),)), 31 * DAY),
        (Reply(status=503, headers=(DATE, ("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT"))), 31 * DAY),
    ],
    ids=["freshness", "seconds", "date"],
)
async def test_rule_14_hints_are_capped(origin: Origin, database: Path, reply: Reply, longest: timedelta) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", reply))) as rig:
        await rig.next()
        wait = (await rig.schedule()).next_poll - rig.now
    assert longest <= wait <= longest + 10 * MINUTE


@pytest.mark.parametrize(("ttl", "expected"), [("45", 45), ("1440", 60), ("junk", 15), ("-9", 15), ("0", 15)])
async def test_rule_15_ttl_is_a_soft_bound_of_an_hour_at_most(
    origin: Origin, database: Path, ttl: str, expected: int
) -> None:
    body = feed("One thing", channel=f"<ttl>{ttl}</ttl>")
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=body)), every=OFTEN)) as rig:
        await rig.next()
        assert (await rig.schedule()).next_poll == rig.now + expected * MINUTE


def skipping(hours: str = "", days: str = "") -> bytes:
    hour = "".join(f"<hour>{one}</hour>" for one in hours.split())
    day = "".join(f"<day>{one}</day>" for one in days.split())
    return feed("One thing", channel=f"<skipHours>{hour}</skipHours><skipDays>{day}</skipDays>")


MONDAY_LATE = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "earliest"),
    [
        (skipping("0 1 2 3 4 5"), datetime(2026, 6, 2, 6, tzinfo=UTC)),
        (skipping("24 23 1"), datetime(2026, 6, 2, 2, tzinfo=UTC)),
        (skipping(days="Tuesday Wednesday"), datetime(2026, 6, 4, tzinfo=UTC)),
        (skipping(" ".join(map(str, range(24)))), MONDAY_LATE),
        (skipping(days="Monday Tuesday Wednesday Thursday Friday Saturday Sunday"), MONDAY_LATE),
    ],
    ids=["hours", "24 is 0", "days", "all hours", "all days"],
)
async def test_rule_16_hours_and_days_to_skip_are_skipped(
    origin: Origin, database: Path, body: bytes, earliest: datetime
) -> None:
    every = Every(min=45 * MINUTE, max=45 * MINUTE)
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=body)), every=every)) as rig:
        rig.now = MONDAY_LATE
        await rig.poll()
        expected = max(earliest, MONDAY_LATE + 45 * MINUTE)
        assert expected <= (await rig.schedule()).next_poll <= expected + 10 * MINUTE


async def test_rule_16_what_a_document_said_holds_while_304s_follow(origin: Origin, database: Path) -> None:
    body = skipping("13 14 15 16 17 18")
    replies = (Reply(body=body, headers=(("ETag", '"1"'),)), Reply(status=304))
    async with rig_of(origin, database, source(origin.serve("/feed", *replies), every=OFTEN)) as rig:
        await rig.pass_time(DAY)
    hours = {datetime.fromtimestamp(request.at, UTC).hour for request in origin.requests}
    assert len(origin.requests) > 50
    assert hours == set(range(24)) - {13, 14, 15, 16, 17, 18}


@pytest.mark.parametrize(
    ("said", "expected"),
    [(("hourly", "2"), 30), (("hourly", "1"), 60), (("daily", "1"), 60), (("weekly", "x"), 15), (("never", "1"), 15)],
    ids=lambda said: " ".join(said) if isinstance(said, tuple) else None,
)
async def test_rule_17_the_syndication_module_is_a_soft_bound_of_an_hour_at_most(
    origin: Origin, database: Path, said: tuple[str, str], expected: int
) -> None:
    namespace = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    channel = (
        f"<sy:updatePeriod {namespace}>{said[0]}</sy:updatePeriod>"
        f"<sy:updateFrequency {namespace}>{said[1]}</sy:updateFrequency>"
        f"<sy:updateBase {namespace}>2000-01-01T12:00+00:00</sy:updateBase>"
    )
    answer = Reply(body=feed("One thing", channel=channel))
    async with rig_of(origin, database, source(origin.serve("/feed", answer), every=OFTEN)) as rig:
        await rig.next()
        assert (await rig.schedule()).next_poll == rig.now + expected * MINUTE


@pytest.mark.parametrize(("name", "value", "expected"), [("updateFrequency", "48", 30), ("updatePeriod", "hourly", 60)])
async def test_rule_17_what_the_syndication_module_leaves_out_is_daily_and_once(
    origin: Origin, database: Path, name: str, value: str, expected: int
) -> None:
    said = f"<sy:{name} xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>{value}</sy:{name}>"
    answer = Reply(body=feed("One thing", channel=said))
    async with rig_of(origin, database, source(origin.serve("/feed", answer), every=OFTEN)) as rig:
        await rig.next()
        assert (await rig.schedule()).next_poll == rig.now + expected * MINUTE


UPDATES = "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>hourly</sy:updatePeriod>"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(body=FEED), "as configured"),
        (Reply(body=FEED, headers=(("Cache-Control", "max-age=18000"),)), "fresh"),
        (Reply(status=429, headers=(("Retry-After", "90000"),)), "asked"),
        (Reply(body=feed("One", channel="<ttl>50</ttl>")), "ttl"),
        (Reply(body=feed("One", channel=UPDATES)), "it changes every"),
        (Reply(body=skipping("12 13 14 15 16")), "skip"),
        (Reply(status=404), "fail"),
    ],
    ids=["policy", "fresh", "retry after", "ttl", "updates", "skip", "back-off"],
)
async def test_rule_18_the_bound_that_won_is_named(origin: Origin, database: Path, reply: Reply, words: str) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", reply), every=OFTEN)) as rig:
        await rig.next()
        assert words in (await rig.schedule()).why


async def test_rule_18_the_floor_of_a_source_is_named(origin: Origin, database: Path) -> None:
    busy = iter(range(10_000))

    def ever_new(_: Request) -> Reply:
        return Reply(body=feed(*(f"Story number {next(busy)}" for _ in range(30))))

    async with rig_of(origin, database, source(origin.serve("/feed", ever_new), every=Every(min=HOUR, max=DAY))) as rig:
        for _ in range(6):
            await rig.next()
        schedule = await rig.schedule()
        assert schedule.why.endswith("at most every 60 min")
        assert schedule.next_poll == rig.now + HOUR


async def test_rule_18_a_host_that_may_not_be_asked_yet_is_named(origin: Origin, database: Path) -> None:
    sources = [source(origin.serve(f"/{n}", Reply(status=429)), f"s{n}", every=OFTEN) for n in range(3)]
    async with rig_of(origin, database, *sources) as rig:
        for id in ("s0", "s1"):
            await rig.poll(id)
        assert (await rig.schedule("s2")).why == "127.0.0.1 asked us to wait until 2026-06-01 13:00 UTC"


async def test_rule_19_chance_is_added_never_taken_away(origin: Origin, database: Path) -> None:
    url = origin.serve("/feed", Reply(body=FEED))
    waits = []
    for hours, jitter in ((1, 0.0), (1, 0.5), (1, 1.0), (6, 1.0)):
        async with rig_of(origin, database, source(url, every=Every(min=hours * HOUR, max=hours * HOUR))) as rig:
            rig.jitter = jitter
            await rig.next()
            waits.append((await rig.schedule()).next_poll - rig.now)
            rig.now += DAY
    assert waits == [HOUR, HOUR + 3 * MINUTE, HOUR + 6 * MINUTE, 6 * HOUR + 10 * MINUTE]


async def test_rule_19_a_source_that_was_never_polled_is_due_at_once(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as rig:
        assert await rig.store.due(NOW) == ("andes-post",)
        assert (await rig.poll()).outcome is PollOutcome.FRESH


async def test_rule_19_a_restart_after_a_long_stop_spreads_its_polls_over_an_hour(
    origin: Origin, database: Path
) -> None:
    feeds = [source(origin.url(f"/{number}"), f"s{number}", every=Every(min=HOUR, max=HOUR)) for number in range(500)]
    async with rig_of(origin, database, *feeds) as rig:
        with sqlite3.connect(database) as connection:
            asked = int(NOW.timestamp() * 1e6)
            connection.execute("UPDATE schedule SET last_poll = ?, next_poll = ?", (asked, asked + 3_600_000_000))
        back = NOW + 8 * HOUR
        await rig.store.spread(back)
        waits = [(one.next_poll - back).total_seconds() for one in (await rig.store.schedules()).values()]
        assert 0 <= min(waits) < max(waits) <= 3600
        mean = 500 / 60
        assert max(Counter(int(wait) // 60 for wait in waits).values()) <= 3 * mean
        assert max(Counter(int(wait) // 10 for wait in waits).values()) <= mean, "nor are they bunched within a minute"


async def test_rule_19_restarts_poll_nothing_twice_within_its_floor(origin: Origin, database: Path) -> None:
    feeds = [
        source(origin.serve(f"/{n}", Reply(body=FEED)), f"s{n}", every=Every(min=HOUR, max=HOUR)) for n in range(40)
    ]
    async with rig_of(origin, database, *feeds) as rig:
        await rig.pass_time(MINUTE)
        rig.now += 8 * HOUR
        for _ in range(12):
            await rig.store.spread(rig.now)
            await rig.pass_time(10 * MINUTE)
    assert len(origin.requests) > 80
    assert min(b.at - a.at for a, b in _again(origin)) >= 3600


def _again(origin: Origin) -> list[tuple[Request, Request]]:
    last, pairs = dict[str, Request](), []
    for request in origin.requests:
        if request.path in last:
            pairs.append((last[request.path], request))
        last[request.path] = request
    return pairs
