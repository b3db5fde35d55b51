"""Desk: everything that the web serves from, as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aggregator.model import Newsroom
from aggregator.store import Applied, Store

if TYPE_CHECKING:
    from aggregator.config import Settings
    from aggregator.syndicate.archives import Archives
    from aggregator.syndicate.channels import Part, SearchFeed
    from aggregator.syndicate.editions import Editions
    from aggregator.websub import Hub
    from aggregator.websub.callbacks import Callbacks


class RenderSearch(Protocol):
    """Renders a query, or a part of its answer, as a feed or a table; raises QueryError."""

    async def __call__(self, text: str, format: str, part: Part = ...) -> SearchFeed: ...


class Reload(Protocol):
    """Puts the configuration on disk in force; raises ConfigError."""

    async def __call__(self, *, confirm: bool = False) -> Applied | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`newsroom` and `now` are asked at each request: both change. `editions` gives feeds, `archives` archive pages; `polling`
    says whether this process also polls; `reload` takes up the configuration, where this process may; `hub` delivers, where
    it does; `callbacks` take what hubs send. `language` is that of the page asked for, where it is not the site's."""

    store: Store
    newsroom: Callable[[], Newsroom]
    now: Callable[[], datetime]
    settings: Settings
    editions: Editions
    archives: Archives
    search_feed: RenderSearch
    polling: bool = False
    reload: Reload | None = None
    hub: Hub | None = None
    callbacks: Callbacks | None = None
    language: str | None = None

    @property
    def spoken(self) -> str:
        """The language of pages."""
        return self.language or self.newsroom().site.language

    def speaking(self, language: str | None) -> Desk:
        """This desk with pages in `language`; in the site's own for None."""
        return replace(self, language=language)
