"""What tests of the web share: a store filled once, copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aggregator.model import Newsroom
from aggregator.store import Store
from tests.newsstand import fill, newsroom_at


@pytest.fixture(scope="session")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a day's news."""
    path = tmp_path_factory.mktemp("newsstand") / "filled.db"
    shutil.copyfile(sqlite_template, path)

    async def write() -> None:
        store = Store.open(f"sqlite:///{path}")
        await fill(store, newsroom_at())
        await store.close()

    asyncio.run(write())
    return path


@pytest.fixture
async def stand(filled: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A store with a day's news."""
    path = tmp_path / "aggregator.db"
    for suffix in ("", "-wal", "-shm"):
        if Path(f"{filled}{suffix}").exists():
            shutil.copyfile(f"{filled}{suffix}", f"{path}{suffix}")
    store = Store.open(f"sqlite:///{path}")
    yield store
    await store.close()


@pytest.fixture
async def bare(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A store that is set up and empty."""
    path = tmp_path / "bare.db"
    shutil.copyfile(sqlite_template, path)
    store = Store.open(f"sqlite:///{path}")
    yield store
    await store.close()


@pytest.fixture
def news() -> Newsroom:
    """The newsroom of that day."""
    return newsroom_at()
