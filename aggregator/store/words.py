"""What there is → the words that a query may use in its closed fields."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from babel import Locale
from sqlalchemy import Connection, not_, select

from aggregator.model import ChannelKind, Newsroom
from aggregator.query import Vocabulary
from aggregator.store import tables as t
from aggregator.store.authors import known_authors, known_names


def vocabulary(
    connection: Connection, newsroom: Newsroom, slugs: Collection[str] = (), names: Collection[str] | None = None
) -> Vocabulary:
    """The configuration's words and those that stored articles still bear, but of nothing private; of authors those among `slugs`
    and `names`."""
    c = t.channel.c
    kinds = {kind: set[str]() for kind in (ChannelKind.SECTION, ChannelKind.OUTLET, ChannelKind.SOURCE)}
    query = select(c.kind, c.slug).where(c.kind.in_([kind.value for kind in kinds]), not_(c.private))
    for kind, slug in connection.execute(query):
        kinds[ChannelKind(kind)].add(slug)
    profiles = {profile.slug for profile in newsroom.authors}
    return Vocabulary(
        sections=frozenset(kinds[ChannelKind.SECTION] | set(newsroom.section_by_slug)),
        outlets=frozenset(
            kinds[ChannelKind.OUTLET] | {one.id for one in newsroom.outlets if not newsroom.is_private(one)}
        ),
        sources=frozenset(kinds[ChannelKind.SOURCE] | {one.id for one in newsroom.sources if not one.private}),
        languages=_languages(),
        countries=_countries(),
        authors=frozenset(profiles) | known_authors(connection, slugs),
        names=None if names is None else known_names(connection, names),
    )


@cache
def _languages() -> frozenset[str]:
    """Every language of ISO 639 with a name: a channel may wait for the first article of one."""
    return frozenset(str(tag).partition("_")[0] for tag in Locale("en").languages)


@cache
def _countries() -> frozenset[str]:
    """ISO 3166 alpha-2 codes and the regions of UN M49."""
    return frozenset(Locale("en").territories)
