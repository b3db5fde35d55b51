"""The real command, each time in a process of its own, its clock some days ahead.

What a process of the command costs is a second of imports, and tests start hundreds. So one process imports the program, and does
nothing with it; it is asked over a socket and forks: `python -m tests.acceptance.command SOCKET`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta

# A worker of the sandbox reads this module too, as the main one of its parent: it shall not pay for what it does not need.
_PROGRAM = ("aggregator.cli.run", "aggregator.cli.serve", "aggregator.app", "aggregator.web.application", "uvloop")
_MOST_BYTES = 1 << 16


def forked(requests: socket.socket) -> tuple[list[str], float] | None:
    """In the process of a command, its words and its days; None where whoever asked has gone.

    A request is the words, days, environment and folder, with where its output and its errors go and where its process id
    and then its exit code are reported.
    """
    assert threading.active_count() == 1, "a fork would lose the others"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    while (received := socket.recv_fds(requests, _MOST_BYTES, 3))[0]:
        request, descriptors, *_ = received
        if os.fork() == 0:
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _watched(json.loads(request), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
    return None


def _watched(
    request: tuple[list[str], float, dict[str, str], str], output: int, errors: int, report: int
) -> tuple[list[str], float]:
    words, days, environment, folder = request
    if process := os.fork():
        os.write(report, b"%d\n" % process)
        _, status = os.waitpid(process, 0)
        os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.close(report)
    for source, target in ((output, 1), (errors, 2)):
        os.dup2(source, target)
        os.close(source)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return words, days


def run(words: list[str], days: float) -> int:
    """The command, as its entry point runs it."""
    from aggregator import app
    from aggregator.cli import main

    # app.py is the only place that reads the clock, so moving it there moves it everywhere.
    app.now = lambda: datetime.now(UTC) + timedelta(days=days)  # noqa: TID251
    sys.argv[1:] = words
    return main()


if __name__ == "__main__":
    for name in _PROGRAM:
        importlib.import_module(name)
    gc.freeze()  # what was imported stays shared
    if (asked := forked(socket.socket(fileno=int(sys.argv[1])))) is not None:
        sys.exit(run(*asked))
