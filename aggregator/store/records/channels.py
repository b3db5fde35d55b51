"""What is known of channels, authors and what is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import (
    Article,
    ChannelKind,
    Span,
    Title,
)

# What these carry, lines of the configuration say.
RULED = (ChannelKind.SECTION, ChannelKind.CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """A channel as stored. `version` rises when what a reader sees changes, last at `changed`; `last_listed` is when the last
    article that it ever carried was listed."""

    kind: ChannelKind
    slug: str
    version: int
    changed: datetime
    removed: bool = False
    configured: bool = True
    private: bool = False
    size: int = 0
    last_listed: datetime | None = None

    @property
    def latest(self) -> datetime | None:
        """When the last article was listed, where there is one."""
        return self.last_listed if self.size else None

    @property
    def is_there(self) -> bool:
        """Whether it has anything for readers. What left the configuration has, if it ever carried anything, unless it is made of
        rules that left with it. The operator's own channels alone open what is private: a private source, and whoever wrote for
        no other, have no place of their own."""
        known = self.configured or (self.kind not in RULED and self.last_listed is not None)
        return not self.removed and known and (self.kind is ChannelKind.CHANNEL or not self.private)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """The articles that a channel listed within `span`, newest first; `previous` and `following` are the finished pages before
    and after it. `finished`: something was listed after it."""

    span: Span
    articles: tuple[Article, ...]
    previous: Span | None
    following: Span | None
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One line of a list of channels. `name` is what the store knows (authors, outlets, sources), else the slug; `count` of the
    articles carried, the last of them listed at `latest`."""

    kind: ChannelKind
    slug: str
    name: str
    count: int
    latest: datetime | None = None
    outlet_id: str | None = None
    configured: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRecord:
    """A person, organisation or desk. `outlet_id` empty: everywhere; `aliases` are folded names."""

    slug: str
    name: str
    kind: str
    outlet_id: str = ""
    configured: bool = False
    role: Title = field(default_factory=Title)
    bio: Title = field(default_factory=Title)
    url: str | None = None
    image: str | None = None
    aliases: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A channel as rendered in a format: all but its bytes. It is as of a version of the channel and a digest of what else
    decides the bytes; `etag` is of the plain body, `sizes` are bytes by content coding ("identity" for the plain body)."""

    kind: ChannelKind
    slug: str
    format: str
    version: int
    digest: str
    etag: str
    last_modified: datetime
    sizes: Mapping[str, int]
    omitted: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.etag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition with its bytes in each coding but the plain one; none where only what stands in the edition changed."""

    edition: Edition
    bodies: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderFailure:
    """A channel that could not be rendered since `at`: its last good editions are served."""

    kind: ChannelKind
    slug: str
    at: datetime
    error: str
