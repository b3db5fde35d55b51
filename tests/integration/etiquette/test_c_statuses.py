"""Rules 20–29: what each status means for the next polls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.fetch.redirects import Trail
from aggregator.ingest.holding import drop, release
from aggregator.model import Every, Health, PollOutcome, Source
from aggregator.query import parse
from aggregator.store import HeldRecord
from tests.integration.etiquette.rig import (
    DAY,
    FEED,
    HOUR,
    MINUTE,
    NOW,
    OUTLET,
    Rig,
    document,
    error,
    feed,
    fetched,
    held,
    redirect,
    rig_of,
    source,
)
from tests.origin import Origin, Reply, Request, conditional

HOURLY = Every(min=HOUR, max=HOUR)
QUARTER = Every(min=15 * MINUTE, max=15 * MINUTE)


async def test_a_203_is_a_200_that_was_changed_on_the_way(origin: Origin, database: Path) -> None:
    replies = (Reply(status=203, body=FEED, headers=(("ETag", '"1"'),)), Reply(status=304))
    async with rig_of(origin, database, source(origin.serve("/feed", *replies))) as rig:
        assert (await rig.next()).outcome is PollOutcome.FRESH
        assert (await rig.next()).outcome is PollOutcome.NOT_MODIFIED
    assert origin.requests[1].header("If-None-Match") == '"1"'


def moved(origin: Origin, status: int = 301, *, to: str = "/new", host: str = "127.0.0.1") -> str:
    """An address that redirects to a feed."""
    target = origin.serve(to, conditional(FEED, etag='"1"'), host=host)
    return origin.serve("/old", redirect(target, status))


def asked(origin: Origin, path: str) -> int:
    return len(origin.asked(path))


@pytest.mark.parametrize("status", [301, 308])
async def test_rule_20_a_permanent_redirect_is_adopted_after_three_sightings_in_a_day(
    origin: Origin, database: Path, status: int
) -> None:
    async with rig_of(origin, database, source(moved(origin, status), every=HOURLY)) as rig:
        await rig.pass_time(23 * HOUR)
        assert (await rig.schedule()).moved_to is None
        assert asked(origin, "/old") >= 23
        await rig.pass_time(3 * HOUR)
        assert (await rig.schedule()).moved_to == origin.url("/new")
        before = asked(origin, "/old")
        await rig.pass_time(5 * HOUR)
        assert asked(origin, "/old") == before
        assert all(request.conditional for request in origin.asked("/new")[2:])
        with sqlite3.connect(database) as connection:
            addresses = {url for (url,) in connection.execute("SELECT url FROM source_url")}
        assert addresses == {origin.url("/old"), origin.url("/new")}, "the old one is kept as an alias"


async def test_rule_20_an_operator_sees_where_a_source_moved_since_when_and_what_to_do(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source(moved(origin), every=HOURLY)) as rig:
        await rig.pass_time(2 * DAY)
        (status,) = await rig.store.source_statuses()
        since = status.since
        assert (status.health, status.moved_to) == ("moved", origin.url("/new"))
        assert status.evidence == f"it is asked at {origin.url('/new')}, where it used to redirect"
        assert since is not None
        assert since < NOW + 2 * HOUR, "since its first redirect"
        (told,) = [one for one in await rig.store.problems() if one.ended is None]
        assert (told.health, told.began) == ("moved", since)
        await rig.configure(source(origin.url("/new"), every=HOURLY))
        await rig.next()
        (status,) = await rig.store.source_statuses()
        assert (status.health, status.moved_to) == ("well", None)


async def test_rule_20_three_sightings_are_needed_however_long_it_takes(origin: Origin, database: Path) -> None:
    daily = Every(min=DAY, max=DAY)
    async with rig_of(origin, database, source(moved(origin), every=daily)) as rig:
        adopted = []
        for _ in range(4):
            await rig.next()
            adopted.append((await rig.schedule()).moved_to)
    assert adopted == [None, None, None, origin.url("/new")], "the first document shows nothing that we held"


@pytest.mark.parametrize("chain", [(301, 302), (302, 301), (308, 307), (303, 303)])
async def test_rule_20_a_chain_with_one_temporary_hop_is_never_adopted(
    origin: Origin, database: Path, chain: tuple[int, int]
) -> None:
    origin.serve("/new", Reply(body=FEED))
    origin.serve("/middle", redirect("/new", chain[1]))
    url = origin.serve("/old", redirect("/middle", chain[0]))
    async with rig_of(origin, database, source(url, every=HOURLY)) as rig:
        await rig.pass_time(3 * DAY)
        schedule = await rig.schedule()
    assert (schedule.moved_to, schedule.move) == (None, None)


@pytest.mark.parametrize(
    "parked", [Reply(body=b"<html>This domain is for sale</html>"), Reply(body=feed("Casino", "Poker"))]
)
async def test_rule_20_a_parked_domain_is_never_adopted(origin: Origin, database: Path, parked: Reply) -> None:
    url = origin.serve("/old", Reply(body=FEED))
    origin.serve("/new", parked)
    async with rig_of(origin, database, source(url, every=HOURLY)) as rig:
        await rig.next()
        origin.serve("/old", redirect("/new"))
        await rig.next()
        assert (await rig.schedule()).move is None, "one that shows nothing that we hold is no sighting"
        origin.serve("/new", Reply(body=b"<html>This domain is for sale</html>"))
        await rig.pass_time(9 * DAY)
        assert (await rig.schedule()).moved_to is None


TITLES = tuple(f"The mayor of district {n} resigns" for n in range(6))
CASINO = feed("Casino", "Poker", "Slots", "Bets", "Odds", "Roulette").replace(b"Andes Post", b"Casino Bonus")


@pytest.mark.parametrize(
    "parked",
    [
        Reply(body=CASINO),
        conditional(CASINO, etag='"c"'),
        Reply(body=CASINO.replace(b"Casino Bonus", b"")),
        Reply(body=CASINO.replace(b"Casino Bonus", b"Andes Post")),
        conditional(feed(), etag='"e"'),
    ],
    ids=["another title", "304", "no title", "same title", "no entry"],
)
async def test_rule_20_a_feed_that_shows_nothing_of_ours_is_never_adopted_however_often_it_is_the_same(
    origin: Origin, database: Path, parked: Reply
) -> None:
    url = origin.serve("/old", Reply(body=feed(*TITLES)))
    origin.serve("/new", parked, host="127.0.0.2")
    async with rig_of(origin, database, source(url, every=HOURLY)) as rig:
        await rig.next()
        origin.serve("/old", redirect(origin.url("/new", host="127.0.0.2")))
        await rig.pass_time(9 * DAY)
        schedule = await rig.schedule()
        assert (schedule.moved_to, schedule.move) == (None, None)
        assert schedule.health in ("held", "empty")
        assert await rig.titles() == set(TITLES)
        origin.serve("/old", Reply(body=feed("The mayor is back", *TITLES)))
        await rig.next()
        assert (await rig.schedule()).health == "well"
        assert await rig.titles() == {"The mayor is back", *TITLES}


async def test_rule_20_an_adopted_address_that_somebody_else_took_over_is_left_again(
    origin: Origin, database: Path
) -> None:
    origin.serve("/new", Reply(body=feed(*TITLES)))
    async with rig_of(origin, database, source(origin.serve("/old", redirect("/new")), every=HOURLY)) as rig:
        await rig.pass_time(27 * HOUR)
        assert (await rig.schedule()).moved_to == origin.url("/new")
        origin.serve("/new", Reply(body=CASINO))
        assert (await rig.next()).outcome is PollOutcome.HELD
        origin.serve("/old", Reply(body=feed("The mayor is back", *TITLES)))
        assert (await rig.next()).new == 1
        assert (await rig.schedule()).health == "well"


async def held_behind_a_redirect(rig: Rig, origin: Origin) -> HeldRecord:
    """What is held of a source that was read once, and then forwards to `/new` for two days."""
    await rig.next()
    origin.serve("/old", redirect("/new"))
    await rig.pass_time(2 * DAY)
    (held,) = await rig.store.held("andes-post")
    return held


async def test_rule_20_what_an_operator_released_is_what_we_hold(origin: Origin, database: Path) -> None:
    url = origin.serve("/old", Reply(body=feed(*TITLES)))
    origin.serve("/new", conditional(CASINO, etag='"c"'))
    async with rig_of(origin, database, source(url, every=HOURLY)) as rig:
        held = await held_behind_a_redirect(rig, origin)
        await release(rig.sources["andes-post"], held, rig.pipeline())
        await rig.pass_time(2 * DAY)
        assert (await rig.schedule()).moved_to == origin.url("/new")


async def test_rule_20_what_an_operator_dropped_is_not_held_again_and_not_adopted(
    origin: Origin, database: Path
) -> None:
    url = origin.serve("/old", Reply(body=feed(*TITLES)))
    origin.serve("/new", conditional(CASINO, etag='"c"'))
    async with rig_of(origin, database, source(url, every=HOURLY)) as rig:
        held = await held_behind_a_redirect(rig, origin)
        assert await drop(rig.sources["andes-post"], held, rig.pipeline()) == 6
        await rig.pass_time(3 * DAY)
        schedule = await rig.schedule()
        assert (schedule.health, schedule.moved_to, schedule.move) == ("empty", None, None)
        assert schedule.evidence == "every entry in it (6) was dropped, withdrawn or pruned here"
        (status,) = await rig.store.source_statuses()
        assert status.title == "Andes Post", "what was dropped does not say what it is"
        origin.serve("/new", Reply(body=CASINO.replace(b"</channel>", b"<item><title>Dice</title></item></channel>")))
        assert (await rig.next()).outcome is PollOutcome.HELD
        (held,) = await rig.store.held("andes-post")
        assert held.examples == ("Dice",)
        origin.serve("/old", Reply(body=feed("The mayor is back", *TITLES)))
        await rig.next()
        assert (await rig.schedule()).health == "well"


async def test_rule_20_to_drop_what_an_adopted_address_brought_returns_to_the_configured_one(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source(origin.serve("/old", Reply(body=feed(*TITLES))), every=HOURLY)) as rig:
        await rig.next()
        origin.serve("/old", Reply(body=CASINO))
        poll = await rig.next()
        await rig.store.record(replace(await rig.schedule(), moved_to=origin.url("/new")), poll)
        (held,) = await rig.store.held("andes-post")
        await drop(rig.sources["andes-post"], held, rig.pipeline())
        assert (await rig.schedule()).moved_to is None


async def test_rule_20_a_move_to_another_host_takes_a_week(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(moved(origin, host="127.0.0.2"), every=HOURLY)) as rig:
        await rig.pass_time(6 * DAY)
        assert (await rig.schedule()).moved_to is None
        await rig.pass_time(1.5 * DAY)
        assert (await rig.schedule()).moved_to == origin.url("/new", host="127.0.0.2")


async def test_rule_20_another_target_begins_anew(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(moved(origin), every=HOURLY)) as rig:
        await rig.pass_time(20 * HOUR)
        moved(origin, to="/elsewhere")
        await rig.pass_time(20 * HOUR)
        schedule = await rig.schedule()
        assert schedule.moved_to is None
        assert schedule.move is not None
        assert schedule.move.to == origin.url("/elsewhere")


async def test_rule_20_an_adopted_address_that_fails_is_left_again(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(moved(origin), every=HOURLY)) as rig:
        await rig.pass_time(27 * HOUR)
        assert (await rig.schedule()).moved_to is not None
        origin.serve("/new", Reply(status=410))
        origin.serve("/old", Reply(body=FEED))
        await rig.pass_time(2 * DAY)
        schedule = await rig.schedule()
        assert (schedule.moved_to, schedule.failures) == (None, 0)


async def test_rule_20_an_address_that_another_source_has_is_not_taken_from_it(origin: Origin, database: Path) -> None:
    url = moved(origin)
    both = source(url, every=HOURLY), source(origin.url("/new"), "other", every=HOURLY)
    async with rig_of(origin, database, *both) as rig:
        await rig.pass_time(3 * DAY)
        assert (await rig.schedule()).moved_to is None


async def test_rule_20_the_operators_word_is_enough(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(moved(origin), every=HOURLY)) as rig:
        await rig.pass_time(27 * HOUR)
        before = len(origin.requests)
        await rig.configure(source(origin.url("/new"), every=HOURLY))
        schedule = await rig.schedule()
        assert (schedule.moved_to, schedule.validators.etag) == (None, '"1"'), "nothing is asked anew for it"
        await rig.next()
        assert (origin.requests[before].path, origin.requests[before].conditional) == ("/new", True)


def test_rule_20_giving_up_tls_is_never_for_good_and_taking_it_up_is() -> None:
    down, up = Trail(url="https://a.example/rss"), Trail(url="http://a.example/rss")
    assert down.follow(301, "http://a.example/rss").moved_to is None
    assert down.follow(301, "http://a.example/rss").follow(308, "https://a.example/new").moved_to is None
    assert up.follow(301, "https://a.example/rss").moved_to == "https://a.example/rss"


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_rule_21_a_temporary_redirect_is_followed_and_the_original_asked_again(
    origin: Origin, database: Path, status: int
) -> None:
    async with rig_of(origin, database, source(moved(origin, status), every=HOURLY)) as rig:
        await rig.pass_time(3 * DAY)
    assert asked(origin, "/old") == asked(origin, "/new") > 70
    assert not any(request.conditional for request in origin.asked("/old"))
    assert all(request.conditional for request in origin.asked("/new")[1:])


@pytest.mark.parametrize(
    ("status", "outcome"), [(302, PollOutcome.FAILED), (307, PollOutcome.FAILED), (301, PollOutcome.GONE)]
)
async def test_rule_21_a_410_where_a_temporary_redirect_leads_is_not_the_end_of_the_source(
    origin: Origin, database: Path, status: int, outcome: PollOutcome
) -> None:
    url = origin.serve("/old", Reply(body=FEED), redirect("/gone", status), Reply(body=FEED))
    origin.serve("/gone", Reply(status=410))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.next()
        poll = await rig.next()
        assert (poll.outcome, poll.error) == (outcome, "HTTP 410 Gone")
        schedule = await rig.schedule()
        if outcome is PollOutcome.FAILED:
            assert schedule.next_poll - rig.now >= HOUR
            assert (await rig.next()).outcome is PollOutcome.SAME_BODY


async def test_rule_22_redirects_end_in_circles_and_after_five_hops(origin: Origin) -> None:
    circle = origin.serve("/a", redirect("/b", 302))
    origin.serve("/b", redirect("/a", 302))
    for step in range(8):
        origin.serve(f"/{step}", redirect(f"/{step + 1}", 302))
    assert "circle" in str(await error(source(circle)))
    assert "more than 5 times" in str(await error(source(origin.url("/0"))))
    assert len(origin.requests) == 2 + 6
    origin.serve("/5", Reply(body=FEED))
    assert (await document(source(origin.url("/0")))).url == origin.url("/5")


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:pw@127.0.0.1/",
        "data:,x",
        "http:/\\evil",
        "",
        "  ",
        "http://[::1",
    ],
)
async def test_rule_22_a_redirect_out_of_the_web_is_refused(origin: Origin, location: str) -> None:
    await error(source(origin.serve("/feed", redirect(location, 302))))
    assert len(origin.requests) == 1


@pytest.mark.parametrize("secret", [False, True])
async def test_a_feed_whose_address_holds_a_secret_keeps_its_id_to_itself(
    origin: Origin, database: Path, secret: bool
) -> None:
    url = origin.url("/feed?token=abc")
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{url}</id><entry><id>x:1</id><title>b</title></entry></feed>'
    origin.serve("/feed?token=abc", Reply(body=atom.encode()))
    async with rig_of(origin, database, source(url, public_url=OUTLET.url if secret else url)) as rig:
        await rig.poll()
        (article,) = (await rig.store.search(parse("b"), now=rig.now, limit=9)).articles
        assert article.source_feed_id == (None if secret else url)


async def test_rule_22_secrets_do_not_follow_a_redirect_to_another_origin(origin: Origin) -> None:
    target = origin.serve("/new", Reply(body=FEED), host="127.0.0.2")
    secret = (("Authorization", "Bearer s3cret"), ("X-Key", "k"))
    await fetched(source(origin.serve("/old", redirect(target, 302)), headers=secret))
    said = [(request.header("Authorization"), request.header("X-Key")) for request in origin.requests]
    assert said == [("Bearer s3cret", "k"), (None, None)]


async def test_rule_23_a_304_that_nobody_asked_for_is_an_error(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(status=304)))) as rig:
        poll = await rig.next()
    assert (poll.outcome, poll.error) == (PollOutcome.FAILED, "answered 304 to a request without validators")


async def test_rule_24_what_is_gone_is_not_asked_again_and_its_articles_stay(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED), Reply(status=410)))) as rig:
        await rig.next()
        assert (await rig.next()).outcome is PollOutcome.GONE
        for _ in range(30):
            rig.now += DAY
            assert await rig.store.due(rig.now) == ()
        assert len(origin.requests) == 2
        assert (await rig.schedule()).health is Health.GONE
        assert len(await rig.titles()) == 2


def gaps(origin: Origin) -> list[float]:
    """Hours from each request to the next."""
    return [(b.at - a.at) / 3600 for a, b in pairwise(origin.requests)]


@pytest.mark.parametrize("status", [404, 403, 401, 451, 418])
async def test_rule_25_after_other_4xx_the_pause_doubles_up_to_a_week(
    origin: Origin, database: Path, status: int
) -> None:
    url = origin.serve("/feed", Reply(status=status))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.pass_time(60 * DAY)
        schedule = await rig.schedule()
        assert gaps(origin)[:8] == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128], rel=0.11)
        assert all(gap == pytest.approx(7 * 24, rel=0.11) for gap in gaps(origin)[8:])
        assert schedule.failures == len(origin.requests)
        origin.serve("/feed", Reply(body=FEED))
        await rig.next()
        assert (await rig.schedule()).failures == 0
        assert (await rig.schedule()).next_poll - rig.now < HOUR


SIX = Every(min=6 * HOUR, max=6 * HOUR)


@pytest.mark.parametrize("status", [404, 500])
async def test_rule_25_and_27_the_pause_is_never_shorter_than_the_interval(
    origin: Origin, database: Path, status: int
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(status=status)), every=SIX)) as rig:
        await rig.pass_time(2 * DAY)
    assert gaps(origin)[:2] == pytest.approx([6, 12], rel=0.11)


@pytest.mark.parametrize("status", [404, 500])
async def test_rule_25_who_fails_for_a_month_is_dormant_and_asked_once_a_week(
    origin: Origin, database: Path, status: int
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(status=status)), every=QUARTER)) as rig:
        await rig.pass_time(75 * DAY)
        assert (await rig.schedule()).health == "dormant"
    assert gaps(origin)[-4:] == pytest.approx([7 * 24] * 4, rel=0.11)


async def test_rule_25_a_wall_against_bots_is_called_so(origin: Origin) -> None:
    wall = Reply(status=403, headers=(("cf-mitigated", "challenge"),), body=b"<html>Just a moment")
    assert str(await error(source(origin.serve("/feed", wall)))) == "HTTP 403 Forbidden (a wall against bots)"


async def test_rule_25_an_answer_without_content_is_empty_and_says_so(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(status=204)), every=QUARTER)) as rig:
        await rig.next()
        schedule = await rig.schedule()
        assert (schedule.health, schedule.evidence) == ("empty", "HTTP 204 No Content")
        assert schedule.next_poll - rig.now >= HOUR


DATED = ("Date", "Mon, 01 Jun 2026 11:00:00 GMT")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ([("Retry-After", "7200")], 2 * HOUR),
        ([DATED, ("Retry-After", "Mon, 01 Jun 2026 14:00:00 GMT")], 3 * HOUR),
        ([("Retry-After", "Mon, 01 Jun 2026 15:00:00 GMT")], 3 * HOUR),
        ([("Retry-After", "1000000000")], 31 * DAY),
        ([("Retry-After", "Mon, 01 Jun 2020 12:00:00 GMT")], None),
        ([("Retry-After", "soon")], None),
        ([("Retry-After", "-5")], None),
        ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "7200")], 2 * HOUR),
        ([("X-RateLimit-Remaining", "0.0"), ("X-RateLimit-Reset", "7200.5")], 2 * HOUR),
        ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(int((NOW + 2 * HOUR).timestamp())))], 2 * HOUR),
        ([("RateLimit", '"default";r=0;t=7200')], 2 * HOUR),
        ([("RateLimit", "limit=10, remaining=0, reset=7200")], 2 * HOUR),
        ([("RateLimit-Reset", "junk")], None),
        ([], None),
    ],
)
async def test_rule_26_too_many_requests_and_unavailable_say_when_to_come_back(
    origin: Origin, database: Path, status: int, headers: list[tuple[str, str]], wait: timedelta | None
) -> None:
    url = origin.serve("/feed", Reply(status=status, headers=tuple(headers)))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.next()
        schedule = await rig.schedule()
        assert schedule.retry_after is None if wait is None else schedule.retry_after is not None
        expected = wait or HOUR
        assert expected <= schedule.next_poll - rig.now <= expected + 11 * MINUTE
        if wait:
            rig.now = schedule.next_poll - MINUTE
            assert await rig.poller.poll("andes-post") is None, "not by hand either"


@pytest.mark.parametrize("status", [403, 404, 413, 500, 502])
async def test_rule_26_retry_after_of_any_error_is_kept(origin: Origin, database: Path, status: int) -> None:
    url = origin.serve("/feed", Reply(status=status, headers=(("Retry-After", "36000"),)))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.next()
        assert (await rig.schedule()).retry_after == NOW + 10 * HOUR
        assert (await rig.schedule()).next_poll >= NOW + 10 * HOUR
        assert await rig.store.paused_hosts(NOW) == frozenset(), "it speaks for itself alone"


async def test_rule_26_of_two_lines_of_retry_after_the_longest_counts(origin: Origin, database: Path) -> None:
    lines = (("Retry-After", "soon"), ("Retry-After", "60"), ("Retry-After", "7200"))
    url = origin.serve("/feed", Reply(status=429, headers=lines))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.next()
        assert (await rig.schedule()).retry_after == NOW + 2 * HOUR


async def test_rule_26_an_exhausted_limit_is_kept_to_after_a_success_too(origin: Origin, database: Path) -> None:
    last = Reply(body=FEED, headers=(("RateLimit-Remaining", "0"), ("RateLimit-Reset", "7200")))
    async with rig_of(origin, database, source(origin.serve("/feed", last), every=QUARTER)) as rig:
        await rig.next()
        assert (await rig.schedule()).next_poll >= rig.now + 2 * HOUR


async def test_rule_26_without_a_time_the_pause_doubles(origin: Origin, database: Path) -> None:
    url = origin.serve("/feed", Reply(status=429))
    async with rig_of(origin, database, source(url, every=QUARTER)) as rig:
        await rig.pass_time(5 * DAY)
    assert gaps(origin)[:4] == pytest.approx([1, 2, 4, 8], rel=0.11)


def three(origin: Origin, reply: Reply | Callable[[Request], Reply]) -> list[Source]:
    return [source(origin.serve(f"/{n}", reply), f"s{n}", every=QUARTER) for n in range(3)]


async def test_rule_26_two_addresses_that_are_refused_pause_their_host(origin: Origin, database: Path) -> None:
    sources = three(origin, Reply(status=429))
    elsewhere = source(origin.serve("/else", Reply(body=FEED), host="127.0.0.2"), "else", every=QUARTER)
    async with rig_of(origin, database, *sources, elsewhere) as rig:
        await rig.poll("s0")
        assert (await rig.schedule("s2")).next_poll == NOW, "one address speaks for itself alone"
        rig.now += MINUTE
        await rig.poll("s1")
        paused = await rig.schedule("s2")
        assert paused.next_poll >= rig.now + HOUR
        assert "127.0.0.1" in paused.why
        assert await rig.store.due(rig.now + 30 * MINUTE) == ("else",)
        rig.now += 30 * MINUTE
        assert await rig.poller.poll("s2") is None, "not by hand either"


async def test_rule_26_the_pause_of_a_host_outlives_a_restart_and_doubles(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, *three(origin, Reply(status=429))) as rig:
        await rig.poll("s0")
        await rig.poll("s1")
    async with rig_of(origin, database, *three(origin, Reply(status=429))) as rig:
        assert await rig.store.due(NOW + 59 * MINUTE) == ()
        rig.now = NOW + 75 * MINUTE
        await rig.poll("s2")
        assert (await rig.schedule("s2")).next_poll >= rig.now + HOUR
        assert min([(await rig.schedule(f"s{n}")).next_poll for n in range(3)]) >= rig.now + 1.5 * HOUR


async def test_rule_26_the_pause_of_a_host_holds_for_sources_that_come_later_and_for_those_that_lead_there(
    origin: Origin, database: Path
) -> None:
    asks_to_wait = Reply(status=429, headers=(("Retry-After", "7200"),))
    there = origin.serve("/feed", Reply(body=FEED))
    leads = source(origin.serve("/leads", redirect(there, 302), host="127.0.0.2"), "leads", every=QUARTER)
    async with rig_of(origin, database, *three(origin, asks_to_wait), leads) as rig:
        await rig.poll("s0")
        await rig.poll("s1")
        later = source(there, "later", every=QUARTER)
        await rig.configure(*rig.sources.values(), later)
        assert "later" in await rig.store.due(rig.now)
        assert await rig.poller.poll("later") is None
        schedule = await rig.schedule("later")
        assert schedule.next_poll >= NOW + 2 * HOUR
        assert schedule.why == "127.0.0.1 asked us to wait until 2026-06-01 14:00 UTC"
        assert (schedule.failures, schedule.health) == (0, "new"), "it did nothing wrong"
        led = await rig.poll("leads")
        assert led.error == "127.0.0.1 asked us to wait until 2026-06-01 14:00 UTC"
        assert (await rig.schedule("leads")).next_poll >= NOW + 2 * HOUR
        assert origin.asked("/feed") == [], "neither came there"
        rig.now = NOW + 3 * HOUR
        assert (await rig.poll("later")).outcome is PollOutcome.FRESH
        assert (await rig.poll("leads")).status == 200


async def test_rule_26_sources_of_a_paused_host_do_not_come_back_at_one_moment(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, *three(origin, Reply(status=503))) as rig:
        for id in ("s0", "s1"):
            await rig.poll(id)
        assert len({(await rig.schedule(f"s{n}")).next_poll for n in range(3)}) == 3


async def test_rule_26_a_host_of_our_own_network_is_not_paused_as_a_whole(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, *three(origin, Reply(status=429)), spare_own=True) as rig:
        await rig.poll("s0")
        await rig.poll("s1")
        assert (await rig.schedule("s2")).next_poll == NOW


BROKEN_OFF = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nabc")


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(status=502), BROKEN_OFF, Reply(raw=b"")])
async def test_rule_27_after_trouble_of_the_server_the_pause_doubles_up_to_a_day_and_nothing_is_asked_twice(
    origin: Origin, database: Path, reply: Reply
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", reply), every=QUARTER)) as rig:
        await rig.next()
        assert len(origin.requests) == 1, "no immediate retry"
        await rig.pass_time(10 * DAY)
    assert gaps(origin)[:6] == pytest.approx([0.25, 0.5, 1, 2, 4, 8], rel=0.11)
    assert all(gap <= 24 * 1.11 for gap in gaps(origin))


async def test_rule_27_a_name_that_is_none_costs_a_quarter_of_an_hour_and_doubles(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source("http://gone.example/feed", every=QUARTER)) as rig:
        waits = []
        for _ in range(3):
            assert (await rig.next()).error == "the host has no address (DNS)"
            waits.append(((await rig.schedule()).next_poll - rig.now) / MINUTE)
    assert waits == pytest.approx([15, 30, 60], rel=0.11)


PAGE = ("Content-Type", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<!doctype html><title>Log in</title>", headers=(PAGE, ("ETag", '"2"'))),
        Reply(body=b"<html><body>We value your privacy", headers=(("ETag", '"2"'),)),
        Reply(headers=(("ETag", '"2"'),)),
        Reply(body=b"   \n", headers=(PAGE, ("ETag", '"2"'))),
        Reply(body=b'{"error": "quota"}', headers=(("ETag", '"2"'),)),
    ],
    ids=["login", "consent", "nothing", "blanks", "json"],
)
async def test_rule_28_what_is_no_feed_is_an_error_that_keeps_articles_and_validators(
    origin: Origin, database: Path, reply: Reply
) -> None:
    good = Reply(body=FEED, headers=(("ETag", '"1"'),))
    async with rig_of(origin, database, source(origin.serve("/feed", good, reply), every=QUARTER)) as rig:
        await rig.next()
        assert (await rig.next()).outcome is PollOutcome.FAILED
        schedule = await rig.schedule()
        assert schedule.validators.etag == '"1"'
        assert schedule.next_poll - rig.now >= HOUR
        assert len(await rig.titles()) == 2


def delta(request: Request) -> Reply:
    """RFC 3229 with feeds: only what is new, to who asks for it."""
    if request.header("If-None-Match") is None:
        return Reply(body=feed("One", "Two", "Three"), headers=(("ETag", '"1"'),))
    assert request.header("A-IM") == "feed"
    return Reply(status=226, body=feed("Four"), headers=(("ETag", '"2"'), ("IM", "feed")))


async def test_rule_29_a_delta_adds_and_takes_nothing_away(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", delta), every=HOURLY)) as rig:
        await rig.next()
        poll = await rig.next()
        assert (poll.status, poll.outcome, poll.new) == (226, PollOutcome.FRESH, 1)
        assert await rig.titles() == {"One", "Two", "Three", "Four"}
        await rig.next()
    asked = [(request.header("A-IM"), request.header("If-None-Match")) for request in origin.requests]
    assert asked == [(None, None), ("feed", '"1"'), ("feed", '"2"')]


def dated(count: int, *left_out: int) -> bytes:
    """A feed of so many entries, newest first, an hour apart."""
    items = "".join(
        f"<item><title>Story number {n}</title><link>http://127.0.0.1/{n}</link>"
        f"<pubDate>{format_datetime(NOW - n * HOUR)}</pubDate></item>"
        for n in range(count)
        if n not in left_out
    )
    return f"<rss version='2.0'><channel><title>Andes Post</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("count", "status", "suspected"), [(9, 200, 1), (9, 226, 0), (2_003, 200, 0)], ids=["whole", "delta", "cut by us"]
)
async def test_rule_29_what_only_a_part_of_a_feed_does_not_show_is_not_taken_for_withdrawn(
    origin: Origin, database: Path, count: int, status: int, suspected: int
) -> None:
    etag, delta = ("ETag", '"1"'), ("IM", "feed")
    parts = [dated(count, 2), dated(count, 2).replace(b"Andes Post", b"The Andes Post")]
    replies = [Reply(status=status, body=body, headers=(etag, delta)) for body in parts]
    async with rig_of(
        origin, database, source(origin.serve("/feed", Reply(body=dated(count), headers=(etag,)), *replies))
    ) as rig:
        for _ in range(3):
            assert (await rig.next()).outcome is PollOutcome.FRESH
        assert len(await rig.store.suspected(10)) == suspected


@pytest.mark.parametrize("named", [(), (("IM", "vcdiff"),), (("IM", "feed, gzip"),)])
async def test_rule_29_a_226_that_nobody_asked_for_or_can_read_is_an_error(
    origin: Origin, named: tuple[tuple[str, str], ...]
) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED, headers=(("ETag", '"1"'),)), Reply(status=226, headers=named)))
    schedule = held(await document(feed))
    assert "226" in str(await error(feed, schedule))
    unasked = source(origin.serve("/odd", Reply(status=226, body=FEED, headers=(("IM", "feed"),))))
    assert "226" in str(await error(unasked))


async def test_rule_29_no_range_is_ever_asked_for_and_a_part_is_no_document(origin: Origin, database: Path) -> None:
    url = origin.serve(
        "/feed", Reply(body=FEED, headers=(("Accept-Ranges", "bytes"),)), Reply(status=206, body=FEED[:99])
    )
    async with rig_of(origin, database, source(url)) as rig:
        await rig.next()
        assert (await rig.next()).outcome is PollOutcome.FAILED
    assert not any(request.header("Range") for request in origin.requests)
