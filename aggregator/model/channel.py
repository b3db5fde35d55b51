"""Channel: a feed that we publish, a selection of articles with a title."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from aggregator.model.reuse import EVERYTHING, Allowance
from aggregator.model.title import Title

# What a feed carries unless it says otherwise, and at most: readers ask for it again and again.
ITEMS, MOST_ITEMS = 50, 200


class ChannelKind(StrEnum):
    """Every section, author, outlet and source is a channel by itself; `channel` are the operator's own."""

    SECTION = "section"
    AUTHOR = "author"
    OUTLET = "outlet"
    SOURCE = "source"
    CHANNEL = "channel"

    @property
    def folder(self) -> str:
        """The first segment of its address and of its Atom id."""
        return f"{self.value}s"


class Order(StrEnum):
    LISTED = "listed"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """One article per story or all: `mode` is all | first | prefer; `prefer` names outlets, best first."""

    mode: str = "all"
    prefer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed that we publish. `where` is a query for kind `channel`, else empty (stored membership says it all).

    It shows no more than `within`. Any of its `tokens` opens it; without one it is public. `formerly` are slugs that it had."""

    kind: ChannelKind
    slug: str
    title: Title
    description: Title = Title()
    where: str = ""
    stories: Stories = Stories()
    limit: int = ITEMS
    order: Order = Order.LISTED
    within: Allowance = EVERYTHING
    tokens: tuple[str, ...] = field(default=(), repr=False)
    removed: bool = False
    formerly: tuple[str, ...] = ()

    @property
    def private(self) -> bool:
        return bool(self.tokens)
