"""What was written of an article is written once for all channels that carry it, and anew where anything of it changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.model import Allowance, Enclosure, Picture, Republish, Site
from aggregator.publish.atom import atom_entry
from aggregator.publish.item import Item, Person, Reference, drafts, written_once
from aggregator.publish.json_feed import json_item
from aggregator.publish.rss import rss_item
from tests.unit.publish.made_up import SITE, publication, rich_article

# What each part of an item may become.
OTHERWISE: dict[str, Any] = {
    "id": "tag:example.org,2026:other",
    "title": "Another headline",
    "url": "https://other.example/",
    "language": "fr",
    "authors": (Person(name="Somebody Else"),),
    "summary": "Another summary",
    "text": "<p>Another text</p>",
    "attribution": "By permission",
    "categories": (),
    "sections": ("other",),
    "countries": ("PE",),
    "picture": Picture(url="https://other.example/a.png", type="image/png"),
    "enclosures": (Enclosure(url="https://other.example/a.mp3", type="audio/mpeg"),),
    "rights": "© Another",
    "licence": "https://other.example/licence",
    "rsl": '<rsl:content url="/"><rsl:license/></rsl:content>',
    "signals": (),
    "outlet": Reference(title="Another outlet", url="https://other.example/"),
    "source": Reference(title="Another source", url="https://other.example/rss"),
    "related": (Reference(title="Another: Story", url="https://other.example/story"),),
    "published": datetime(2026, 11, 9, tzinfo=UTC),
    "updated": datetime(2026, 11, 12, tzinfo=UTC),
}


def item() -> Item:
    (draft,) = drafts(publication(rich_article()), site=SITE)
    assert draft.item is not None
    return draft.item


def test_equal_items_are_written_once() -> None:
    seen: list[Item] = []
    write = written_once(lambda item: seen.append(item) or item.title)  # type: ignore[func-returns-value]
    assert write(item()) == write(item()) == item().title
    assert len(seen) == 1
    assert write(replace(item(), title="Another headline")) == "Another headline"
    assert len(seen) == 2


def test_what_fails_is_tried_again_and_long_texts_are_not_kept() -> None:
    tries: list[Item] = []

    def write(item: Item) -> str:
        tries.append(item)
        if len(tries) == 1:
            raise ValueError("once")
        return item.title

    remembering = written_once(write)
    with pytest.raises(ValueError, match="once"):
        remembering(item())
    long = replace(item(), text="<p>x</p>" * 10_000)
    for one in (item(), item(), long, long):
        remembering(one)
    assert len(tries) == 4


@pytest.mark.parametrize("write", [atom_entry, rss_item, json_item])
@pytest.mark.parametrize("name", [one.name for one in fields(Item)])
def test_whatever_changed_of_an_item_it_is_written_as_if_for_the_first_time(write: Any, name: str) -> None:
    write(item())
    changed = replace(item(), **{name: OTHERWISE[name]})
    assert write(changed) == write.__wrapped__(changed)


def test_an_item_is_made_once_for_an_article_a_site_what_a_channel_allows_and_the_titles_of_sections() -> None:
    one = rich_article()

    def made(site: Site = SITE, **changes: Any) -> Item:
        (draft,) = drafts(replace(publication(one), **changes), site=site)
        assert draft.item is not None
        return draft.item

    assert made() is made(title="Another channel")
    assert made(within=Allowance(republish=Republish.TITLE)).summary == ""
    assert made(labels={one.sections[0]: "Otro"}).categories[0].label == "Otro"
    assert made(replace(SITE, id_domain="other.example")).id != made().id
    assert made().summary
