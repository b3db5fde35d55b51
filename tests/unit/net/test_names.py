"""Names: asked for rarely, remembered for a while, judged by what they stand for each time."""

from __future__ import annotations

import asyncio
import socket

import pytest

from aggregator.net.guard import Guard, RefusedAddressError
from aggregator.net.names import Names
from tests.fakes import Dns

PAPER = "paper.example"


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def names(dns: Dns, *, clock: Time | None = None, seconds: float = 5.0) -> Names:
    return Names(Guard(), dns, clock=clock or Time(), seconds=seconds)


async def test_a_name_is_what_it_stands_for() -> None:
    found = await names(Dns({PAPER: "8.8.8.8 2606:4700::1111"})).resolve(PAPER, 443)
    assert [(one["host"], one["port"]) for one in found] == [("8.8.8.8", 443), ("2606:4700::1111", 443)]


async def test_only_addresses_of_the_family_that_is_wanted_are_given() -> None:
    found = await names(Dns({PAPER: "8.8.8.8 2606:4700::1111"})).resolve(PAPER, 443, socket.AF_INET)
    assert [one["host"] for one in found] == ["8.8.8.8"]


async def test_a_name_that_is_partly_private_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedAddressError):
        await names(Dns({PAPER: "8.8.8.8 127.0.0.1"})).resolve(PAPER, 443)


async def test_a_name_that_turns_private_later_is_refused_then() -> None:
    time = Time()
    held = names(Dns({PAPER: ["8.8.8.8", "127.0.0.1"]}), clock=time)
    await held.resolve(PAPER, 443)
    time.now = 301
    with pytest.raises(RefusedAddressError):
        await held.resolve(PAPER, 443)


async def test_a_public_name_is_refused_on_a_port_that_is_not_for_the_web_though_it_is_remembered() -> None:
    held = names(Dns({PAPER: "8.8.8.8"}))
    await held.resolve(PAPER, 443)
    with pytest.raises(RefusedAddressError):
        await held.resolve(PAPER, 6379)


async def test_a_name_is_asked_for_once_in_five_minutes() -> None:
    time, dns = Time(), Dns({PAPER: "8.8.8.8"})
    held = names(dns, clock=time)
    await asyncio.gather(*(held.resolve(PAPER, 443) for _ in range(9)), held.addresses(PAPER))
    time.now = 299
    await held.resolve(PAPER, 80)
    assert dns.asked == [PAPER]
    time.now = 301
    await held.resolve(PAPER, 80)
    assert dns.asked == [PAPER, PAPER]


async def test_a_name_that_is_none_is_asked_for_once_a_minute() -> None:
    time, dns = Time(), Dns({})
    held = names(dns, clock=time)
    for at, asked in ((0, 1), (59, 1), (61, 2)):
        time.now = at
        with pytest.raises(OSError, match="no such name"):
            await held.resolve(PAPER, 443)
        assert len(dns.asked) == asked


async def test_a_name_server_that_does_not_answer_costs_its_time_alone() -> None:
    dns = Dns({PAPER: "8.8.8.8"}, slow=frozenset({"slow.example"}))
    held = names(dns, seconds=0.05)
    waiting = asyncio.gather(*(held.resolve("slow.example", 443) for _ in range(3)), return_exceptions=True)
    assert await held.addresses(PAPER) == {"8.8.8.8"}
    assert [str(error) for error in await waiting] == ["[Errno None] no answer in time"] * 3
    assert dns.asked.count("slow.example") == 1


async def test_somebody_who_stops_waiting_does_not_stop_the_others() -> None:
    held = names(Dns({PAPER: "8.8.8.8"}))
    impatient, patient = asyncio.ensure_future(held.addresses(PAPER)), asyncio.ensure_future(held.addresses(PAPER))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == {"8.8.8.8"}


async def test_an_address_stands_for_itself_and_nobody_is_asked() -> None:
    dns = Dns({})
    assert await names(dns).addresses("192.0.2.7") == {"192.0.2.7"}
    assert await names(dns).addresses("2001:DB8::1") == {"2001:db8::1"}
    assert dns.asked == []
