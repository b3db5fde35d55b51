"""A kind of channel → the page that lists all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.model import ChannelKind
from aggregator.store import Listing
from aggregator.web.cards import Anchor, Look
from aggregator.web.channels import title_of
from aggregator.web.desk import Desk
from aggregator.web.facts import country_name, web_site
from aggregator.web.links import FeedLink
from aggregator.web.moments import Moment
from aggregator.web.templating import render

PER_LIST = 300
_TITLES = {
    ChannelKind.SECTION: "Sections",
    ChannelKind.AUTHOR: "Authors",
    ChannelKind.OUTLET: "Outlets",
    ChannelKind.SOURCE: "Sources",
    ChannelKind.CHANNEL: "Channels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a channel, how much it holds, and what sets it apart. `children` only for sections."""

    slug: str
    name: str
    href: str
    count: int
    latest: Moment | None
    note: Anchor | None
    about: str
    feeds: tuple[FeedLink, ...]
    children: tuple[Row, ...] = ()


async def list_page(desk: Desk, kind: ChannelKind, *, after: str | None = None, static: bool = False) -> str:
    """The list of a kind, by name; authors and sources in parts of 300."""
    look = Look.of(desk, static=static)
    limit = None if static or kind in (ChannelKind.SECTION, ChannelKind.CHANNEL) else PER_LIST
    lines = await desk.store.listing(kind, limit=limit + 1 if limit else None, after=after)
    more = limit is not None and len(lines) > limit
    shown = lines[:limit]
    rows = [_row(desk, look, line) for line in shown]
    featured = await _featured(desk, look, rows, after)
    return render(
        "list.html",
        look,
        title=look.say(_TITLES[kind]),
        here=lambda links: links.path(kind.folder),
        at=kind.folder,
        kind=kind.value,
        featured=featured,
        rows=_tree(look, rows) if kind is ChannelKind.SECTION else sorted(rows, key=lambda row: row.name.casefold()),
        opml=look.links.file(f"{kind.folder}.opml"),
        onward=f"{look.links.path(kind.folder)}?after={shown[-1].slug}" if more else None,
        first=after is None,
    )


def _row(desk: Desk, look: Look, line: Listing) -> Row:
    name = title_of(desk, line.kind, line.slug, line.name)
    note, about = _apart(look, line)
    return Row(
        slug=line.slug,
        name=name,
        href=look.links.channel(line.kind, line.slug),
        count=line.count,
        latest=look.moment_of(line.latest) if line.latest else None,
        note=note,
        about=about,
        feeds=look.links.feeds(line.kind, line.slug, name),
    )


def _apart(look: Look, line: Listing) -> tuple[Anchor | None, str]:
    """What sets one of its kind apart: the outlet of a source, the country of an outlet, the words of a channel."""
    newsroom = look.newsroom
    if line.kind is ChannelKind.OUTLET:
        outlet = newsroom.outlet_by_id.get(line.slug)
        return (web_site(outlet.url), country_name(outlet.country, look.language)) if outlet else (None, "")
    if line.kind is ChannelKind.CHANNEL:
        channel = next((channel for channel in newsroom.channels if channel.slug == line.slug), None)
        return None, channel.description.text(look.language) if channel else ""
    outlet = newsroom.outlet_by_id.get(line.outlet_id or "")
    if outlet is None:
        return None, ""
    return Anchor(text=outlet.title, href=look.links.channel(ChannelKind.OUTLET, outlet.id)), ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Featured:
    """An author the operator introduces."""

    row: Row
    role: str
    bio: str


async def _featured(desk: Desk, look: Look, rows: list[Row], after: str | None) -> list[Featured]:
    """The configured authors come first, with role and bio: they are whom readers come for."""
    if after is not None or not rows or "/authors/" not in rows[0].href:
        return []
    by_slug = {line.slug: line for line in rows}
    return [
        Featured(row=by_slug[p.slug], role=p.role.text(look.language), bio=p.bio.text(look.language))
        for p in desk.newsroom().authors
        if p.slug in by_slug
    ]


def _tree(look: Look, rows: list[Row]) -> list[Row]:
    """Sections below their parents, in the operator's order; those that left the configuration last."""
    by_slug = {row.slug: row for row in rows}
    sections = [section for section in look.newsroom.sections if section.slug in by_slug]

    def grown(slug: str) -> Row:
        below = [section.slug for section in sections if section.parent == slug]
        return replace(by_slug[slug], children=tuple(map(grown, below)))

    roots = [section.slug for section in sections if section.parent not in by_slug]
    left = [row for row in rows if row.slug not in look.newsroom.section_by_slug and row.count]
    return [*map(grown, roots), *left]
