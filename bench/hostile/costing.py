"""A document → what reading it took: run in a worker, which tells of itself."""

from __future__ import annotations

import pickle
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.errors import AggregatorError
from aggregator.model import Source
from aggregator.normalize import Rules
from aggregator.sandbox.reading import read, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`verdict` is `read`, or `refused:` and why; `peak_bytes` of the whole worker, `result_bytes` as it is handed back."""

    verdict: str
    processor_seconds: float
    seconds: float
    peak_bytes: int
    result_bytes: int


def read_as_feed(body: bytes, content_type: str, source: Source, rules: Rules, now: datetime) -> Cost:
    """As a poll reads it."""
    return _costed(lambda: read(body, content_type=content_type, url=source.url, source=source, rules=rules, now=now))


def read_as_page(body: bytes, content_type: str, source: Source, _rules: Rules, now: datetime) -> Cost:
    """As an article's page is read, its text too."""
    return _costed(lambda: read_page(body, content_type=content_type, url=source.url, now=now, want_text=True))


def _costed(work: Callable[[], Any]) -> Cost:
    _forget_peak()
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    verdict, size = "read", 0
    try:
        size = len(pickle.dumps(work()))
    except AggregatorError as error:
        verdict = f"refused: {error}"
    after = resource.getrusage(resource.RUSAGE_SELF)
    return Cost(
        verdict=verdict,
        processor_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        seconds=time.perf_counter() - started,
        peak_bytes=_peak(),
        result_bytes=size,
    )


def _forget_peak() -> None:
    """Linux: the high-water mark of memory begins again (proc_pid_clear_refs(5))."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
