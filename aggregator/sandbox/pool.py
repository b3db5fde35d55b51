"""The pool of killable workers that parsing runs in: limits on processor time, memory and output, and only the guilty document
pays."""

from __future__ import annotations

import asyncio
import copy
import functools
import importlib
import math
import multiprocessing
import pickle
import resource
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from typing import Any, ParamSpec, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from aggregator.errors import AggregatorError, ParseError

log = structlog.get_logger(__name__)

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")

# A worker is replaced after so many documents: whatever leaks in a parser stays small.
_MOST_TASKS = 2_000
MIB = 1 << 20


class Sandbox:
    """`workers` processes; a task may take `seconds` of the processor and `clock_seconds` by the clock (on a busy machine it
    waits for the processor), its worker `memory_bytes` of address space, and what it returns `output_bytes`.

    The modules in `preload` are imported when a worker starts, not in the time of its first task.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        seconds: float = 10.0,
        clock_seconds: float = 60.0,
        memory_bytes: int = 512 * MIB,
        output_bytes: int = 64 * MIB,
        preload: Sequence[str] = (),
    ) -> None:
        self._workers, self._seconds, self._clock, self._output = workers, seconds, clock_seconds, output_bytes
        self._initargs = (memory_bytes, tuple(preload))
        self._running: set[Future[Any]] = set()
        self._closed = False
        self._pool = self._start()

    async def run(self, function: Callable[_Args, _Result], /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        """`function(…)` in a worker. Raises what it raises of ours, and ParseError when it takes too long, too much,
        takes its worker down or breaks in any other way."""
        call = functools.partial(_work, functools.partial(function, *args, **kwargs), self._seconds, self._output)
        for attempt in (1, 2):
            pool = self._pool
            try:
                result: _Result = await self._once(pool, call)
                return result
            except _InterruptedError:
                # Not the document's doing: once more, in a new pool where the old one is beyond use.
                await self._replace(pool)
                log.warning("sandbox.interrupted", attempt=attempt)
        raise ParseError("the document was not read: its reader was stopped twice")

    async def _once(self, pool: ProcessPool, call: Callable[[], _Packed]) -> Any:
        if self._closed:
            raise asyncio.CancelledError("the sandbox is closed")
        try:
            future = pool.schedule(call, timeout=self._clock)
        except RuntimeError as error:
            raise _InterruptedError from error
        self._running.add(future)
        try:
            result = await asyncio.wrap_future(future)
        except TimeoutError:
            raise ParseError(f"the document took more than {self._clock:g} s to read") from None
        except MemoryError:
            raise ParseError("the document took too much memory to read") from None
        except _BrokenError as error:
            log.error("document.broke_reader", traceback=str(error))
            raise ParseError(f"the document broke its reader: {str(error).splitlines()[-1][:200]}") from None
        except ProcessExpired as error:
            if abs(error.exitcode or 0) == signal.SIGTERM:
                raise _InterruptedError from error
            if abs(error.exitcode or 0) == signal.SIGXCPU:
                raise ParseError(f"the document took more than {self._seconds:g} s of the processor to read") from None
            raise ParseError(f"the document took its reader down (exit code {error.exitcode})") from None
        except BrokenProcessPool as error:
            raise _InterruptedError from error
        finally:
            self._running.discard(future)
        return result

    def _start(self) -> ProcessPool:
        """A new pool, its workers on their way."""
        # Forked from a process that has imported what they need and done nothing: of ours they would inherit threads' locks
        # and sockets, and one that takes over from a killed one is there at once.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["aggregator.sandbox.forking", "__main__", *self._initargs[1]])
        pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=_MOST_TASKS,
            initializer=_limit,
            initargs=self._initargs,
            context=context,
        )
        # Workers, and pebble's threads that start later ones, inherit the mask: Ctrl-C is the parent's affair,
        # also while a worker still imports.
        resource_tracker.ensure_running()  # which unblocks SIGINT when it has to start
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            assert pool.active
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pool

    async def _replace(self, pool: ProcessPool) -> None:
        if self._pool is pool and not pool.active and not self._closed:
            self._pool = self._start()
            await _stop(pool)

    async def close(self) -> None:
        """Stop the workers; what they were at is cancelled: lost now, and polled again."""
        self._closed = True
        for future in tuple(self._running):
            future.cancel()
        await _stop(self._pool)


class Inline:
    """Sandbox without walls, for tests: the same answers, in this process."""

    async def run(self, function: Callable[_Args, _Result], /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        """`function(…)` here and now."""
        try:
            return function(*args, **kwargs)
        except AggregatorError:
            raise
        except Exception as error:
            raise ParseError(f"the document broke its reader: {type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Nothing to stop."""


class _InterruptedError(Exception):
    """A worker was stopped from outside, or its whole pool."""


class _BrokenError(Exception):
    """A task ended in an error that is not of ours; its one argument is the traceback."""


async def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble's types are partial
    await asyncio.to_thread(pool.join)


def _limit(memory_bytes: int, preload: tuple[str, ...]) -> None:
    """What each worker does first. SIGTERM ends it at once, also within C code: pebble would wait seconds for its handler."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    for module in preload:
        importlib.import_module(module)


class _Packed:
    """A result on its way: pickled here, where its size is known before it is sent, unpacked where pebble receives it."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        return pickle.loads, (self._packed,)


def _work(call: Callable[[], _Result], seconds: float, most: int) -> _Packed:
    """What a worker does with a task: only results and errors that survive the way back leave it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # The kernel keeps this limit in whole seconds, and also when our parent was killed and nobody else stops us.
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime + seconds), hard))
    try:
        packed = pickle.dumps(call(), pickle.HIGHEST_PROTOCOL)
        if len(packed) > most:
            raise ParseError(f"the document comes to more than {most // MIB} MiB when it is read")
        return _Packed(packed)
    except MemoryError:
        raise
    except AggregatorError as error:
        raise _portable(error) from None
    except Exception as error:
        raise _BrokenError("".join(traceback.format_exception(error)).rstrip()) from None
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _portable(error: AggregatorError) -> AggregatorError:
    """`error` itself if it can be rebuilt in another process: pickling, like copying, calls its class with `args` alone."""
    try:
        return copy.copy(error)
    except TypeError:
        return ParseError(str(error))
