"""An origin and a database for each test; how many requests it made goes into the report (`python -m bench etiquette`)."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.origin import Origin, running_origin


@pytest.fixture
async def origin(request: pytest.FixtureRequest) -> AsyncIterator[Origin]:
    async with running_origin([f"127.0.0.{number}" for number in range(1, 5)]) as running:
        yield running
        request.node.user_properties.append(("requests", len(running.requests)))


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Path:
    """A database that is set up and empty."""
    path = tmp_path / "aggregator.db"
    shutil.copyfile(sqlite_template, path)
    return path
