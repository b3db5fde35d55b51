"""Two workers over PostgreSQL: they share the work, no host notices that they are two, and what one drops the other takes up."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from tests.acceptance.processes import Process
from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import Origin, Reply
from tests.postgresql import Server

HOSTS = [f"127.0.0.{number}" for number in range(1, 4)]
SITE = "site: {title: T, url: 'http://localhost', contact: ops@example.org}\noutlets:\n"
MINUTE = 60_000_000  # in microseconds, as times are stored


def feed(title: str, *, drip: float = 0.0) -> Reply:
    body = f"<rss version='2.0'><channel><title>A</title><item><guid>{title}</guid><title>{title}</title></item></channel></rss>"
    return Reply(body=body.encode(), headers=(("Content-Type", "application/rss+xml"),), drip=drip)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(HOSTS) as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path, postgresql: Server) -> Iterator[Installation]:
    name = postgresql.create()
    yield Installation(folder=tmp_path, port=free_port(), database_url=postgresql.url(name))
    postgresql.drop(name)


@contextmanager
def running(installation: Installation, role: str, *, log: str) -> Iterator[Process]:
    process = installation.start(role, log=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_until(true: Callable[[], bool], *, seconds: float = 120) -> None:
    waiting, end = threading.Event(), time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        waiting.wait(0.05)


def set_up(installation: Installation, sources: dict[str, str]) -> None:
    lines = (
        f"  {id}: {{title: {id}, url: 'https://{id}.example/', sources: [{{url: '{url}', every: {{min: 1m, max: 1h}}}}]}}\n"
        for id, url in sources.items()
    )
    installation.write("all.yaml", SITE + "".join(lines))
    assert installation.run("db", "upgrade").returncode == 0
    with running(installation, "scheduler", log="scheduler"):
        wait_until(lambda: ask(installation, "SELECT count(*) FROM schedule") == str(len(sources)))


def test_no_host_is_asked_by_two_workers_at_once(installation: Installation, origin: Origin) -> None:
    paths = [(host, f"/{number}") for number in range(8) for host in HOSTS]
    urls = [origin.serve(path, feed(f"{host}{path}", drip=0.002), host=host) for host, path in paths]
    set_up(installation, {f"s{number}": url for number, url in enumerate(urls)})
    with running(installation, "worker", log="one"), running(installation, "worker", log="two"):
        wait_until(lambda: all(origin.asked(path, host=host) for host, path in paths))
    assert origin.most_at_once == dict.fromkeys(HOSTS, 1)
    shares = [(installation.folder / name).read_text().count("poll.fresh") for name in ("one", "two")]
    assert min(shares) > 0, "both had a part in it"


def test_what_a_killed_worker_had_is_taken_up_a_minute_later(installation: Installation, origin: Origin) -> None:
    set_up(installation, {"andes": origin.serve("/feed", Reply(raw=b"", hang=True), feed("news"))})
    with running(installation, "worker", log="one") as one, running(installation, "worker", log="two") as two:
        wait_until(lambda: bool(origin.requests))
        holder = ask(installation, "SELECT lease_owner FROM schedule").split(":")[1]
        killed = one if one.pid == int(holder) else two
        killed.send_signal(signal.SIGKILL)
        killed.wait(30)
        pass_time(installation, 0.9 * MINUTE)
        threading.Event().wait(5)  # ticks of the other
        assert len(origin.requests) == 1, "it may be alive"
        pass_time(installation, 0.1 * MINUTE)
        wait_until(lambda: ask(installation, "SELECT outcome FROM poll") == "fresh")
    assert len(origin.requests) == 2


def ask(installation: Installation, query: LiteralString) -> str:
    with psycopg.connect(installation.database_url) as connection:
        (value,) = connection.execute(query).fetchone() or ("",)
    return str(value)


def pass_time(installation: Installation, microseconds: float) -> None:
    """For what is stored of leases, and of the pause that was written before the request."""
    span = int(microseconds)
    with psycopg.connect(installation.database_url) as connection:
        connection.execute(
            "UPDATE schedule SET lease_until = lease_until - %s, not_before = not_before - %s", [span, span]
        )
        connection.execute("UPDATE host_turn SET until = until - %s", [span])
