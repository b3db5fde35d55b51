"""Every public feed, page and OPML → a folder of files for any web server."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from aggregator.errors import AggregatorError
from aggregator.model import ChannelKind
from aggregator.publish import PLAIN
from aggregator.web import opml, pages
from aggregator.web.channels import is_listed
from aggregator.web.desk import Desk
from aggregator.web.links import FEED_FORMATS
from aggregator.web.templating import STATIC

_INDEX = "index.html"
_MARK = ".aggregator-export"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the mirror: `path` below the folder; `modified` where its content has a time of its own, which web servers
    then send as Last-Modified: readers of a feed that did not change get a 304."""

    path: str
    body: bytes
    modified: datetime | None = None


async def write(desk: Desk, folder: Path) -> int:
    """Write all files aside and put them in the place of `folder` when complete: nobody sees half an export.
    Returns the number of files. A folder that holds something else than an export of ours is left alone."""
    await asyncio.to_thread(_refuse_others, folder)
    swapped = await asyncio.to_thread(_can_be_swapped, folder)
    aside = folder.with_name(f".{folder.name}.{token_hex(4)}") if swapped else folder / f".{token_hex(4)}"
    count = 0
    try:
        await asyncio.to_thread(_put, aside, File(path=_MARK, body=b""))
        async for file in files(desk):
            await asyncio.to_thread(_put, aside, file)
            count += 1
        await asyncio.to_thread(_swap if swapped else _pour, aside, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)
    return count


async def files(desk: Desk) -> AsyncIterator[File]:
    """Every file of the mirror."""
    yield File(path=_INDEX, body=(await pages.front_page(desk, static=True)).encode())
    for kind in ChannelKind:
        yield File(path=f"{kind.folder}/{_INDEX}", body=(await pages.list_page(desk, kind, static=True)).encode())
        yield File(path=f"{kind.folder}.opml", body=await opml.of_kind(desk, kind))
        for line in await desk.store.listing(kind):
            if is_listed(desk, line) and can_be_a_file(line.slug):
                async for file in _channel(desk, kind, line.slug):
                    yield file
    yield File(path="opml", body=await opml.everything(desk))
    for asset in await asyncio.to_thread(lambda: sorted(STATIC.iterdir())):
        yield File(path=f"static/{asset.name}", body=await asyncio.to_thread(asset.read_bytes))


async def _channel(desk: Desk, kind: ChannelKind, slug: str) -> AsyncIterator[File]:
    """A channel's page and its feeds."""
    html = await pages.channel_page(desk, kind, slug, static=True)
    if not isinstance(html, str):
        return
    yield File(path=f"{kind.folder}/{slug}/{_INDEX}", body=html.encode())
    for format in FEED_FORMATS:
        edition = await desk.feed(kind, slug, format)
        body = await desk.body(edition, PLAIN) if edition is not None else None
        if edition is not None and body is not None:
            yield File(path=f"{kind.folder}/{slug}.{format}", body=body, modified=edition.last_modified)


def can_be_a_file(slug: str) -> bool:
    """Slugs are made of letters, digits and hyphens; were one not, it must not lead out of the folder or hide in it."""
    return bool(slug) and slug[0] != "." and not set(slug) & set("/\\\0")


def _refuse_others(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise AggregatorError(f"{folder} is not empty and no export of ours: name another folder, or empty it")


def _can_be_swapped(folder: Path) -> bool:
    """Not where the folder is a mounted volume, as in a container: it cannot be renamed (rename(2), EBUSY)."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return not folder.is_mount() and os.access(folder.parent, os.W_OK)


def _put(folder: Path, file: File) -> None:
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.body)
    if file.modified is not None:
        seconds = int(file.modified.timestamp())
        os.utime(path, (seconds, seconds))


def _swap(made: Path, folder: Path) -> None:
    """Two renames: a folder cannot replace one that is not empty (rename(2))."""
    old = folder.with_name(f".{folder.name}.old.{token_hex(4)}")
    had = folder.exists()
    if had:
        folder.rename(old)
    made.rename(folder)
    if had:
        shutil.rmtree(old, ignore_errors=True)


def _pour(made: Path, folder: Path) -> None:
    """File by file, each whole at every moment; then what is no longer exported goes."""
    fresh = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    for path in sorted(fresh):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).replace(folder / path)
    held = [path for path in folder.rglob("*") if made not in path.parents and path != made]
    for path in sorted(held, reverse=True):
        if path.is_dir():
            _remove_if_empty(path)
        elif path.relative_to(folder) not in fresh:
            path.unlink()


def _remove_if_empty(path: Path) -> None:
    if not any(path.iterdir()):
        path.rmdir()
