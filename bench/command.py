"""A command line → what it took: time, processor, memory of its whole tree; or a running server for as long as it is needed."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one command: seconds of wall clock and processor, peak bytes of its tree (PSS counts shared pages once)."""

    seconds: float
    processor_seconds: float
    peak_pss: int
    peak_rss: int


# Seconds of the processor in each of the clock: it looks for changes ten times a second.
_NOTHING = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A server that runs."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What it took of the processor since it started."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def rest(self) -> None:
        """Waits until it does nothing: what a poll brought is rendered then."""
        before = -1.0
        while (spent := self.processor_seconds()) - before > _NOTHING:
            before = spent
            time.sleep(1)


def environment(folder: Path) -> dict[str, str]:
    """The settings of a service that lives in `folder` and may reach the bench's origin."""
    return os.environ | {
        "AGGREGATOR_CONFIG": str(folder / "config"),
        "AGGREGATOR_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_LOG_LEVEL": "error",
    }


def aggregator(*arguments: str) -> list[str]:
    """The command, by the interpreter that runs the bench."""
    return [sys.executable, "-c", "import sys; from aggregator.cli import main; sys.exit(main())", *arguments]


def run(command: list[str], folder: Path) -> Cost:
    """Run `command` to its end; raises when it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, env=environment(folder), stdout=subprocess.DEVNULL)
    peak_pss = peak_rss = 0
    while process.poll() is None:
        pss, rss = memory(process.pid)
        peak_pss, peak_rss = max(peak_pss, pss), max(peak_rss, rss)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_EVERY)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[3:])} ended with {process.returncode}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds=seconds, processor_seconds=spent, peak_pss=peak_pss, peak_rss=peak_rss)


def memory(pid: int) -> tuple[int, int]:
    """Bytes of a process and all below it: PSS and RSS."""
    pss = rss = 0
    with suppress(psutil.Error):
        for process in [root := psutil.Process(pid), *root.children(recursive=True)]:
            with suppress(psutil.Error):
                memory = process.memory_full_info()
                pss, rss = pss + memory.pss, rss + memory.rss
    return pss, rss


@contextmanager
def server(folder: Path) -> Iterator[Serving]:
    """`aggregator serve` on a free port, as a process of its own, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(aggregator("serve", "--port", str(port)), env=environment(folder))
    try:
        _wait_for(port, process)
        yield Serving(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"aggregator serve ended with {process.returncode}")
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("aggregator serve does not answer")
