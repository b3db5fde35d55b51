"""What workers are asked to do in tests of the sandbox: nothing heavy to import, for each new worker does."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from aggregator.errors import FetchError, ParseError, QueryError


def spin() -> None:
    while True:
        pass


def spin_in_c() -> int:
    return sum(range(10**12))


def sleep() -> None:
    time.sleep(60)


def overflow() -> bytes:
    return bytes(2_000_000)


def hoard() -> int:
    return len(bytearray(2_000_000_000))


def die() -> None:
    os._exit(7)


def refuse() -> None:
    raise ParseError("this is not a feed")


def refuse_with_details() -> None:
    raise FetchError("HTTP 410 Gone", status=410, permanent=True)


def refuse_with_a_column() -> None:
    raise QueryError("unknown field", query="a:b", column=1)


def stumble() -> None:
    raise KeyError("no such thing")


def stopped_once(mark: Path) -> str:
    """Stopped from outside the first time, as a service manager stops every process of a service."""
    if mark.exists():
        return "done"
    mark.touch()
    os.kill(os.getpid(), signal.SIGTERM)
    return "never"
