"""What configuring, reapplying rules and pruning came to; counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a configuration changed. `changed_channels` are operator channels to select anew, `changed_sections` those whose
    rules differ from before; `renamed` are (old, new) source ids that were recognised by an address."""

    changed_channels: frozenset[str] = frozenset()
    changed_sections: frozenset[str] = frozenset()
    new_sources: tuple[str, ...] = ()
    lost_sources: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedConfiguration:
    """A configuration that was put in force: the text of its files by name, empty where it was not kept."""

    at: datetime
    digest: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reapplied:
    """How many of how many stored articles were read again by changed rules; `finished` when none is left."""

    done: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorCount:
    """Who signed how many articles, and the moments at which the `first` and the `last` of them were listed."""

    slug: str
    name: str
    outlet_id: str
    kind: str
    configured: bool
    url: str | None
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A category and how often it came; `where` are the sources that gave it."""

    value: str
    count: int
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many rows retention took."""

    articles: int = 0
    polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of what there is; `bytes` of the whole database."""

    outlets: int
    sources: int
    articles: int
    authors: int
    stories: int
    channels: int
    polls: int
    bytes: int
