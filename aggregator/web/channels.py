"""An address → the channel behind it, what it is called, and what it has become."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model import Channel, ChannelKind, Title
from aggregator.store import AuthorRecord, ChannelState
from aggregator.syndicate.channels import Syndicate, is_readable
from aggregator.web.desk import Desk
from aggregator.web.outcomes import GONE, NOT_FOUND, Moved, Refused

KINDS = {kind.folder: kind for kind in ChannelKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A channel that there is. `author` only for authors; `channel` only for the operator's own."""

    state: ChannelState
    title: str
    description: str
    author: AuthorRecord | None = None
    channel: Channel | None = None


def configured(desk: Desk, kind: ChannelKind, slug: str) -> Channel | None:
    """The operator's channel `slug`: what says whether it is private."""
    return desk.newsroom().channel_by_slug.get(slug) if kind is ChannelKind.CHANNEL else None


async def find(desk: Desk, kind: ChannelKind, slug: str) -> Found | Moved | Refused:
    """The channel, where it went, or why there is none. Says nothing about who may read it."""
    state = await desk.store.channel(kind, slug)
    if state is None or not is_readable(desk.newsroom(), state):
        return await absent(desk, kind, slug)
    author = await desk.store.author(slug) if kind is ChannelKind.AUTHOR else None
    channel = configured(desk, kind, slug)
    name = author.name if author else await _name(desk, kind, slug)
    return Found(
        state=state,
        title=title_of(desk, kind, slug, name),
        description=_words(desk, channel.description if channel else Title()),
        author=author,
        channel=channel,
    )


async def absent(desk: Desk, kind: ChannelKind, slug: str) -> Moved | Refused:
    """Why there is no channel `slug`: it moved, was removed, or never was."""
    moved = desk.newsroom().renamed.get((kind, slug)) or await desk.store.redirect(kind.value, slug)
    if moved is not None and moved != slug:
        return Moved(slug=moved)
    channel = configured(desk, kind, slug)
    state = await desk.store.channel(kind, slug)
    removed = (channel is not None and channel.removed) or (state is not None and state.removed)
    return GONE if removed else NOT_FOUND


def title_of(desk: Desk, kind: ChannelKind, slug: str, name: str) -> str:
    """What readers call it, in the language of the page."""
    return Syndicate(desk.store, desk.newsroom, desk.now).title(kind, slug, name, desk.language)


async def _name(desk: Desk, kind: ChannelKind, slug: str) -> str:
    """What the store calls an outlet or a source that left the configuration."""
    newsroom = desk.newsroom()
    if kind is ChannelKind.OUTLET and slug not in newsroom.outlet_by_id:
        (latest, *_) = (await desk.store.articles(kind, slug, limit=1)) or (None,)
        return latest.outlet.title if latest else slug
    return slug


def _words(desk: Desk, title: Title) -> str:
    return title.text(desk.spoken)
