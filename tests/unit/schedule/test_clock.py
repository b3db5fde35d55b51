"""Ticks and their end."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from aggregator.errors import StoreError
from aggregator.schedule import Clock


async def test_work_that_fails_is_logged_once_for_each_cause_and_when_it_goes_on() -> None:
    ends = iter([StoreError("away"), StoreError("away"), StoreError("full"), None, None, StoreError("away")])
    over = asyncio.Event()

    async def work() -> None:
        match next(ends, ...):
            case StoreError() as error:
                raise error
            case None:
                return
        over.set()

    with capture_logs() as logs:
        clock = Clock()
        clock.every(0.01, work, name="poll")
        clock.start()
        await over.wait()
        clock.stop()
    said = [(line["event"], line["work"], line.get("error")) for line in logs]
    assert said[:4] == [
        ("tick.failed", "poll", "away"),
        ("tick.failed", "poll", "full"),
        ("tick.recovered", "poll", None),
        ("tick.failed", "poll", "away"),
    ]
    assert not any(line.get("exc_info") for line in logs), "what is ours needs no traceback"


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
