"""Short words → sightings for tests of `normalize`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aggregator.model import (
    AuthorProfile,
    Byline,
    Entry,
    Feed,
    Keywords,
    Newsroom,
    Outlet,
    Section,
    Sighting,
    Source,
    Title,
)
from aggregator.normalize import Rules, normalize

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://paper.example/feeds/main.xml"
PAPER = Outlet(id="paper", title="El Diario", url="https://paper.example", country="PE", language="es")
OTHER = Outlet(id="other", title="Other Times", url="https://other.example", country="GB", language="en")
MAIN = Source(id="paper", outlet=PAPER, url=URL, public_url=URL)
THEIRS = Source(id="other", outlet=OTHER, url="https://other.example/rss", public_url="https://other.example/rss")
SECTIONS = (
    Section(slug="latin-america", title=Title("Latin America"), countries=("419",)),
    Section(
        slug="south-america",
        title=Title.of({"en": "South America", "es": "América del Sur"}),
        countries=("005",),
        categories=("Sudamérica",),
        paths=("/sudamerica/", "/world/south-america/"),
        parent="latin-america",
    ),
    Section(slug="peru", title=Title("Peru"), countries=("PE",), parent="south-america"),
    Section(
        slug="economy",
        title=Title.of({"en": "Economy", "es": "Economía"}),
        categories=("Negocios",),
        keywords=Keywords(by_language=(("es", ("banco central", "inflación")), ("*", ("Mercosur",)))),
        exclude=Keywords(by_language=(("es", ("horóscopo",)),)),
    ),
)
NEWSROOM = Newsroom(
    outlets=(PAPER, OTHER),
    sources=(MAIN, THEIRS),
    sections=SECTIONS,
    authors=(AuthorProfile(slug="ortega", name="Ortega and Gasset", aliases=("Redacción y Cía",)),),
)
RULES = Rules.of(NEWSROOM)


def entry(title: str = "Una noticia", *, by: str | None = None, **changes: Any) -> Entry:
    bylines = (Byline(name=by),) if by else ()
    return Entry(**{"id": "1", "link": "https://paper.example/n/1", "title": title, "bylines": bylines, **changes})


def sightings(*entries: Entry, source: Source = MAIN, now: datetime = NOW, **feed: Any) -> tuple[Sighting, ...]:
    stated = Feed(**{"format": "rss20", "entries": entries, **feed})
    return normalize(stated, source=source, url=source.url, rules=RULES, now=now)


def sighting(stated: Entry, *, source: Source = MAIN, now: datetime = NOW, **feed: Any) -> Sighting:
    return sightings(stated, source=source, now=now, **feed)[0]
