"""Turns: one request in flight for each host, with a pause between two, and nobody waits on another's host."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.errors import FetchError
from aggregator.fetch.politeness import Politeness
from aggregator.model import HostTurn
from aggregator.net.guard import Guard
from aggregator.net.names import Names
from tests.fakes import Dns


class Time:
    """A clock that jumps to where a sleeper wants to wake."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Log:
    """When each request began, and how many ran side by side at most."""

    def __init__(self, time: Time, polite: Politeness) -> None:
        self.time, self.polite, self.starts, self.running, self.most = time, polite, list[float](), 0, 0

    async def ask(self, url: str) -> None:
        async with self.polite.place(url):
            self.starts.append(self.time.now)
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0)
            self.running -= 1


@pytest.fixture
def log() -> Callable[..., Log]:
    def make(concurrency: int = 8, **options: Any) -> Log:
        time = Time()
        guard = Guard(["127.0.0.0/8"])
        polite = Politeness(guard, concurrency=concurrency, gap_seconds=2, clock=time, sleep=time.sleep, **options)
        return Log(time, polite)

    return make


async def together(*calls: Coroutine[object, object, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for call in calls:
            group.create_task(call)


async def test_a_host_is_asked_one_at_a_time_and_every_two_seconds(log: Callable[..., Log]) -> None:
    polls = log()
    await together(*(polls.ask(f"https://News.example./{number}") for number in range(5)))
    assert (polls.starts, polls.most) == ([100, 102, 104, 106, 108], 1)


async def test_names_of_one_host_are_one_host(log: Callable[..., Log]) -> None:
    polls = log()
    await together(polls.ask("https://news.example/"), polls.ask("http://NEWS.example.:8080/"))
    assert polls.starts == [100, 102]


async def test_a_host_of_the_operators_own_needs_no_pause_but_is_asked_one_at_a_time(log: Callable[..., Log]) -> None:
    polls = log()
    await together(*(polls.ask(f"http://127.0.0.1:8000/{number}") for number in range(5)))
    assert (polls.starts, polls.most) == ([100] * 5, 1)


async def test_hosts_do_not_wait_for_each_other_up_to_the_concurrency(log: Callable[..., Log]) -> None:
    polls = log(concurrency=3)
    await together(*(polls.ask(f"https://{number}.example/") for number in range(9)))
    assert (polls.starts, polls.most) == ([100] * 9, 3)


async def test_a_host_that_waits_takes_no_place_of_others(log: Callable[..., Log]) -> None:
    polls = log(concurrency=2)
    held = asyncio.Event()

    async def hold(url: str) -> None:
        async with polls.polite.place(url):
            await held.wait()

    tarpit = [asyncio.ensure_future(hold("https://tarpit.example/")) for _ in range(20)]
    await asyncio.sleep(0)
    await together(*(polls.ask(f"https://{number}.example/") for number in range(9)))
    assert len(polls.starts) == 9
    held.set()
    await asyncio.gather(*tarpit)


async def test_a_request_that_fails_leaves_its_place(log: Callable[..., Log]) -> None:
    polls = log(concurrency=1)
    with pytest.raises(FetchError, match="broken"):
        async with polls.polite.place("https://news.example/"):
            raise FetchError("broken", status=500)
    await polls.ask("https://news.example/")
    assert polls.starts == [102]


async def test_after_a_request_without_an_answer_the_pause_is_twice_as_long(log: Callable[..., Log]) -> None:
    polls = log()
    with suppress(FetchError):
        async with polls.polite.place("https://news.example/"):
            raise FetchError("timed out")
    await polls.ask("https://news.example/")
    await polls.ask("https://news.example/")
    assert polls.starts == [104, 106], "what was given up on may have come late"


async def test_everything_under_one_registered_name_is_one_host(log: Callable[..., Log]) -> None:
    polls = log()
    urls = ["https://www.paper.com.ar/", "https://rss.paper.com.ar/", "https://paper.com.ar./", "https://other.com.ar/"]
    await together(*(polls.ask(url) for url in urls))
    assert sorted(polls.starts) == [100, 100, 102, 104]


async def test_names_that_stand_for_the_same_addresses_are_one_host(log: Callable[..., Log]) -> None:
    dns = Dns({"a.example": "192.0.2.7", "b.test": "192.0.2.7", "c.test": "192.0.2.8"})
    polls = log(names=Names(Guard(), dns))
    await together(*(polls.ask(url) for url in ("https://a.example/", "https://b.test/", "http://192.0.2.7/")))
    assert polls.starts == [100, 102, 104]
    await together(*(polls.ask(url) for url in ("https://c.test/", "https://unknown.test/")))
    assert polls.starts[3:] == [104, 104]


async def test_a_host_with_many_feeds_is_asked_every_ten_seconds(log: Callable[..., Log]) -> None:
    polls = log()
    polls.polite.expect({"news.example": 6, "small.example": 5}.__getitem__)
    await together(*(polls.ask(f"https://www.news.example/{number}") for number in range(3)))
    assert polls.starts == [100, 110, 120]
    await together(*(polls.ask(f"https://small.example/{number}") for number in range(2)))
    assert polls.starts[3:] == [120, 122]


async def test_a_host_that_ever_said_too_many_is_asked_once_a_minute(log: Callable[..., Log]) -> None:
    polls = log()
    polls.polite.expect(lambda _: 1, limited=["known.example"])
    polls.polite.slow_down("https://www.new.example/rss")
    for host in ("known", "new"):
        before = polls.time.now
        await together(*(polls.ask(f"https://{host}.example/{number}") for number in range(2)))
        assert polls.starts[-2:] == [before, before + 60]


async def test_it_is_known_when_a_host_may_be_asked_again(log: Callable[..., Log]) -> None:
    polls = log()
    assert polls.polite.ready_in("https://news.example/") == 0
    async with polls.polite.place("https://news.example/"):
        assert polls.polite.ready_in("https://www.news.example/") == math.inf
        assert polls.polite.ready_in("https://other.example/") == 0
    assert polls.polite.ready_in("https://news.example/") == 2
    polls.time.now += 3
    assert polls.polite.ready_in("https://news.example/") <= 0


async def test_requests_that_drag_on_give_their_places_to_others(log: Callable[..., Log]) -> None:
    polls = log(concurrency=2, patience_seconds=0.01)
    held = asyncio.Event()

    async def hold(number: int) -> None:
        async with polls.polite.place(f"https://tarpit-{number}.example/"):
            await held.wait()

    tarpits = [asyncio.ensure_future(hold(number)) for number in range(6)]
    await together(*(polls.ask(f"https://{number}.example/") for number in range(9)))
    assert len(polls.starts) == 9
    held.set()
    await asyncio.gather(*tarpits)
    assert (polls.polite._places._value, polls.polite._all._value) == (2, 8), "each place was given back once"


async def test_hosts_that_dragged_on_before_leave_places_to_all_others(log: Callable[..., Log]) -> None:
    polls = log(concurrency=2, patience_seconds=0.01)
    tarpits = [f"https://tarpit-{number}.example/" for number in range(12)]
    held = asyncio.Event()

    async def hold(url: str, until: Callable[[], Coroutine[object, object, object]]) -> None:
        async with polls.polite.place(url):
            await until()

    for url in tarpits:
        await hold(url, lambda: asyncio.sleep(0.02))
    again = [asyncio.ensure_future(hold(url, held.wait)) for url in tarpits]
    await asyncio.sleep(0.05)
    assert polls.polite.ready_in(tarpits[-1]) == math.inf, "its turn has not come"
    await together(*(polls.ask(f"https://{number}.example/") for number in range(9)))
    assert len(polls.starts) == 9
    held.set()
    await asyncio.gather(*again)


async def test_hosts_that_dragged_on_before_a_restart_leave_places_to_all_others_too(log: Callable[..., Log]) -> None:
    polls = log(concurrency=1, patience_seconds=0.01)
    polls.polite.expect(lambda _: 1, slow=["a.example", "b.example", "c.example"])
    held = asyncio.Event()

    async def hold(url: str) -> None:
        async with polls.polite.place(url):
            await held.wait()

    slow = [asyncio.ensure_future(hold(f"https://{name}.example/")) for name in "abc"]
    await asyncio.sleep(0.05)
    assert polls.polite._dragging.locked(), "two may drag on where one place is, the third waits"
    await together(*(polls.ask(f"https://{number}.example/") for number in range(9)))
    assert len(polls.starts) == 9
    held.set()
    await asyncio.gather(*slow)


class Book:
    """Other processes: each host is busy for so many more questions, or paused."""

    def __init__(self, **busy: int) -> None:
        self.busy = defaultdict(int, {f"{name}.example": times for name, times in busy.items()})
        self.paused: dict[str, datetime] = {}
        self.log: list[tuple[str, ...]] = []

    async def take(self, hosts: Sequence[str]) -> HostTurn:
        if hosts[0] in self.paused:
            return HostTurn(paused_until=self.paused[hosts[0]], limited=True)
        self.busy[hosts[0]] -= 1
        self.log.append(("take", *hosts))
        return HostTurn(wait=timedelta(seconds=5)) if self.busy[hosts[0]] >= 0 else HostTurn()

    async def leave(self, hosts: Sequence[str], *, pause: timedelta) -> None:
        self.log.append(("leave", *hosts, str(pause.total_seconds())))


async def test_a_host_that_another_process_asks_is_waited_for(log: Callable[..., Log]) -> None:
    book = Book(news=2)
    polls = log(book=book)
    await polls.ask("https://news.example/")
    assert polls.starts == [110]
    assert book.log == [("take", "news.example")] * 3 + [("leave", "news.example", "2.0")]


async def test_a_host_that_was_reserved_is_not_taken_twice(log: Callable[..., Log]) -> None:
    book = Book()
    polls = log(book=book)
    assert await polls.polite.reserve("https://news.example/") == HostTurn()
    await polls.ask("https://news.example/")
    await polls.polite.release("https://news.example/")
    assert book.log == [("take", "news.example"), ("leave", "news.example", "2.0")]


async def test_a_host_that_was_reserved_in_vain_is_given_back(log: Callable[..., Log]) -> None:
    book = Book(news=1)
    polls = log(book=book)
    assert (await polls.polite.reserve("https://news.example/")).wait == timedelta(seconds=5)
    assert polls.polite.ready_in("https://news.example/") == 5
    await polls.polite.release("https://news.example/")
    assert book.log == [("take", "news.example")], "it was not ours"
    await polls.polite.reserve("https://news.example/")
    await polls.polite.release("https://news.example/")
    assert book.log[2:] == [("leave", "news.example", "0.0")]


async def test_what_was_reserved_is_given_back_though_its_name_stands_for_other_addresses_by_then(
    log: Callable[..., Log],
) -> None:
    book, time = Book(), Time()
    dns = Dns({"a.example": ["192.0.2.1", "192.0.2.2"], "b.example": "192.0.2.1"})
    names = Names(Guard([]), dns, clock=time)
    polls = log(book=book, names=names)
    url = "https://a.example/"
    assert await polls.polite.reserve(url) == HostTurn()
    time.now += 301
    await polls.ask(url)
    await polls.polite.release(url)
    assert book.log == [("take", "a.example", "192.0.2.1"), ("leave", "a.example", "192.0.2.1", "2.0")]
    await polls.ask("https://b.example/")
    assert book.log[2] == ("take", "b.example", "192.0.2.1"), "nobody reserves that address any more"


async def test_a_host_that_asked_us_to_wait_is_not_asked_whoever_leads_there(log: Callable[..., Log]) -> None:
    book, until = Book(), datetime(2026, 6, 1, 13, tzinfo=UTC)
    book.paused["news.example"] = until
    polls = log(book=book)
    with pytest.raises(FetchError, match=r"news\.example asked us to wait until 2026-06-01 13:00 UTC") as raised:
        await polls.ask("https://www.news.example/elsewhere")
    assert raised.value.retry_after == until
    assert polls.starts == []
    book.paused.clear()
    await polls.ask("https://news.example/")
    await polls.ask("https://news.example/")
    assert polls.starts == [100, 160], "and from then on once a minute"
