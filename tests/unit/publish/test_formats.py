"""What readers get in each format."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from aggregator.errors import RenderError
from aggregator.model import EVERYTHING, Credit, Picture, Republish, Title, Visibility
from aggregator.publish import FORMATS, Chain, Publication, article_uri, channel_uri, render, search_address, search_uri
from tests.unit.publish.made_up import (
    ATOM,
    SITE,
    article,
    atom_schema,
    json_schema,
    one,
    publication,
    rich_article,
)
from tests.unit.publish.reading import parsed, read

GOLDEN = Path(__file__).parent / "golden"


def golden_publication(format: str) -> Publication:
    """The feed whose bytes stand in `golden/`; `python -m tests.unit.publish.renew_golden` writes them anew."""
    articles = (
        replace(rich_article(), attribution="© The Andean Post, by permission"),
        article("3", republish=Republish.TITLE, language="es", title="Título con «comillas» & más"),
        article("4", url=None, title="", summary="A story without a headline or a link."),
    )
    return publication(
        *articles,
        self_url=f"https://wire.example.org/news/sections/south-america.{format}",
        hubs=("https://wire.example.org/news/websub/hub",),
        icon="https://wire.example.org/news/static/icon.png",
    )


def archive_page(format: str) -> Publication:
    """The same as a page between two others (RFC 5005)."""
    channel = "https://wire.example.org/news/sections/south-america"
    pages = {part: f"{channel}/archive/2026-0{number}.{format}" for number, part in ((1, "previous"), (3, "following"))}
    chain = Chain(**pages, current=f"{channel}.{format}", archived=True)
    return replace(golden_publication(format), self_url=f"{channel}/archive/2026-02.{format}", chain=chain)


SEARCH = "https://wire.example.org/news/search.atom?q=lakes"
PAGED = publication(article(), chain=Chain(first=SEARCH, next=f"{SEARCH}&before=7"))


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_an_archive_page_says_what_it_is_and_what_comes_before_and_after(format: str) -> None:
    root = etree.fromstring(render(archive_page(format), format, site=SITE).body)
    head = root if format == "atom" else root[0]
    links = {
        link.get("rel"): str(link.get("href")).rpartition("/news/")[2]
        for link in head.iterfind("{http://www.w3.org/2005/Atom}link")
    }
    assert links["self"] == f"sections/south-america/archive/2026-02.{format}"
    assert links["current"] == f"sections/south-america.{format}"
    assert links["prev-archive"] == f"sections/south-america/archive/2026-01.{format}"
    assert links["next-archive"] == f"sections/south-america/archive/2026-03.{format}"
    assert head.find("{http://purl.org/syndication/history/1.0}archive") is not None
    assert root.nsmap["fh"] == "http://purl.org/syndication/history/1.0"


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_are_those_of_the_golden_file(format: str) -> None:
    output = render(golden_publication(format), format, site=SITE)
    assert output.body == (GOLDEN / f"south-america.{format}").read_bytes()
    assert output.omitted == ()
    assert output.media_type == FORMATS[format].media_type


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_without_articles_is_a_feed(format: str) -> None:
    assert read(publication(), format, SITE) == ()
    assert read(publication(title="", description="", language="not a tag"), format, SITE) == ()


@pytest.mark.parametrize("format", FORMATS)
def test_an_article_has_one_id_in_every_format_and_every_feed(format: str) -> None:
    other = publication(article(), title="Lakes", id=channel_uri(SITE, "channel", "lakes"))
    for feed in (publication(article()), other):
        assert [item.id for item in read(feed, format, SITE)] == [article_uri(SITE, article().id)]


def test_ids_are_tag_uris_that_survive_a_move() -> None:
    moved = replace(SITE, url="https://new.example.net")
    assert article_uri(moved, "abcd234567abcd23") == "tag:example.org,2026-01-01:article/abcd234567abcd23"
    assert channel_uri(moved, "author", "dionys-duroc") == "tag:example.org,2026-01-01:authors/dionys-duroc"
    assert search_uri(moved, 'litio OR "a b"') == "tag:example.org,2026-01-01:search/litio%20OR%20%22a%20b%22"
    assert search_address(moved, "a&b c") == "https://new.example.net/search?q=a%26b%20c"


@pytest.mark.parametrize("feed", [publication(), golden_publication("atom"), archive_page("atom"), PAGED])
def test_atom_satisfies_the_grammar_of_rfc_4287(feed: Publication) -> None:
    document = etree.fromstring(render(feed, "atom", site=SITE).body)
    assert atom_schema().validate(document), atom_schema().error_log


@pytest.mark.parametrize("feed", [publication(), golden_publication("json"), archive_page("json"), PAGED])
def test_json_satisfies_the_schema_of_json_feed(feed: Publication) -> None:
    body = json.loads(render(feed, "json", site=SITE).body)
    assert [fault.message for fault in json_schema().iter_errors(body)] == []


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_markup_in_a_title_is_text(format: str) -> None:
    body = render(publication(rich_article()), format, site=SITE).body
    assert b"AT&amp;T &lt;raises&gt; its" in body
    assert parsed(body, format).entries[0].title == rich_article().content.title


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_reader_finds_picture_caption_text_and_tags(format: str) -> None:
    entry = parsed(render(publication(rich_article()), format, site=SITE).body, format).entries[0]
    picture = entry.media_content[-1]
    assert (picture["url"], picture["medium"], picture["width"]) == (
        "https://andean.example.com/lake.jpg",
        "image",
        "1200",
    )
    assert entry.media_thumbnail[0]["url"] == "https://andean.example.com/lake.jpg"
    assert entry.media_credit[0]["content"] == "Rosa Quispe"
    assert entry.content[0].value == rich_article().content.text
    assert {"Lakes", "PE"} <= {tag.term for tag in entry.tags}
    assert entry.enclosures[0]["href"] == "https://andean.example.com/lake.mp3"
    assert "es-PE" in (entry.get("language"), entry.title_detail.language)


def test_a_summary_is_the_same_words_in_every_format() -> None:
    words = "Two towers, one lake & no bridge."
    narrowed = publication(rich_article(), within=EVERYTHING.only(Republish.SUMMARY))
    rss = etree.fromstring(render(narrowed, "rss", site=SITE).body)
    atom = etree.fromstring(render(narrowed, "atom", site=SITE).body)
    item = json.loads(render(narrowed, "json", site=SITE).body)["items"][0]
    assert rss.findtext("channel/item/description") == "Two towers, one lake &amp; no bridge."
    assert atom.findtext("a:entry/a:summary", namespaces=ATOM) == words
    assert item["content_text"] == words


@pytest.mark.parametrize("format", FORMATS)
def test_a_channel_that_narrows_to_titles_shows_nothing_else(format: str) -> None:
    body = render(publication(rich_article(), within=EVERYTHING.only(Republish.TITLE)), format, site=SITE).body
    for secret in (b"towers", b"whole story", b"lake.jpg", b"lake.mp3", b"dawn"):
        assert secret not in body
    assert b"Lake Titicaca" in body


def test_an_entry_without_a_byline_is_its_outlets() -> None:
    """RFC 4287 §4.2.1: the author of atom:source applies to an entry that has none."""
    entry = one(etree.fromstring(render(publication(article()), "atom", site=SITE).body), "a:entry")
    assert entry.find("a:author", ATOM) is None
    assert entry.findtext("a:source/a:author/a:name", namespaces=ATOM) == "The Andean Post"


@pytest.mark.parametrize("format", FORMATS)
def test_an_address_is_no_authors_name(format: str) -> None:
    ours = article(credits=(Credit(name="desk@andean.example.com"), Credit(name="Rosa Quispe")))
    assert read(publication(ours), format, SITE)[0].authors == ("Rosa Quispe",)


def test_a_text_without_words_is_the_description_of_its_item() -> None:
    text = '<p><img src="https://andean.example.com/1.jpg" alt=""></p>'
    feed = publication(article(summary="", text=text, republish=Republish.FULL))
    [item] = etree.fromstring(render(feed, "rss", site=SITE).body).iterfind("channel/item")
    assert "1.jpg" in (item.findtext("description") or "")
    assert item.find("{http://purl.org/rss/1.0/modules/content/}encoded") is None


@pytest.mark.parametrize(
    ("stated", "id"),
    [
        ("tag:andean.example.com,2026:feed", "tag:andean.example.com,2026:feed"),
        ("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6"),
        ("urn:isbn:0451450523", "urn:isbn:0451450523"),
        ("http://andean.example.com/", "http://andean.example.com/"),
        ("https://andean.example.com:8443/feed?a=b", "https://andean.example.com:8443/feed?a=b"),
        ("https://andean.example.com", "https://andean.example.com/feed.xml"),
        ("https://Andean.example.com/", "https://andean.example.com/feed.xml"),
        ("https://andean.example.com:443/", "https://andean.example.com/feed.xml"),
        ("https://andean.example.com/a/../b", "https://andean.example.com/feed.xml"),
        ("https://andean.example.com/%7eana", "https://andean.example.com/feed.xml"),
        ("urn:uuid:1", "https://andean.example.com/feed.xml"),
        ("my feed", "https://andean.example.com/feed.xml"),
        ("javascript:alert(1)", "https://andean.example.com/feed.xml"),
        (None, "https://andean.example.com/feed.xml"),
    ],
)
def test_atom_source_has_the_id_that_the_feed_gave_itself_else_its_address(stated: str | None, id: str) -> None:
    entry = one(
        etree.fromstring(render(publication(article(source_feed_id=stated)), "atom", site=SITE).body), "a:entry"
    )
    assert entry.findtext("a:source/a:id", namespaces=ATOM) == id
    assert one(entry, "a:source/a:link[@rel='self']").get("href") == "https://andean.example.com/feed.xml"


@pytest.mark.parametrize(("length", "stated"), [(98_765, "98765"), (None, None), (0, None), (-1, None)])
def test_a_picture_has_its_length_in_every_format_where_it_was_stated(length: int | None, stated: str | None) -> None:
    url = "https://andean.example.com/lake.jpg"
    feed = publication(article(picture=Picture(url=url, length=length)))
    rss, atom = (etree.fromstring(render(feed, format, site=SITE).body) for format in ("rss", "atom"))
    assert one(rss, "channel/item/enclosure").get("length") == (stated or "0")  # which RSS requires
    assert one(atom, "a:entry/a:link[@rel='enclosure']").get("length") == stated
    for root in (rss, atom):
        assert one(root, ".//{http://search.yahoo.com/mrss/}content").get("fileSize") == stated
    (item,) = json.loads(render(feed, "json", site=SITE).body)["items"]
    attachment = {"url": url, "mime_type": "image/jpeg", "size_in_bytes": length}
    assert item.get("attachments", []) == ([attachment] if stated else [])
    assert item["image"] == url


def test_rss_names_the_outlet_as_source() -> None:
    source = one(etree.fromstring(render(publication(article()), "rss", site=SITE).body), "channel/item/source")
    assert (source.text, source.get("url")) == ("The Andean Post", "https://andean.example.com/feed.xml")


@pytest.mark.parametrize("format", FORMATS)
def test_links_that_are_not_of_the_web_are_never_published(format: str) -> None:
    bad = "javascript:alert(1)"
    ours = article(url=bad, picture=Picture(url="data:image/png;base64,AAAA"), source_url=bad)
    body = render(publication(ours, hubs=(bad,), icon="file:///etc/passwd"), format, site=SITE).body
    for scheme in (b"javascript:", b"data:", b"file:"):
        assert scheme not in body
    assert read(publication(ours), format, SITE)[0].link == f"{SITE.url}/articles/{ours.id}"


@pytest.mark.parametrize("format", FORMATS)
def test_a_withdrawn_article_is_in_no_feed(format: str) -> None:
    assert read(publication(article(visibility=Visibility.WITHDRAWN)), format, SITE) == ()
    told = replace(article(), also_in=(article("2", visibility=Visibility.WITHDRAWN),))
    assert b"Story 2" not in render(publication(told), format, site=SITE).body


@pytest.mark.parametrize("format", FORMATS)
def test_a_title_of_the_site_in_several_languages_is_the_feeds(format: str) -> None:
    site = replace(SITE, title=Title.of({"en": "Wire", "es": "Cable"}), language="es")
    body = render(publication(article(), language="es"), format, site=site).body
    assert b"Cable" in body or format == "json"


def test_a_feed_says_whose_the_articles_are_and_whom_to_ask() -> None:
    for format in FORMATS:
        assert b"unofficial selection" in render(publication(), format, site=SITE).body
        assert b"ops@example.org" in render(publication(), format, site=SITE).body
    rss = etree.fromstring(render(publication(), "rss", site=SITE).body)
    assert rss.findtext("channel/webMaster") == "ops@example.org (The Made-up Wire)"
    page = etree.fromstring(render(publication(contact="https://wire.example.org/contact"), "rss", site=SITE).body)
    assert page.find("channel/webMaster") is None


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(RenderError, match=r"'xml'.*rss, atom, json"):
        render(publication(), "xml", site=SITE)


def test_a_format_renders_itself() -> None:
    feed = publication(article())
    assert FORMATS["rss"].render(feed, site=SITE) == render(feed, "rss", site=SITE)


def test_every_key_of_the_json_extension_is_documented() -> None:
    docs = Path(__file__).parents[3].joinpath("docs", "feeds.md").read_text("utf-8")
    item: dict[str, Any] = json.loads(render(publication(rich_article()), "json", site=SITE).body)["items"][0]
    for key in item["_aggregator"]:
        assert f"`{key}`" in docs
