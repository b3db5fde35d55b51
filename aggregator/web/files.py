"""Every public feed, page and OPML → a folder of files for any web server."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

from aggregator.model import ChannelKind
from aggregator.web import opml, pages
from aggregator.web.channels import is_listed
from aggregator.web.desk import Desk
from aggregator.web.links import FEED_FORMATS
from aggregator.web.templating import STATIC

_INDEX = "index.html"


async def write(desk: Desk, folder: Path) -> int:
    """Write all files beside `folder` and put them in its place when complete: nobody sees half an export.
    Returns the number of files. A folder that holds something else than an export of ours is left alone."""
    await asyncio.to_thread(_refuse_others, folder)
    made = folder.with_name(f".{folder.name}.{token_hex(4)}")
    count = 0
    try:
        async for path, body in files(desk):
            await asyncio.to_thread(_put, made / path, body)
            count += 1
        await asyncio.to_thread(_put, made / _MARK, b"")
        await asyncio.to_thread(_swap, made, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)
    return count


async def files(desk: Desk) -> AsyncIterator[tuple[str, bytes]]:
    """Every file of the mirror: its path below the folder, and its bytes."""
    yield _INDEX, (await pages.front_page(desk, static=True)).encode()
    for kind in ChannelKind:
        yield f"{kind.folder}/{_INDEX}", (await pages.list_page(desk, kind, static=True)).encode()
        yield f"{kind.folder}.opml", await opml.of_kind(desk, kind)
        for line in await desk.store.listing(kind):
            if is_listed(desk, line) and can_be_a_file(line.slug):
                async for file in _channel(desk, kind, line.slug):
                    yield file
    yield "opml", await opml.everything(desk)
    for path in sorted(STATIC.iterdir()):
        yield f"static/{path.name}", await asyncio.to_thread(path.read_bytes)


async def _channel(desk: Desk, kind: ChannelKind, slug: str) -> AsyncIterator[tuple[str, bytes]]:
    """A channel's page and its feeds."""
    html = await pages.channel_page(desk, kind, slug, static=True)
    if not isinstance(html, str):
        return
    yield f"{kind.folder}/{slug}/{_INDEX}", html.encode()
    for format in FEED_FORMATS:
        if (rendered := await desk.feed(kind, slug, format)) is not None:
            yield f"{kind.folder}/{slug}.{format}", rendered.body


def can_be_a_file(slug: str) -> bool:
    """Slugs are made of letters, digits and hyphens; were one not, it must not lead out of the folder or hide in it."""
    return bool(slug) and slug[0] != "." and not set(slug) & set("/\\\0")


_MARK = ".aggregator-export"


def _refuse_others(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise FileExistsError(f"{folder} is not empty and no export of ours: name another folder, or empty it")


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def _swap(made: Path, folder: Path) -> None:
    """Two renames: a folder cannot replace one that is not empty (rename(2))."""
    made.chmod(0o755)
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = folder.with_name(f".{folder.name}.old.{token_hex(4)}")
    had = folder.exists()
    if had:
        os.replace(folder, old)  # noqa: PTH105  atomic, and says so
    os.replace(made, folder)  # noqa: PTH105
    if had:
        shutil.rmtree(old, ignore_errors=True)
