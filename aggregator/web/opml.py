"""Channels → OPML 2.0: what there is to subscribe to, and what we poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from urllib.parse import quote

from aggregator import publish
from aggregator.model import ChannelKind
from aggregator.publish import Outline
from aggregator.store import Listing
from aggregator.web.channels import title_of
from aggregator.web.desk import Desk

MEDIA_TYPE = "text/x-opml; charset=utf-8"
_FOLDERS = {
    ChannelKind.SECTION: "Sections",
    ChannelKind.CHANNEL: "Channels",
    ChannelKind.AUTHOR: "Authors",
    ChannelKind.OUTLET: "Outlets",
}


async def everything(desk: Desk) -> bytes:
    """Every public channel, in a folder for each kind; sources are what we poll, and have a document of their own."""
    folders = [Outline(text=name, children=await _outlines(desk, kind)) for kind, name in _FOLDERS.items()]
    return _document(desk, tuple(folder for folder in folders if folder.children), "")


async def of_kind(desk: Desk, kind: ChannelKind) -> bytes:
    """The channels of a kind; `sources` are the addresses at the outlets, to take elsewhere."""
    if kind is ChannelKind.SOURCE:
        return _document(desk, _polled(desk), "Sources")
    return _document(desk, await _outlines(desk, kind), _FOLDERS[kind])


def _document(desk: Desk, outlines: tuple[Outline, ...], part: str) -> bytes:
    site = desk.newsroom().site
    title = site.title.text(site.language)
    # What is listed changes without a moment of its own; the site began when its ids did.
    created = datetime.combine(site.id_since, time(), UTC)
    return publish.opml(outlines, title=f"{title}: {part}" if part else title, created=created, owner=site.contact)


async def _outlines(desk: Desk, kind: ChannelKind) -> tuple[Outline, ...]:
    outlines = {line.slug: _outline(desk, line) for line in await desk.store.listing(kind)}
    return _nested(desk, outlines) if kind is ChannelKind.SECTION else tuple(outlines.values())


def _outline(desk: Desk, line: Listing) -> Outline:
    site = desk.newsroom().site
    page = f"{site.url}/{line.kind.folder}/{quote(line.slug, safe='')}"
    return Outline(
        text=title_of(desk, line.kind, line.slug, line.name),
        xml_url=f"{page}.atom",
        html_url=page,
        language=site.language,
    )


def _nested(desk: Desk, outlines: dict[str, Outline]) -> tuple[Outline, ...]:
    """Sections in the operator's order; those below another one follow it: readers lose feeds that lie in feeds."""
    sections = [section for section in desk.newsroom().sections if section.slug in outlines]
    ordered: list[Outline] = []

    def add(slug: str) -> None:
        ordered.append(outlines.pop(slug))
        for section in sections:
            if section.parent == slug and section.slug in outlines:
                add(section.slug)

    for section in sections:
        if section.slug in outlines and section.parent not in outlines:
            add(section.slug)
    return (*ordered, *outlines.values())


def _polled(desk: Desk) -> tuple[Outline, ...]:
    """What we poll, in a folder for each country's outlets; private sources stay unnamed."""
    outlines = [
        Outline(
            text=source.title or source.outlet.title,
            xml_url=source.public_url,
            html_url=source.outlet.url,
            language=source.outlet.language,
            categories=(f"/{source.outlet.country}",) if source.outlet.country else (),
        )
        for source in desk.newsroom().sources
        if not source.private and not source.withdrawn and source.enabled
    ]
    return tuple(replace(outline, text=outline.text.strip() or "untitled") for outline in outlines)
