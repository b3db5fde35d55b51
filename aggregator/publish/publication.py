"""What a feed says of itself and carries (Publication) → what is served (Output)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import EVERYTHING, Allowance, Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Where a feed goes on (RFC 5005): of a search (§3) the address of the page with older articles, and in that the one of the
    `first`; of a channel (§4) the addresses of the documents with what was listed before and after it, and in an archive page
    that of the feed to subscribe to. `archived`: it is a page that keeps its articles."""

    first: str | None = None
    next: str | None = None
    previous: str | None = None
    following: str | None = None
    current: str | None = None
    archived: bool = False

    def links(self) -> tuple[tuple[str, str], ...]:
        """(relation, address) of those that there are."""
        paged = (("first", self.first), ("next", self.next))
        archived = (("current", self.current), ("prev-archive", self.previous), ("next-archive", self.following))
        named = (*paged, *archived)
        return tuple((rel, address) for rel, address in named if address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One feed to be written. `articles` are written in the order given; `updated` is the only time the feed itself states.

    `id` is a tag: URI (see `ids`), `self_url` the address of this very format without any token, `page_url` that of its page.
    `within` narrows what each article allows, and what is `for_mining` shows the words of those alone that allow that; `labels`
    are titles of sections by slug; `icon` is the URL of a square picture.
    `fields` are the columns of a table, all where empty.
    `deleted` are ids of articles that it no longer carries, and when they left: Atom alone can say so (RFC 6721).
    `chain` says where it goes on.
    """

    id: str
    title: str
    description: str
    language: str
    self_url: str
    page_url: str
    updated: datetime
    articles: tuple[Article, ...]
    within: Allowance = EVERYTHING
    for_mining: bool = False
    contact: str | None = None
    hubs: tuple[str, ...] = ()
    icon: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    deleted: tuple[tuple[str, datetime], ...] = ()
    chain: Chain = Chain()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The bytes of a feed. `omitted` are the ids of articles that could not be written."""

    body: bytes
    media_type: str
    omitted: tuple[str, ...]
