"""A request → how many of it a server answers in a while over many connections, or how long each takes over one."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from bench.report import spread


def request(path: str, **headers: str) -> bytes:
    """The bytes of a GET that keeps the connection."""
    extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n".encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of one answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split(" ")[1])
    if headers.get("transfer-encoding") == "chunked":
        return status, headers, await _chunks(reader)
    length = int(headers.get("content-length", 0)) if status != 304 else 0
    return status, headers, await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def once(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """One answer."""

    async def body() -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        writer.write(sent)
        try:
            return await answer(reader)
        finally:
            writer.close()

    return uvloop.run(body())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that is asked again and again, and what each answer to it must be: `size` is that of its body."""

    path: str
    headers: dict[str, str]
    status: int
    size: int


def generator(seconds: float) -> str:
    """Who asks for so long: wrk where it is installed, which takes less of the processor and counts in whole seconds; else we."""
    if _wrk_can(seconds):
        return "asked by wrk"
    return f"asked by our own load, {'wrk wants a second' if shutil.which('wrk') else 'wrk is not installed'}"


def _wrk_can(seconds: float) -> bool:
    return seconds >= 1 and shutil.which("wrk") is not None


def throughput(port: int, question: Question, *, seconds: float, connections: int) -> tuple[int, float]:
    """How many answers came and in how many seconds."""
    if _wrk_can(seconds):
        return _wrk(port, question, seconds=seconds, connections=connections)
    return _ourselves(port, question, seconds=seconds, connections=connections)


_SUMMARY = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("\\nRESULT %d %d %d %d\\n", summary.requests, summary.duration, summary.bytes,
                         e.connect + e.read + e.write + e.status + e.timeout))
end
"""
# Of header fields; what is more than these was not the answer asked for.
_MOST_HEAD = 1500


def _wrk(port: int, question: Question, *, seconds: float, connections: int) -> tuple[int, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SUMMARY)
        script.flush()
        headers = [f"-H{name.replace('_', '-')}: {value}" for name, value in question.headers.items()]
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", f"-s{script.name}", *headers,
             f"http://127.0.0.1:{port}{question.path}"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    answers, microseconds, size, errors = map(int, done.stdout.rpartition("RESULT ")[2].split())
    assert errors == 0, f"{errors} of {answers} answers were errors"
    body = size / answers - question.size
    assert 0 <= body <= _MOST_HEAD, f"answers of {size / answers:.0f} bytes to a question for {question.size}"
    return answers, microseconds / 1_000_000


def _ourselves(port: int, question: Question, *, seconds: float, connections: int) -> tuple[int, float]:
    sent, status, size = request(question.path, **question.headers), question.status, question.size

    async def client(until: float) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        done = 0
        while time.perf_counter() < until:
            writer.write(sent)
            got, _, body = await answer(reader)
            assert (got, len(body)) == (status, size), f"answered {got} with {len(body)} bytes"
            done += 1
        writer.close()
        return done

    async def body() -> tuple[int, float]:
        started = time.perf_counter()
        counts = await asyncio.gather(*(client(started + seconds) for _ in range(connections)))
        return sum(counts), time.perf_counter() - started

    return uvloop.run(body())


def latency(port: int, requests: Sequence[bytes], *, rounds: int) -> dict[str, float | int]:
    """How long each of `requests` takes, one after the other over one connection: the first time, when nothing is
    remembered yet, and in `rounds` further rounds."""

    async def body() -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        took = []
        for sent in list(requests) * (rounds + 1):
            started = time.perf_counter()
            writer.write(sent)
            status, _, said = await answer(reader)
            took.append(time.perf_counter() - started)
            assert status == 200, f"answered {status}: {said[:200]!r}"
        writer.close()
        return took

    took = uvloop.run(body())
    first, later = took[: len(requests)], took[len(requests) :]
    return {"ms first": round(statistics.median(first) * 1000, 2)} | spread(later)
