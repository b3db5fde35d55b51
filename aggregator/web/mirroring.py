"""The files of a static mirror → a folder for any web server, brought up to date file by file.

Each file is whole at every moment (it is written aside and renamed), what did not change is not touched, what is gone is
removed, and what leads somewhere is written after what it leads to. Beside each file lie its compressed forms. The mark in the
folder names what was written: nothing else is ever removed, for people put files of their own beside ours.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from aggregator.errors import AggregatorError
from aggregator.model import ChannelKind
from aggregator.publish import CODINGS
from aggregator.web.desk import Desk
from aggregator.web.files import Address, File, Kept, channel, channels, lists

MARK = ".aggregator-export"
SUFFIXES = {"zstd": ".zst", "br": ".br", "gzip": ".gz"}
_ASIDE = f"{MARK}.aside"  # one for all files: there is one writer
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
            ours = await asyncio.to_thread(_ours, self._folder)
            present, written = set[str](), 0
            async for file in self._wanted():
                present.add(file.path)
                if isinstance(file, File):
                    written += await asyncio.to_thread(_put, self._folder, file, ours)
            removed = await asyncio.to_thread(_sweep, self._folder, ours, present)
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
    if not (folder / MARK).exists():
        (folder / MARK).touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two who write one mirror would remove each other's files. The folder is locked, for the mark is replaced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AggregatorError(f"another process writes {folder} right now: let it end, or stop it") from error
        yield
    finally:
        os.close(handle)


def _ours(folder: Path) -> set[str]:
    """The files that exports wrote, by the mark: a name a line. One that says nothing is new, or of a version that kept no
    list: theirs are the files that lie beside all their compressed forms."""
    *named, cut_off = (folder / MARK).read_bytes().decode(errors="replace").split("\n")
    if named and not cut_off:
        return set(named)
    if not named:
        plain = (path.with_suffix("") for path in folder.rglob("*.zst"))
        found = (path.relative_to(folder).as_posix() for path in plain if all(form.is_file() for form in _forms(path)))
        named = [name for name in found if "/." not in f"/{name}"]
    _remember(folder, named)  # a name that a kill cut off is of a file not yet there
    return set(named)


def _remember(folder: Path, names: Iterable[str]) -> None:
    _replace(folder, folder / MARK, "".join(f"{name}\n" for name in sorted(names)).encode())


def _forms(path: Path) -> tuple[Path, ...]:
    """A file and its compressed forms."""
    return path, *(path.with_name(path.name + suffix) for suffix in SUFFIXES.values())


def _put(folder: Path, file: File, ours: set[str]) -> bool:
    """Write a file and its compressed forms; False where it is there already as it shall be."""
    if file.path not in ours:
        # Named before it is there: whatever interrupts us, a later export knows whose it is.
        with (folder / MARK).open("a", encoding="utf-8") as mark:
            mark.write(f"{file.path}\n")
        ours.add(file.path)
    plain, *packed = _forms(folder / file.path)
    if plain.is_file() and plain.read_bytes() == file.body and all(form.is_file() for form in packed):
        return False
    plain.parent.mkdir(parents=True, exist_ok=True)
    for coding, form in zip(SUFFIXES, packed, strict=True):
        _replace(folder, form, file.packed.get(coding) or CODINGS[coding](file.body), file.modified)
    _replace(folder, plain, file.body, file.modified)
    return True


def _replace(folder: Path, path: Path, body: bytes, modified: datetime | None = None) -> None:
    """rename(2) is atomic: whoever opens the path has the old file or the new one, whole."""
    aside = folder / _ASIDE
    aside.write_bytes(body)
    if modified is not None:
        seconds = int(modified.timestamp())
        os.utime(aside, (seconds, seconds))
    aside.replace(path)


def _sweep(folder: Path, ours: set[str], present: set[str]) -> int:
    """Remove what exports wrote and is not exported any more, and the folders that this leaves empty; how many files went."""
    removed = 0
    for name in ours - present:
        removed += (folder / name).is_file()
        for form in filter(Path.is_file, _forms(folder / name)):
            form.unlink()
        for above in PurePath(name).parents[:-1]:
            with suppress(OSError):  # something lies in it
                (folder / above).rmdir()
    (folder / _ASIDE).unlink(missing_ok=True)
    if ours != present:
        _remember(folder, present)
    return removed
