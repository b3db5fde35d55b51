"""Where an outlet is at home, and what an article's address says of where it happens (sections.md §1, S7)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from aggregator.model import Outlet
from aggregator.normalize.addresses import host_and_path, segments, trimmed
from aggregator.normalize.gazetteer import rows
from aggregator.normalize.places import mentions, named, words_of


class Scene(NamedTuple):
    """`home` is the outlet's country or that of its edition, `local` the country whose local news an article's address says it
    is, `abroad` whether it says that this is news from elsewhere."""

    home: str | None
    local: str | None
    abroad: bool


def scene_of(outlet: Outlet, url: str | None) -> Scene:
    parts = segments(url)
    heading = trimmed(parts[-1]) if parts else ""
    numbered = bool(parts) and heading != parts[-1]
    abroad = not headings_of("abroad").isdisjoint(parts[:-1])
    return Scene(home_of(outlet, url), local_of(heading) if numbered else None, abroad)


def home_of(outlet: Outlet, url: str | None) -> str | None:
    """The outlet's own country: that of the edition where its address or the outlet's name says so ("brasil.elpais.com")."""
    edition = _edition(host_and_path(url)[0].partition(".")[0], outlet.title)
    return edition or (outlet.country if outlet.country and not outlet.country.isdigit() else None)


@lru_cache(maxsize=4_096)
def _edition(label: str, title: str) -> str | None:
    code = named(label) if len(label) > 3 else None
    if code is None:
        places = {
            mention.code for mention in mentions(words_of(title)) if mention.kind == "name" and not mention.ambiguous
        }
        code = places.pop() if len(places) == 1 else None
    return code if code and not code.isdigit() else None


def local_of(heading: str) -> str | None:
    """`uk england birmingham` is what happens there, whatever peoples it is about: a country, and a part of it."""
    country, _, part = heading.partition(" ")
    code = named(country) if part else None
    return code if code and code == named(part.partition(" ")[0], ("city", "name")) else None


@cache
def headings_of(kind: str) -> frozenset[str]:
    """abroad: of news from elsewhere; anywhere: of what happens nowhere in particular; domestic: of the own country."""
    return frozenset(next(terms for name, terms in rows("headings.tsv") if name == kind).split("|"))
