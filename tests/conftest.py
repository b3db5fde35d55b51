"""What tests of several parts share: databases, empty and set up."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from aggregator.store import Store
from tests.postgresql import Server, running

# How long an example takes says more of the machine, and of what else it does, than of the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones differ from second to second, and workers must collect the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One PostgreSQL a test process."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Server) -> str:
    """The name of a database that is set up, to be copied."""
    name = postgresql.create()
    asyncio.run(_migrate(postgresql.url(name)))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is set up, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


async def _migrate(url: str) -> None:
    store = Store.open(url)
    await store.migrate()
    await store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Every test of the store runs on both databases."""
    return str(request.param)


@pytest.fixture
def empty_database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is yet."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'aggregator.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is set up."""
    if backend == "sqlite":
        path = tmp_path / "aggregator.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgresql")
    name = server.create(template=request.getfixturevalue("postgresql_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A store that is set up."""
    opened = Store.open(database_url)
    yield opened
    await opened.close()
