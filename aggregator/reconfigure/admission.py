"""A configuration on disk → the newsroom to put in force, or every reason why not."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from aggregator.config import Settings, load, unknown_variables
from aggregator.errors import ConfigError, Problem, StoreError
from aggregator.model import Newsroom
from aggregator.net.guard import PORTS
from aggregator.query import parse
from aggregator.store import Store


def read_configuration(
    settings: Settings, *, strict_secrets: bool, known_authors: frozenset[str] | None = None
) -> tuple[Newsroom, tuple[Problem, ...]]:
    """The configuration and its warnings; raises ConfigError with every problem."""
    loaded = load(
        Path(settings.config),
        environment=os.environ,
        strict_secrets=strict_secrets,
        known_authors=known_authors,
        ports=range(65536) if settings.allow_networks else PORTS,
    )
    return loaded.newsroom, (*unknown_variables(os.environ), *loaded.warnings)


async def admitted(
    settings: Settings, store: Store, newsroom: Newsroom, warnings: tuple[Problem, ...]
) -> tuple[Problem, ...]:
    """The warnings that stand once the database is asked for authors; raises ConfigError for a query of one that nobody knows."""
    unsure = _authors_asked_for(newsroom) - {author.slug for author in newsroom.authors}
    if not unsure:
        return warnings
    known = await store.known_authors(unsure)
    return (await asyncio.to_thread(read_configuration, settings, strict_secrets=False, known_authors=known))[1]


async def check_configuration(settings: Settings) -> tuple[Newsroom, tuple[Problem, ...]]:
    """As `read_configuration`, and by the rules of those who put it in force: the database is asked too, if it is there."""
    newsroom, warnings = read_configuration(settings, strict_secrets=False)
    store = Store.open(settings.database_url)
    try:
        if _authors_asked_for(newsroom):
            await store.ready()
            warnings = await admitted(settings, store, newsroom, warnings)
    except StoreError:
        pass
    finally:
        await store.close()
    return newsroom, warnings


async def following_authors(store: Store, newsroom: Newsroom) -> Newsroom:
    """`newsroom` with the slugs of now of authors whom its queries ask for by former ones."""
    return replace(newsroom, moved_authors=await store.moved_authors(_authors_asked_for(newsroom)))


def _authors_asked_for(newsroom: Newsroom) -> set[str]:
    return {slug for channel in newsroom.channels if channel.where for slug in parse(channel.where).author_slugs()}


def refuse_losses(old: Newsroom, new: Newsroom) -> None:
    """Raise ConfigError when a reload would lose every source or more than a fifth: more likely an accident than a wish."""
    lost = {source.id for source in old.sources} - {source.id for source in new.sources}
    if len(lost) * 5 > len(old.sources):
        expected = f"a reload would lose {len(lost)} of {len(old.sources)} sources; if it is meant, `aggregator reload --confirm`"
        raise ConfigError(Problem(file="config", line=0, column=0, key="outlets", expected=expected))
