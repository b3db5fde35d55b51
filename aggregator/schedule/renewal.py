"""A source that was claimed → ours for as long as the work on it runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from aggregator.errors import StoreError
from aggregator.store import Store

# Work that runs renews its claim; when its process dies, others may have the source a minute later.
LEASE = timedelta(seconds=60)


@contextlib.asynccontextmanager
async def renewed(
    store: Store, source_id: str, *, owner: str, lease: timedelta, now: Callable[[], datetime]
) -> AsyncIterator[None]:
    """While the block runs, and waits for its turn, the source stays ours."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(lease.total_seconds() / 3)
            with contextlib.suppress(StoreError):  # out of reach: the next one may come through
                await store.renew(source_id, owner=owner, now=now(), lease=lease)

    heart = asyncio.get_running_loop().create_task(renew(), name=f"lease {source_id}")
    try:
        yield
    finally:
        heart.cancel()


async def ended(tasks: Iterable[asyncio.Task[Any]], *, patience: float) -> None:
    """Wait up to `patience` seconds for what runs, then cancel it."""
    running = set(tasks)
    if not running:
        return
    _, late = await asyncio.wait(running, timeout=patience)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
