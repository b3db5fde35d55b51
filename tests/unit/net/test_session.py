"""Names, judged by what they stand for each time that they are asked for."""

from __future__ import annotations

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.net.guard import Guard, RefusedAddressError
from aggregator.net.session import JudgingResolver


class Names(AbstractResolver):
    """Answers in turn, the last one for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        pass


async def test_a_name_is_what_it_stands_for() -> None:
    found = await JudgingResolver(Guard(), Names(("8.8.8.8", "1.1.1.1"))).resolve("news.example", 443)
    assert [one["host"] for one in found] == ["8.8.8.8", "1.1.1.1"]


async def test_a_name_that_is_partly_private_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedAddressError):
        await JudgingResolver(Guard(), Names(("8.8.8.8", "127.0.0.1"))).resolve("news.example", 443)


async def test_a_name_that_turns_private_later_is_refused_then() -> None:
    names = JudgingResolver(Guard(), Names(("8.8.8.8",), ("127.0.0.1",)))
    await names.resolve("news.example", 443)
    with pytest.raises(RefusedAddressError):
        await names.resolve("news.example", 443)


async def test_a_public_name_is_refused_on_a_port_that_is_not_for_the_web() -> None:
    with pytest.raises(RefusedAddressError):
        await JudgingResolver(Guard(), Names(("8.8.8.8",))).resolve("news.example", 6379)
