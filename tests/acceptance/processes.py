"""Processes of the command, asked for from the one that has it imported (see `command`); they run and end like any other."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Process:
    """A command that runs, with what of `subprocess.Popen` tests use."""

    def __init__(self, report: int) -> None:
        self._report = os.fdopen(report, "rb", buffering=0)
        self.pid = int(self._report.readline())
        self._code: int | None = None

    def poll(self, timeout: float = 0) -> int | None:
        """The exit code, the number of the signal below zero; None while it runs."""
        if self._code is None and select.select([self._report], [], [], timeout)[0]:
            self._code = int(self._report.readline())
            self._report.close()
        return self._code

    def wait(self, timeout: float = PATIENCE) -> int:
        if (code := self.poll(timeout)) is None:
            raise TimeoutError(f"the command still runs after {timeout:g} s")
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(
    words: Sequence[str],
    output: BinaryIO,
    errors: BinaryIO,
    *,
    days: float,
    environment: Mapping[str, str],
    folder: Path,
) -> Process:
    """A command at work in `folder`, its clock `days` ahead."""
    told, report = os.pipe()
    request = json.dumps([words, days, dict(environment), str(folder)]).encode()
    socket.send_fds(_imported(), [request], [output.fileno(), errors.fileno(), report])
    os.close(report)
    return Process(told)


def run(words: Sequence[str], *, days: float, environment: Mapping[str, str], folder: Path) -> Done:
    """A command from its start to its end."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = start(words, output, errors, days=days, environment=environment, folder=folder)
        try:
            return Done(process.wait(), _text(output), _text(errors))
        finally:
            process.kill()


def _text(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _imported() -> socket.socket:
    """Where processes are asked for; who answers ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    call = [sys.executable, "-m", "tests.acceptance.command", str(theirs.fileno())]
    with theirs:
        server = subprocess.Popen(call, pass_fds=[theirs.fileno()], cwd=ROOT, stdin=subprocess.DEVNULL)

    def end() -> None:
        ours.close()
        server.wait(30)

    atexit.register(end)
    return ours
