"""What all pollers of a database share of hosts: turns, refusals, robots.txt, what went out."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.fetch.politeness import Politeness
from aggregator.model import HostTurn, Poll, PollOutcome, Refusal, Request, RobotsFile, Schedule
from aggregator.net.guard import Guard
from aggregator.store import Store
from aggregator.store.book import HostBook
from tests.making import NOW, newsroom, source

HOUR = timedelta(hours=1)
NOTHING = timedelta(0)


def clock() -> datetime:
    """The time: PostgreSQL goes by its own."""
    return datetime.now(UTC)  # noqa: TID251


@pytest.fixture
async def books(store: Store, database_url: str) -> AsyncIterator[tuple[HostBook, HostBook]]:
    """Of two processes on one database."""
    other = Store.open(database_url)
    yield store.host_book("a", clock), other.host_book("b", clock)
    await other.close()


async def test_a_host_is_asked_by_one_process_at_a_time(books: tuple[HostBook, HostBook]) -> None:
    ours, theirs = books
    assert await ours.take(["news.example"]) == HostTurn()
    assert await ours.take(["news.example"]) == HostTurn(), "it is ours"
    assert NOTHING < (await theirs.take(["news.example"])).wait <= timedelta(seconds=1)
    assert await theirs.take(["other.example"]) == HostTurn()
    await theirs.leave(["news.example"], pause=NOTHING)
    assert (await theirs.take(["news.example"])).wait, "who has not taken it cannot leave it"
    await ours.leave(["news.example"], pause=NOTHING)
    assert await theirs.take(["news.example"]) == HostTurn()


async def test_the_pause_between_two_requests_holds_for_the_other_process(books: tuple[HostBook, HostBook]) -> None:
    ours, theirs = books
    await ours.take(["news.example"])
    await ours.leave(["news.example"], pause=timedelta(seconds=60))
    assert timedelta(seconds=50) < (await theirs.take(["news.example"])).wait <= timedelta(seconds=60)
    assert await ours.take(["news.example"]) == HostTurn(), "who left it keeps the pause himself"


async def test_two_processes_that_ask_side_by_side_leave_every_pause(books: tuple[HostBook, HostBook]) -> None:
    gap, log, time = 0.1, list[tuple[float, float]](), asyncio.get_running_loop().time
    polite = [
        Politeness(Guard(["127.0.0.0/8"]), concurrency=8, gap_seconds=gap, book=book, spare_own=False) for book in books
    ]

    async def ask(one: Politeness) -> None:
        async with one.place("http://127.0.0.1/feed"):
            began = time()
            await asyncio.sleep(0.02)
            log.append((began, time()))

    await asyncio.gather(*(ask(one) for one in polite for _ in range(3)))
    assert len(log) == 6
    assert min(began - ended for (_, ended), (began, _) in pairwise(sorted(log))) >= gap - 0.001


async def test_a_name_and_its_addresses_are_taken_together_or_not_at_all(books: tuple[HostBook, HostBook]) -> None:
    ours, theirs = books
    await ours.take(["a.example", "192.0.2.7"])
    assert (await theirs.take(["b.example", "192.0.2.7"])).wait
    assert await ours.take(["b.example"]) == HostTurn(), "they did not keep half of it"


async def test_of_many_that_want_a_host_at_once_one_gets_it(store: Store, database_url: str) -> None:
    other = Store.open(database_url)
    books = [one.host_book(str(number), clock) for number, one in enumerate([store, other] * 4)]
    turns = await asyncio.gather(*(book.take(["news.example", "192.0.2.7"]) for book in books))
    assert len([turn for turn in turns if not turn.wait]) == 1
    await other.close()


@pytest.fixture
async def embedded(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A store that goes by our clock; how PostgreSQL goes by its own is shown by two workers (`tests/acceptance`)."""
    shutil.copyfile(sqlite_template, tmp_path / "embedded.db")
    opened = Store.open(f"sqlite:///{tmp_path / 'embedded.db'}")
    yield opened
    await opened.close()


async def test_a_process_that_dies_keeps_a_host_for_a_minute(embedded: Store) -> None:
    now = [clock()]
    dead, alive = embedded.host_book("dead", lambda: now[0]), embedded.host_book("alive", lambda: now[0])
    await dead.take(["news.example"])
    now[0] += timedelta(seconds=59)
    assert (await alive.take(["news.example"])).wait
    now[0] += timedelta(seconds=1)
    assert await alive.take(["news.example"]) == HostTurn()


