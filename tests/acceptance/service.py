"""The command as its user runs it: an origin that serves, a folder of configuration, subprocesses, HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.processes import ROOT, Done, Process, run, start
from tests.origin import Origin, running_origin


@contextmanager
def origin_thread(hosts: list[str]) -> Iterator[Origin]:
    """A running origin beside a test that is not asynchronous."""
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    made: list[Origin] = []

    async def serve() -> None:
        async with running_origin(hosts) as origin:
            made.append(origin)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield made[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A folder with a configuration and a database, and the command that works on it."""

    folder: Path
    port: int
    database_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "AGGREGATOR_CONFIG": str(self.folder / "config"),
            "AGGREGATOR_DATABASE_URL": self.database_url or f"sqlite:///{self.folder}/aggregator.db",
            "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
            "AGGREGATOR_PORT": str(self.port),
            "AGGREGATOR_LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AGGREGATOR_")}
        return kept | own

    def write(self, name: str, text: str) -> None:
        path = self.folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *words: str, days: float = 0) -> Done:
        """Run a command to its end."""
        return run(words, days=days, environment=self.environment, folder=self.folder)

    def start(self, *words: str, days: float = 0, log: str = "log") -> Process:
        """Start a command that stays; its log goes to the file `log` in the folder."""
        with (self.folder / log).open("ab") as file:
            return start(words, file, file, days=days, environment=self.environment, folder=self.folder)

    @contextmanager
    def serving(self, *words: str, days: float = 0) -> Iterator[None]:
        """`serve` (or `words`) while the block runs; it has to answer first and to end well."""
        process = self.start(*(words or ("serve",)), days=days)
        try:
            self.wait_until_ready(process)
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0, self.log()

    def wait_until_ready(self, process: Process) -> None:
        def ready() -> bool:
            assert process.poll() is None, self.log()
            try:
                return self.get("/readyz").status == 200
            except OSError:
                return False

        wait_for(ready, self.log)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-5000:]

    def get(self, path: str, **headers: str) -> Answer:
        """GET a path; every status is an answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=named)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, dict(response.headers.items()), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers.items()), error.read())


def wait_for(true: Callable[[], object], log: Callable[[], str] = lambda: "waited in vain") -> None:
    """Until `true()` is; at most two minutes."""
    waiting = threading.Event()
    for _ in range(2400):
        if true():
            return
        waiting.wait(0.05)
    raise AssertionError(log())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
