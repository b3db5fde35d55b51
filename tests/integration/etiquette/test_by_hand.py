"""Sources asked by hand (`check --live`): in the turns that a service of the same database takes, and by the rules of a poll."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.config import Settings
from aggregator.model import Health, Newsroom, Refusal, Schedule, Source
from aggregator.schedule.choosing import barred
from aggregator.schedule.trial import probe
from aggregator.store import Store
from tests.integration.etiquette.rig import FEED, HOUR, MINUTE, NOW, Rig, redirect, rig_of, source
from tests.making import newsroom
from tests.origin import Origin, Reply, conditional, running_origin

WELL = "2 entries, Andes Post"


def clock() -> datetime:
    """The time: PostgreSQL goes by its own."""
    return datetime.now(UTC)  # noqa: TID251


async def checked(news: Newsroom, database_url: str, at: datetime | None = None) -> dict[str, tuple[str, bool | None]]:
    settings = Settings(database_url=database_url, allow_networks=("127.0.0.0/8",))
    return {one.id: (said, well) async for one, said, well in probe(settings, news, now=(lambda: at) if at else clock)}


async def verdict(origin: Origin, database_url: str) -> tuple[str, bool | None]:
    news = newsroom(source(origin.serve("/rss", Reply(body=FEED))))
    return (await checked(news, database_url))["andes-post"]


async def test_a_host_that_asked_a_service_to_wait_is_not_asked_by_hand(store: Store, database_url: str) -> None:
    async with running_origin() as origin:
        book, until = store.host_book("poller", clock), clock() + timedelta(hours=1)
        for path in ("/rss", "/other"):  # one address alone speaks for itself
            said = Refusal(host="127.0.0.1", url=origin.url(path), at=clock(), limited=True, retry_after=until)
            await book.refused(said)
        words, well = await verdict(origin, database_url)
        assert "127.0.0.1 asked us to wait until" in words
        assert well is None, "it did nothing wrong"
        assert origin.requests == []


async def test_a_host_is_given_back_after_it_was_asked_by_hand(store: Store, database_url: str) -> None:
    async with running_origin() as origin:
        assert await verdict(origin, database_url) == (WELL, True)
    turn = await store.host_book("poller", clock).take(["127.0.0.1"])
    assert turn.paused_until is None
    assert turn.wait < timedelta(seconds=3), "nothing but the pause"


async def test_sources_are_asked_before_there_is_a_database_and_none_is_made(tmp_path: Path) -> None:
    async with running_origin() as origin:
        path = tmp_path / "none.db"
        assert await verdict(origin, f"sqlite:///{path}") == (WELL, True)
    assert not path.exists()


@asynccontextmanager
async def by_hand(origin: Origin, database: Path, *sources: Source) -> AsyncIterator[ByHand]:
    async with rig_of(origin, database, *sources) as rig:
        yield ByHand(rig, f"sqlite:///{database}")


class ByHand:
    """A service, and its configuration checked by hand beside it."""

    def __init__(self, rig: Rig, database_url: str) -> None:
        self.rig, self.database_url = rig, database_url

    async def check(self, *sources: Source) -> tuple[str, bool | None]:
        """What is said of the first of `sources`; they are those in force unless told otherwise."""
        given = sources or tuple(self.rig.sources.values())
        return (await checked(newsroom(*given), self.database_url, self.rig.now))[given[0].id]


async def test_rule_01_a_check_by_hand_sends_the_validators_and_is_in_the_log(origin: Origin, database: Path) -> None:
    async with by_hand(origin, database, source(origin.serve("/feed", conditional(FEED, etag='"1"')))) as at:
        await at.rig.poll()
        at.rig.now += 6 * MINUTE
        assert await at.check() == ("nothing new since it was polled (304)", True)
        at.rig.now += 6 * MINUTE
        await at.rig.poll()
        (seen,) = await at.rig.store.seen_of_us(NOW)
    assert [request.header("If-None-Match") for request in origin.requests] == [None, '"1"', '"1"']
    assert (seen.requests, seen.not_modified, seen.unanswered) == (3, 2, 0)


async def test_rule_09_a_check_by_hand_is_five_minutes_after_the_last_request(origin: Origin, database: Path) -> None:
    async with by_hand(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as at:
        assert await at.check() == (WELL, True)
        at.rig.now += 2 * MINUTE
        assert await at.check() == ("waits until 2026-06-01 12:05 UTC", None)
        assert await at.rig.poller.poll("andes-post") is None
        at.rig.now += 4 * MINUTE
        await at.rig.poll()
        at.rig.now += 2 * MINUTE
        assert await at.check() == ("asked 2 min ago: well", True)
        at.rig.now += 4 * MINUTE
        assert await at.check() == (WELL, True)
    assert len(origin.requests) == 3


@pytest.mark.parametrize("polled", [True, False])
async def test_rule_24_what_is_gone_is_not_asked_by_hand(origin: Origin, database: Path, polled: bool) -> None:
    async with by_hand(origin, database, source(origin.serve("/feed", Reply(status=410)))) as at:
        await (at.rig.poll() if polled else at.check())
        for _ in range(3):
            at.rig.now += HOUR
            assert await at.check() == ("gone, and never asked again: HTTP 410 Gone", False)
        assert (await at.rig.schedule()).health == "gone"
    assert len(origin.requests) == 1


@pytest.mark.parametrize("polled", [True, False])
async def test_rule_26_retry_after_is_kept_by_hand(origin: Origin, database: Path, polled: bool) -> None:
    busy = Reply(status=429, headers=(("Retry-After", "86400"),))
    async with by_hand(origin, database, source(origin.serve("/feed", busy, Reply(body=FEED)))) as at:
        await (at.rig.poll() if polled else at.check())
        at.rig.now += 23 * HOUR
        words = "waits until 2026-06-02 12:00 UTC, as its server asked: HTTP 429 Too Many Requests"
        assert await at.check() == (words, False)
        (seen,) = await at.rig.store.seen_of_us(NOW)
        assert (seen.requests, seen.penalties, seen.retry_after) == (1, 1, 1)
        at.rig.now += 2 * HOUR
        assert await at.check() == (WELL, True)
    assert len(origin.requests) == 2


async def test_rule_26_a_limit_that_is_used_up_is_kept_by_hand(origin: Origin, database: Path) -> None:
    last = Reply(body=FEED, headers=(("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "7200")))
    async with by_hand(origin, database, source(origin.serve("/feed", last))) as at:
        assert await at.check() == (WELL, True)
        at.rig.now += HOUR
        assert await at.check() == ("waits until 2026-06-01 14:00 UTC", None)


BUSY = Reply(status=429, headers=(("Retry-After", "86400"),))
REFUSED = "waits until 2026-06-02 12:00 UTC, as its server asked: HTTP 429 Too Many Requests"


async def test_rule_26_retry_after_of_a_source_that_was_never_taken_up_is_kept(origin: Origin, database: Path) -> None:
    stranger = source(origin.serve("/feed", BUSY, Reply(body=FEED)), id="lima-news")
    other = source(origin.serve("/other", Reply(body=FEED)), id="cusco-news")
    async with by_hand(origin, database) as at:
        assert await at.check(stranger) == ("HTTP 429 Too Many Requests", False)
        at.rig.now += 23 * HOUR
        assert await at.check(stranger) == (REFUSED, False)
        assert await at.check(replace(stranger, id="another-name")) == (REFUSED, False)
        assert await at.check(other) == (WELL, True), "one address speaks for itself"
        at.rig.now += 2 * HOUR
        assert await at.check(stranger) == (WELL, True)
    assert [request.path for request in origin.requests] == ["/feed", "/other", "/feed"]


async def test_rule_26_without_retry_after_a_source_that_was_never_taken_up_waits_an_hour(
    origin: Origin, database: Path
) -> None:
    stranger = source(origin.serve("/feed", Reply(status=503), Reply(body=FEED)))
    async with by_hand(origin, database) as at:
        await at.check(stranger)
        at.rig.now += 59 * MINUTE
        words = "waits until 2026-06-01 13:00 UTC, as its server asked: HTTP 503 Service Unavailable"
        assert await at.check(stranger) == (words, False)
        at.rig.now += MINUTE
        assert await at.check(stranger) == (WELL, True)


@pytest.mark.parametrize("known", [True, False])
async def test_rule_26_retry_after_of_any_error_is_kept_by_hand(origin: Origin, database: Path, known: bool) -> None:
    wait = Reply(status=403, headers=(("Retry-After", "86400"),))
    plain = source(origin.serve("/feed", wait, Reply(body=FEED)))
    async with by_hand(origin, database, *([plain] if known else [])) as at:
        assert await at.check(plain) == ("HTTP 403 Forbidden", False)
        at.rig.now += 23 * HOUR
        words = "waits until 2026-06-02 12:00 UTC, as its server asked: HTTP 403 Forbidden"
        assert await at.check(plain) == (words, False)
        at.rig.now += 2 * HOUR
        assert await at.check(plain) == (WELL, True)


async def test_rule_26_a_pause_behind_a_redirect_is_that_of_the_address_that_was_asked(
    origin: Origin, database: Path
) -> None:
    stranger = source(origin.serve("/feed", redirect(origin.serve("/busy", BUSY), 302)))
    async with by_hand(origin, database) as at:
        await at.check(stranger)
        at.rig.now += HOUR
        assert await at.check(stranger) == (REFUSED, False)
    assert len(origin.requests) == 2


async def test_rule_26_a_source_is_taken_up_with_the_pause_that_it_asked_for(origin: Origin, database: Path) -> None:
    stranger = source(origin.serve("/feed", BUSY, Reply(body=FEED)))
    async with by_hand(origin, database) as at:
        await at.check(stranger)
        await at.rig.configure(stranger)
        at.rig.now += 23 * HOUR
        assert await at.rig.store.due(at.rig.now) == ()
        assert await at.rig.poller.poll("andes-post") is None
        assert await at.check(stranger) == (REFUSED, False)
        schedule = await at.rig.schedule()
        assert schedule.why == "the server asked to wait until 2026-06-02 12:00 UTC"
        await at.rig.next()
        assert at.rig.now == NOW + 24 * HOUR
    assert len(origin.requests) == 2


async def test_rule_26_a_source_that_moves_to_an_address_that_asked_to_wait_waits(
    origin: Origin, database: Path
) -> None:
    plain = source(origin.serve("/feed", Reply(body=FEED)))
    elsewhere = source(origin.serve("/other", BUSY, Reply(body=FEED)))
    async with by_hand(origin, database, plain) as at:
        await at.rig.poll()
        assert await at.check(elsewhere) == ("HTTP 429 Too Many Requests", False)
        await at.rig.configure(elsewhere)
        at.rig.now += HOUR
        assert await at.rig.poller.poll("andes-post") is None
        await at.rig.next()
        assert at.rig.now == NOW + 24 * HOUR


async def test_rule_26_a_limit_that_a_source_used_up_before_it_was_taken_up_is_kept(
    origin: Origin, database: Path
) -> None:
    last = Reply(body=FEED, headers=(("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "7200")))
    stranger = source(origin.serve("/feed", last))
    async with by_hand(origin, database) as at:
        assert await at.check(stranger) == (WELL, True)
        at.rig.now += HOUR
        assert await at.check(stranger) == ("waits until 2026-06-01 14:00 UTC, as its server asked", None)


async def test_a_source_that_waits_and_never_answered_is_neither_well_nor_failing(
    origin: Origin, database: Path
) -> None:
    async with by_hand(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as at:
        await at.rig.store.pause_source("andes-post", host="127.0.0.1", until=NOW + HOUR)
        assert await at.check() == ("waits until 2026-06-01 13:00 UTC", None)
    assert origin.requests == []


async def test_rule_20_an_adopted_address_is_asked_by_hand(origin: Origin, database: Path) -> None:
    new = origin.serve("/new", Reply(body=FEED))
    async with by_hand(origin, database, source(origin.serve("/old", redirect(new)))) as at:
        for _ in range(20):
            await at.rig.next()
            at.rig.now += HOUR
        assert (await at.rig.schedule()).moved_to == new
        before = len(origin.requests)
        assert (await at.check())[1]
    assert [request.path for request in origin.requests[before:]] == ["/new"]


def test_what_is_held_back_may_be_asked_by_hand_whether_it_still_is_what_it_was() -> None:
    held = Schedule(source_id="andes-post", next_poll=NOW, last_poll=NOW - HOUR, health=Health.HELD)
    assert barred(source("http://127.0.0.1/rss"), held, NOW) is None


async def test_what_is_withdrawn_or_disabled_is_not_asked_by_hand(origin: Origin, database: Path) -> None:
    plain = source(origin.serve("/feed", Reply(body=FEED)))
    async with by_hand(origin, database, plain) as at:
        assert await at.check(replace(plain, withdrawn=True)) == ("not asked: withdrawn", True)
        assert await at.check(replace(plain, enabled=False)) == ("not asked: disabled", True)
    assert origin.requests == []


async def test_a_source_is_known_by_its_address_whatever_a_new_configuration_calls_it(
    origin: Origin, database: Path
) -> None:
    plain = source(origin.serve("/feed", Reply(body=FEED)))
    elsewhere = source(origin.serve("/other", Reply(body=FEED)))
    async with by_hand(origin, database, plain) as at:
        await at.rig.poll()
        assert await at.check(replace(plain, id="other")) == ("asked 0 min ago: well", True)
        assert await at.check(elsewhere) == (WELL, True)
    assert [request.path for request in origin.requests] == ["/feed", "/other"]
