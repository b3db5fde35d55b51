"""Made-up news for the tests of what we publish."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from lxml import etree

from aggregator.model import (
    Article,
    Category,
    Content,
    Credit,
    Enclosure,
    Outlet,
    Picture,
    Republish,
    Site,
    Title,
    article_id,
    order_key,
)
from aggregator.publish import Publication, channel_uri

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = Site(
    title=Title("The Made-up Wire"),
    url="https://wire.example.org/news",
    id_domain="example.org",
    contact="ops@example.org",
)
OUTLET = Outlet(id="andean", title="The Andean Post", url="https://andean.example.com/", country="PE", language="en")
ATOM_SOURCE = "https://andean.example.com/feed.atom"
FEED_IDS = {ATOM_SOURCE: "tag:andean.example.com,2026:feed"}


def article(guid: str = "1", **changes: Any) -> Article:
    """A small article; `changes` are fields of it, or of its content."""
    id = article_id(OUTLET.id, guid)
    content: dict[str, Any] = {
        "title": f"Story {guid}",
        "summary": f"<p>What happened in story {guid}.</p>",
        "url": f"https://andean.example.com/{guid}",
        "language": "en",
    }
    for name in set(changes) & set(Content.__dataclass_fields__):
        content[name] = changes.pop(name)
    fields: dict[str, Any] = {
        "id": id,
        "key": order_key(NOON, id),
        "outlet": OUTLET,
        "source_id": "andean",
        "source_title": "The Andean Post - World",
        "source_url": "https://andean.example.com/feed.xml",
        "sources": ("andean",),
        "content": Content(**content),
        "published": NOON,
        "updated": NOON + timedelta(minutes=5),
        "listed": NOON,
        "story": id,
    }
    return Article(**(fields | changes))


def rich_article() -> Article:
    """An article with everything that a feed can say."""
    other = article(
        "2", title="The same lake, told again", outlet=Outlet(id="rio", title="Rio Daily", url="https://rio.example/")
    )
    return article(
        "rich",
        title="Lake Titicaca: AT&T <raises> its “tower” above 3,800 m",
        summary="<p>Two towers, <b>one</b> lake &amp; no bridge.</p>",
        text='<p>The whole story, with a <a href="https://andean.example.com/lake?a=1&amp;b=2">link</a> and a ]]&gt; in it.</p>',
        language="es-PE",
        picture=Picture(
            url="https://andean.example.com/lake.jpg",
            length=98_765,
            width=1200,
            height=800,
            caption="The lake at dawn",
            credit="Rosa Quispe",
        ),
        enclosures=(
            Enclosure(url="https://andean.example.com/lake.mp3", type="audio/mpeg", length=123456),
            Enclosure(url="https://andean.example.com/lake.pdf"),
        ),
        rights="CC BY 4.0",
        credits=(
            Credit(name="Dionys Duroc", slug="dionys-duroc"),
            Credit(name="Rosa Quispe", url="https://rosa.example/"),
        ),
        categories=(
            Category(term="Lakes", scheme="https://andean.example.com/tags"),
            Category(term="water", label="Water"),
        ),
        sections=("south-america",),
        countries=("PE", "BO"),
        republish=Republish.FULL,
        also_in=(other,),
        source_url=ATOM_SOURCE,
        source_feed_id=FEED_IDS[ATOM_SOURCE],
    )


def publication(*articles: Article, **changes: Any) -> Publication:
    """A section's feed of `articles`."""
    fields: dict[str, Any] = {
        "id": channel_uri(SITE, "section", "south-america"),
        "title": "South America",
        "description": "News of South America from all outlets",
        "language": "en",
        "self_url": "https://wire.example.org/news/sections/south-america.atom",
        "page_url": "https://wire.example.org/news/sections/south-america",
        "updated": NOON + timedelta(hours=1),
        "articles": articles,
        "contact": SITE.contact,
        "labels": {"south-america": "South America"},
    }
    return Publication(**(fields | changes))


def one(root: etree._Element, path: str) -> etree._Element:
    """The first element at `path`, where `a:` is Atom's prefix; there must be one."""
    found = root.find(path, ATOM)
    assert found is not None, path
    return found


@cache
def schema_file(name: str) -> Path:
    """A public schema of the shared test data; without it the test says so."""
    path = Path(os.environ.get("AGGREGATOR_TEST_DATA", "../shared"), "corpus", "schemas", name)
    if not path.exists():
        pytest.skip(f"the shared test data are absent: {path}")
    return path


@cache
def atom_schema() -> etree.RelaxNG:
    """RFC 4287's grammar."""
    return etree.RelaxNG(etree.parse(schema_file("atom-rfc4287.rng")))


@cache
def json_schema() -> Validator:
    """JSON Feed 1.1's own schema."""
    schema = json.loads(schema_file("jsonfeed-v1.1.schema.json").read_bytes())
    made: Validator = validator_for(schema)(schema)
    return made
