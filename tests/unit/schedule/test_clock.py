"""Ticks and their end."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.schedule import Clock


async def test_work_that_a_stop_cuts_off_ends_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    clock = Clock()
    clock.every(0.01, work, name="work")
    clock.start()
    await begun.wait()
    clock.stop()
    await ended.wait()
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records if "exception" in record.message] == []
