"""SIGINT and SIGTERM → an event, so that what is under way may end."""

from __future__ import annotations

import asyncio
import contextlib
import signal


def stop_asked() -> asyncio.Event:
    """What the next SIGINT or SIGTERM sets, from now on in place of ending the program."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


async def stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long; True as soon as a stop is asked for."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
