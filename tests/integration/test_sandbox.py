"""Workers that may be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aggregator.errors import FetchError, ParseError
from aggregator.sandbox.pool import Inline, Sandbox
from tests.integration import tasks


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests: starting workers takes longer than what they are asked here."""
    pool = Sandbox(workers=1, seconds=1, memory_bytes=600_000_000, output_bytes=1 << 20)
    yield pool
    asyncio.run(pool.close())


async def test_a_result_comes_back_and_so_do_errors_of_ours(sandbox: Sandbox) -> None:
    assert await sandbox.run(len, b"abc") == 3
    with pytest.raises(ParseError, match="this is not a feed"):
        await sandbox.run(tasks.refuse)
    with pytest.raises(FetchError) as caught:
        await sandbox.run(tasks.refuse_with_details)
    assert (caught.value.status, caught.value.permanent) == (410, True)
    with pytest.raises(ParseError, match="column 1: unknown field"):
        await sandbox.run(tasks.refuse_with_a_column)


async def test_an_error_that_nobody_foresaw_is_the_documents_own(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError, match="broke its reader: KeyError: 'no such thing'"):
        await sandbox.run(tasks.stumble)
    with pytest.raises(ParseError, match="broke its reader: KeyError: 'no such thing'"):
        await Inline().run(tasks.stumble)


async def test_a_worker_that_dies_hoards_or_spins_costs_its_own_task_alone(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError, match="exit code 7"):
        await sandbox.run(tasks.die)
    with pytest.raises(ParseError, match="memory"):
        await sandbox.run(tasks.hoard)
    with pytest.raises(ParseError, match="more than 1 s of the processor"):
        await sandbox.run(tasks.spin)
    with pytest.raises(ParseError, match="more than 1 s of the processor"):
        await sandbox.run(tasks.spin_in_c)
    with pytest.raises(ParseError, match="comes to more than 1 MiB"):
        await sandbox.run(tasks.overflow)
    assert await sandbox.run(len, b"abc") == 3


async def test_a_worker_that_is_stopped_from_outside_is_not_the_documents_fault(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    assert await sandbox.run(tasks.stopped_once, tmp_path / "mark") == "done"


async def test_a_task_that_does_nothing_ends_by_the_clock() -> None:
    pool = Sandbox(workers=1, clock_seconds=0.1)
    with pytest.raises(ParseError, match=r"more than 0\.1 s to read"):
        await pool.run(tasks.sleep)
    await pool.close()


async def test_a_worker_is_used_again_until_it_overran_and_then_replaced(sandbox: Sandbox) -> None:
    first = await sandbox.run(os.getpid)
    with pytest.raises(ParseError):
        await sandbox.run(tasks.overflow)
    assert await sandbox.run(os.getpid) == first
    with pytest.raises(ParseError):
        await sandbox.run(tasks.spin)
    assert await sandbox.run(os.getpid) != first


async def test_workers_that_are_killed_while_idle_are_replaced(sandbox: Sandbox) -> None:
    worker = await sandbox.run(os.getpid)
    os.kill(worker, signal.SIGKILL)
    assert await sandbox.run(len, b"abc") == 3


async def test_what_workers_are_forked_from_is_not_stopped_from_outside(sandbox: Sandbox) -> None:
    worker, parent = await sandbox.run(os.getpid), psutil.Process(await sandbox.run(os.getppid))
    parent.terminate()
    with pytest.raises(psutil.TimeoutExpired):
        await asyncio.to_thread(parent.wait, 0.5)
    assert await sandbox.run(os.getpid) == worker


async def test_closing_takes_no_time_and_cancels_what_runs_or_comes_later() -> None:
    pool = Sandbox(workers=1, seconds=60)
    task = asyncio.ensure_future(pool.run(tasks.spin_in_c))
    await asyncio.sleep(0)  # lets it begin
    started = time.monotonic()
    await pool.close()
    assert time.monotonic() - started < 2
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(asyncio.CancelledError):
        await pool.run(len, b"")


PARENT = """
import asyncio, contextlib, os, signal
from aggregator.sandbox.pool import Sandbox
from tests.integration.tasks import spin

async def main():
    sandbox = Sandbox(workers=2, seconds=3)
    task = asyncio.ensure_future(sandbox.run(spin))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    print(await sandbox.run(os.getpid), flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        await sandbox.close()

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it from birth
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent_and_say_nothing(sent: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().strip().isdecimal()
    if sent is signal.SIGINT:
        os.killpg(parent.pid, sent)  # as Ctrl-C in a terminal does: to every process of the group
    else:
        parent.kill()
    # The pipes close when the last worker is gone.
    _, words = parent.communicate(timeout=120)
    assert "Traceback" not in words, words


@pytest.mark.parametrize(("error", "told"), [("FileNotFoundError", False), ("EOFError", False), ("KeyError", True)])
def test_a_worker_begun_while_its_pool_is_stopped_says_nothing_of_what_it_no_longer_finds(
    error: str, told: bool
) -> None:
    program = f"import aggregator.sandbox.forking; raise {error}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ("Traceback" in done.stderr) is told
