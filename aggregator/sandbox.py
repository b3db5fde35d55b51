"""The pool of killable workers that parsing runs in: limits on time and memory, and only the guilty document pays."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from aggregator.errors import ParseError

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


def _limit(memory_bytes: int) -> None:
    """What each worker does first: no more memory than this, and signals for the terminal's group are the parent's affair."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Sandbox:
    """`workers` processes; a task may take `seconds` and its worker `memory_bytes` of address space."""

    def __init__(self, *, workers: int = 2, seconds: float = 20.0, memory_bytes: int = 1 << 30) -> None:
        self._seconds = seconds
        # Started fresh, not forked: a fork would inherit our threads' locks and our sockets.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(
            max_workers=workers, max_tasks=2_000, initializer=_limit, initargs=(memory_bytes,), context=context
        )

    async def run(self, function: Callable[_Args, _Result], /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        """`function(…)` in a worker. Raises ParseError when it takes too long, too much, or takes its worker down."""
        call = functools.partial(function, *args, **kwargs)
        future = self._pool.schedule(call, timeout=self._seconds)
        try:
            result: _Result = await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeoutError):
            raise ParseError(f"the document took more than {self._seconds:g} s to read") from None
        except MemoryError:
            raise ParseError("the document took too much memory to read") from None
        except ProcessExpired as error:
            raise ParseError(f"the document took its reader down (exit code {error.exitcode})") from None
        return result

    async def close(self) -> None:
        """Stop the workers; what they were at is lost and polled again."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble's types are partial
        await asyncio.to_thread(self._pool.join)