async def test_a_clock_that_ran_ahead_keeps_no_host(embedded: Store) -> None:
    ahead, right = embedded.host_book("a", lambda: clock() + 1000 * HOUR), embedded.host_book("b", clock)
    await ahead.take(["news.example"])
    assert await right.take(["news.example"]) == HostTurn()
    await ahead.take(["other.example"])
    await ahead.leave(["other.example"], pause=timedelta(seconds=2))
    assert await right.take(["other.example"]) == HostTurn()


async def test_a_host_that_asked_us_to_wait_is_given_to_nobody(books: tuple[HostBook, HostBook]) -> None:
    ours, theirs = books
    until = clock().replace(microsecond=0) + HOUR
    for path in ("a", "b"):
        await ours.refused(
            Refusal(
                host="news.example", url=f"https://news.example/{path}", at=clock(), limited=True, retry_after=until
            )
        )
    assert await theirs.take(["news.example"]) == HostTurn(paused_until=until, limited=True)
    assert await theirs.take(["other.example"]) == HostTurn()


async def test_a_source_waits_with_its_host(store: Store) -> None:
    await store.apply(newsroom(source()), now=NOW)
    await store.pause_source("herald", host="herald.example", until=NOW + HOUR)
    schedule = (await store.schedules())["herald"]
    assert schedule.not_before == NOW + HOUR
    assert NOW + HOUR <= schedule.next_poll <= NOW + HOUR + timedelta(minutes=10)
    assert schedule.why == f"herald.example asked us to wait until {NOW + HOUR:%Y-%m-%d %H:%M} UTC"


async def test_what_asked_us_to_wait_before_it_was_a_source_is_forgotten_when_that_is_over(store: Store) -> None:
    await store.pause_stranger(source(), until=NOW + HOUR, said="HTTP 429")
    await store.pause_stranger(source(), until=NOW + 2 * HOUR, said="HTTP 503\x00")
    first = await store.first_schedule(source(), NOW)
    assert (first.next_poll, first.retry_after, first.error) == (NOW + 2 * HOUR, NOW + 2 * HOUR, "HTTP 503")
    await store.prune(now=NOW + 3 * HOUR)
    for at in (NOW, NOW + 3 * HOUR, NOW - timedelta(days=60)):
        assert await store.first_schedule(source(), at) == Schedule(source_id="herald", next_poll=at)


async def test_a_pause_that_a_clock_that_ran_ahead_wrote_is_none(store: Store) -> None:
    await store.pause_stranger(source(), until=NOW + 1000 * HOUR)
    assert (await store.first_schedule(source(), NOW)).retry_after is None


async def test_what_a_robots_txt_said_comes_back(store: Store) -> None:
    book = store.host_book("a", clock)
    assert await book.robots_file("https://news.example") is None
    for file in (
        RobotsFile(text="User-agent: *\nDisallow: /\x00ñ", until=NOW + HOUR),
        RobotsFile(text=None, until=NOW, reason="robots.txt cannot be read: HTTP 500"),
    ):
        await book.keep_robots_file("https://news.example", file)
        held = await book.robots_file("https://news.example")
        assert held is not None
        assert (held.until, held.reason) == (file.until, file.reason)
        assert held.text == (file.text and file.text.replace("\x00", ""))
    await store.prune(now=NOW + HOUR)
    assert await book.robots_file("https://news.example") is None


async def test_visits_are_logged_with_the_polls_for_a_month(store: Store) -> None:
    book = store.host_book("a", clock)
    asked = (Request(host="news.example", status=200, what="robots"), Request(host="news.example", what="page"))
    await book.visited(NOW, asked)
    poll = Poll(source_id="herald", started=NOW - HOUR, finished=NOW, outcome=PollOutcome.FRESH, requests=asked[:1])
    await store.record(Schedule(source_id="herald", next_poll=NOW), poll)
    (seen,) = await store.seen_of_us(NOW - HOUR)
    assert (seen.requests, seen.unanswered, seen.robots, seen.smallest_gap) == (2, 1, 2, 3600)
    assert await store.seen_of_us(NOW + HOUR) == ()
    await store.prune(now=NOW + timedelta(days=31))
    assert await store.seen_of_us(NOW) == ()


async def test_two_processes_may_read_a_robots_file_at_once(books: tuple[HostBook, HostBook]) -> None:
    for number in range(20):
        origin, file = f"https://n{number}.example", RobotsFile(text="", until=NOW)
        await asyncio.gather(*(book.keep_robots_file(origin, file) for book in books))
        assert await books[0].robots_file(origin) == file
