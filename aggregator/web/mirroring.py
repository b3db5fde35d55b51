"""The files of a static mirror → a folder for any web server, brought up to date file by file.

Each file is whole at every moment (it is written aside and renamed), what did not change is not touched, what is gone is
removed, and what leads somewhere is written after what it leads to. Beside each file lie its compressed forms.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.model import ChannelKind
from aggregator.publish import CODINGS
from aggregator.web.desk import Desk
from aggregator.web.files import Address, File, Kept, channel, channels, lists

MARK = ".aggregator-export"
SUFFIXES = {"zstd": ".zst", "br": ".br", "gzip": ".gz"}
_ASIDE = ".aside-"
# New articles change the newest archive pages of a channel. Older ones are looked at when something left the channel, an
# operator decided or the configuration changed, and else so often: for corrections, and what a new source brought.
_LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of a mirror: how many files it has (without compressed forms), and how many were written and removed."""

    files: int
    written: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class _Written:
    """A channel as it is in the mirror: of which version, its files, and as of what and when all its archive pages were
    looked at."""

    version: tuple[int, str]
    size: int
    paths: frozenset[str]
    as_of: tuple[str, datetime | None]
    at: datetime


class Mirror:
    """A folder that says what the service says. Kept by one process, it renders only what changed since it looked last."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk, self._folder = desk, folder
        self._as_of: tuple[str, str] | None = None
        self._channels: dict[Address, _Written] = {}
        self._said: dict[str, str] = {}
        self._files = 0

    async def refresh(self) -> Refreshed:
        """Bring the folder up to date. Raises AggregatorError for one that holds something else than an export of ours."""
        as_of = (await self._desk.store.fingerprint(), self._desk.newsroom().digest)
        if as_of == self._as_of:
            return Refreshed(files=self._files)
        await asyncio.to_thread(_prepare, self._folder)
        with _alone(self._folder):
            present, written = set[str](), 0
            async for file in self._wanted():
                present.add(file.path)
                if isinstance(file, File):
                    written += await asyncio.to_thread(_put, self._folder, file)
            removed = await asyncio.to_thread(_sweep, self._folder, present)
        self._said = {path: said for path, said in self._said.items() if path in present}
        self._as_of, self._files = as_of, len(present)
        return Refreshed(files=len(present), written=written, removed=removed)

    async def _wanted(self) -> AsyncIterator[File | Kept]:
        known, self._channels = self._channels, {}
        async for address in channels(self._desk):
            async for file in self._channel(address, known.get(address)):
                yield file
        async for file in lists(self._desk):
            yield file

    async def _channel(self, address: Address, before: _Written | None) -> AsyncIterator[File | Kept]:
        state = await self._desk.store.channel(*address)
        if state is None:
            return
        version = (state.version, self._desk.newsroom().digest)
        # A section's page counts the articles of those below it.
        if before is not None and before.version == version and address[0] is not ChannelKind.SECTION:
            for path in before.paths:
                yield Kept(path)
            self._channels[address] = before
            return
        now, as_of = self._desk.now(), (self._desk.newsroom().digest, await self._decided())
        fresh = before is not None and before.as_of == as_of and now < before.at + _LOOK_AGAIN
        shallow = before if before is not None and fresh and state.size >= before.size else None
        paths = set[str]()
        async for file in channel(self._desk, address, self._said, shallow.paths if shallow else frozenset()):
            paths.add(file.path)
            yield file
        at = shallow.at if shallow else now
        self._channels[address] = _Written(version, state.size, frozenset(paths), as_of, at)

    async def _decided(self) -> datetime | None:
        """When an operator last decided something of articles."""
        return next((decision.at for decision in await self._desk.store.decisions(1)), None)


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise AggregatorError(f"{folder} is not empty and no export of ours: name another folder, or empty it")
    (folder / MARK).touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two who write one mirror would remove each other's files."""
    with (folder / MARK).open() as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AggregatorError(f"another process writes {folder} right now: let it end, or stop it") from error
        yield


def _put(folder: Path, file: File) -> bool:
    """Write a file and its compressed forms; False where it is there already as it shall be."""
    path = folder / file.path
    forms = {coding: path.with_name(path.name + suffix) for coding, suffix in SUFFIXES.items()}
    if path.is_file() and path.read_bytes() == file.body and all(form.is_file() for form in forms.values()):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    for coding, form in forms.items():
        _replace(form, file.packed.get(coding) or CODINGS[coding](file.body), file)
    _replace(path, file.body, file)
    return True


def _replace(path: Path, body: bytes, file: File) -> None:
    """rename(2) is atomic: whoever opens the path has the old file or the new one, whole."""
    aside = path.with_name(f"{_ASIDE}{path.name}")
    aside.write_bytes(body)
    if file.modified is not None:
        seconds = int(file.modified.timestamp())
        os.utime(aside, (seconds, seconds))
    aside.replace(path)


def _sweep(folder: Path, present: set[str]) -> int:
    """Remove what is not exported any more, and folders that became empty; how many files went."""
    wanted = present | {path + suffix for path in present for suffix in SUFFIXES.values()} | {MARK}
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in wanted:
            path.unlink()
            removed += path.suffix not in SUFFIXES.values()
    return removed
