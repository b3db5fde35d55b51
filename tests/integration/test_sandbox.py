"""Workers that may be killed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from aggregator.errors import ParseError
from aggregator.sandbox import Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(workers=1, seconds=2, memory_bytes=600_000_000)
    yield pool
    await pool.close()


def spin() -> None:
    while True:
        pass


def hoard() -> int:
    return len(bytearray(2_000_000_000))


def die() -> None:
    os._exit(7)


def refuse() -> None:
    raise ParseError("this is not a feed")


async def test_a_result_comes_back_and_so_does_an_error_of_ours(sandbox: Sandbox) -> None:
    assert await sandbox.run(len, b"abc") == 3
    with pytest.raises(ParseError, match="this is not a feed"):
        await sandbox.run(refuse)


async def test_a_worker_that_dies_hoards_or_spins_costs_its_own_task_alone(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError, match="exit code 7"):
        await sandbox.run(die)
    with pytest.raises(ParseError, match="memory"):
        await sandbox.run(hoard)
    with pytest.raises(ParseError, match="more than 2 s"):
        await sandbox.run(spin)
    assert await sandbox.run(len, b"abc") == 3
