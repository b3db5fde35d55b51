"""Each measured defect of feedgen 1.0.0, and that our feeds have none of it.

Each test shows the defect in bare feedgen too: when feedgen mends it, the test says so and our part can go.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.model import Content, Credit, Enclosure
from aggregator.publish import Publication, render
from tests.unit.publish.made_up import ATOM, NOON, SITE, article, one, publication, rich_article


def bare() -> tuple[Any, Any]:
    """feedgen as it comes: a feed and its entry."""
    feed = FeedGenerator()
    feed.id("tag:example.org,2026:feed")
    feed.title("Feed")
    feed.description("Feed")
    feed.link(href="https://example.org/", rel="alternate")
    feed.updated(NOON)
    entry = feed.add_entry()
    entry.id("tag:example.org,2026:1")
    entry.title("One")
    entry.link(href="https://example.org/1", rel="alternate")
    entry.updated(NOON)
    return feed, entry


def atom(feed: Publication) -> etree._Element:
    return etree.fromstring(render(feed, "atom", site=SITE).body)


def rss(feed: Publication) -> etree._Element:
    return etree.fromstring(render(feed, "rss", site=SITE).body)


def links(root: etree._Element) -> list[tuple[str | None, ...]]:
    return [
        tuple(link.get(name) for name in ("rel", "type", "length"))
        for link in root.iterfind("a:entry/a:link", ATOM)
        if link.get("rel") in (None, "enclosure")
    ]


def test_g1_atom_links_keep_their_rel_type_and_length() -> None:
    feed, entry = bare()
    entry.enclosure("https://example.org/1.mp3", 99, "audio/mpeg")
    assert (None, None, None) in links(etree.fromstring(feed.atom_str()))

    ours = article(enclosures=(Enclosure(url="https://example.org/1.mp3", type="audio/mpeg", length=99),))
    assert links(atom(publication(ours))) == [("enclosure", "audio/mpeg", "99")]


def test_g2_rss_names_authors_without_an_address() -> None:
    feed, entry = bare()
    entry.author(name="Dionys Duroc")
    assert b"Dionys Duroc" not in feed.rss_str()

    ours = article(credits=(Credit(name="Dionys Duroc"), Credit(name="Rosa Quispe")))
    assert rss(publication(ours)).xpath("//*[local-name()='creator']/text()") == ["Dionys Duroc", "Rosa Quispe"]


def test_g3_a_hub_is_announced_in_rss_and_leaves_the_link_of_the_channel_alone() -> None:
    feed, _ = bare()
    feed.link(href="https://hub.example.org/", rel="hub")
    assert etree.fromstring(feed.rss_str()).findtext("channel/link") == "https://hub.example.org/"
    assert b'rel="hub"' not in feed.rss_str()

    ours = publication(article(), hubs=("https://hub.example.org/",))
    assert rss(ours).findtext("channel/link") == ours.page_url
    assert rss(ours).xpath("string(//a:link[@rel='hub']/@href)", namespaces=ATOM) == "https://hub.example.org/"
    assert atom(ours).xpath("string(//a:link[@rel='hub']/@href)", namespaces=ATOM) == "https://hub.example.org/"


@pytest.mark.parametrize("poison", ["\x08", "\x00", "\ufffe", "\ud800"])
def test_g4_an_illegal_character_takes_down_neither_its_item_nor_the_feed(poison: str) -> None:
    feed, entry = bare()
    entry.title(f"bad{poison}")
    with pytest.raises(ValueError):
        feed.atom_str()

    everywhere = f"bad{poison} words"
    ours = replace(
        rich_article(),
        content=replace(
            rich_article().content, title=everywhere, summary=everywhere, text=everywhere, rights=everywhere
        ),
        credits=(Credit(name=everywhere),),
        source_title=everywhere,
    )
    titled = publication(ours, title=everywhere, description=everywhere, contact=everywhere)
    for format in ("rss", "atom", "json"):
        output = render(titled, format, site=SITE)
        assert output.omitted == ()
        assert b"bad words" in output.body
        assert poison.encode("utf-8", "surrogatepass") not in output.body


def test_g5_an_entry_without_link_and_content_is_still_an_entry() -> None:
    feed, entry = bare()
    entry.link([], replace=True)
    with pytest.raises(ValueError, match="alternate link"):
        feed.atom_str()

    outlet = replace(article().outlet, url="")
    ours = replace(article(url=None, summary="", visibility="private"), outlet=outlet)
    entry = one(atom(publication(ours)), "a:entry")
    assert entry.findtext("a:content", namespaces=ATOM) == "Story 1"


def test_g6_an_enclosure_of_unknown_length_has_length_0_in_rss_and_none_in_atom() -> None:
    feed, entry = bare()
    entry.enclosure("https://example.org/1.mp3", None, "audio/mpeg")
    assert b'length="None"' in feed.rss_str()

    ours = publication(article(enclosures=(Enclosure(url="https://example.org/1.mp3"),)))
    assert dict(one(rss(ours), "channel/item/enclosure").attrib.items()) == {
        "url": "https://example.org/1.mp3",
        "length": "0",
        "type": "audio/mpeg",
    }
    assert links(atom(ours)) == [("enclosure", "audio/mpeg", None)]


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_g7_a_naive_datetime_is_read_as_utc(format: str) -> None:
    _, entry = bare()
    naive = datetime(2026, 11, 10, 12, 0)
    with pytest.raises(ValueError, match="timezone"):
        entry.updated(naive)

    aware = publication(article(updated=NOON), updated=NOON)
    ours = publication(article(updated=naive, published=naive), updated=naive)
    assert render(ours, format, site=SITE).body == render(aware, format, site=SITE).body


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_g8_no_date_is_the_time_of_writing(format: str) -> None:
    assert abs(FeedGenerator().updated() - FeedGenerator().lastBuildDate()) < timedelta(minutes=1)
    assert FeedGenerator().updated().year >= 2026

    old = NOON.replace(year=2001)
    body = render(publication(article(published=old, updated=old), updated=old), format, site=SITE).body.decode()
    assert "2001" in body
    for word in ("20" + year for year in ("24", "25", "27", "28")):
        assert word not in body
    assert body.replace("example.org,2026-01-01", "").count("2026") == 0


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_g9_items_keep_the_order_in_which_they_were_given(format: str) -> None:
    feed, _ = bare()
    feed.add_entry().title("Two")
    assert [entry.title() for entry in feed.entry()] == ["Two", "One"]

    body = render(publication(article("1"), article("2"), article("3")), format, site=SITE).body
    assert body.index(b"Story 1") < body.index(b"Story 2") < body.index(b"Story 3")


def test_g10_an_entry_says_all_we_know_of_its_source() -> None:
    feed, entry = bare()
    entry.source("https://andean.example.com/feed.xml", "The Andean Post - World")
    alone = one(etree.fromstring(feed.atom_str()), "a:entry/a:source")
    assert [(node.tag.split("}")[1], dict(node.attrib)) for node in alone] == [
        ("title", {}),
        ("link", {"href": "https://andean.example.com/feed.xml"}),
    ]

    source = one(atom(publication(rich_article())), "a:entry/a:source")
    assert [node.tag.split("}")[1] for node in source] == [
        "id",
        "title",
        "updated",
        "author",
        "link",
        "link",
        "rights",
    ]
    assert source.findtext("a:id", namespaces=ATOM) == rich_article().source_feed_id
    assert [link.get("rel") for link in source.iterfind("a:link", ATOM)] == ["self", "alternate"]


def test_rss_dates_are_written_by_us_and_not_under_a_locale_of_the_whole_process() -> None:
    feed, _ = bare()
    assert b"12:00:00 +0000" in feed.rss_str()

    assert rss(publication(article())).findtext("channel/item/pubDate") == "Tue, 10 Nov 2026 12:00:00 GMT"
    assert rss(publication(article())).findtext("channel/lastBuildDate") == "Tue, 10 Nov 2026 13:00:00 GMT"


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_an_article_that_cannot_be_written_is_left_out_and_named(format: str) -> None:
    class Poison:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    content: Content = Poison()  # type: ignore[assignment]
    poison = replace(article("poison"), content=content)
    output = render(publication(article("1"), poison, article("2")), format, site=SITE)
    assert output.omitted == (poison.id,)
    assert b"Story 1" in output.body
    assert b"Story 2" in output.body
    if format != "json":
        assert len(feedparser.parse(io.BytesIO(output.body)).entries) == 2
