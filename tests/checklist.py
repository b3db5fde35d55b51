"""The republishing checklist: what must hold of every feed and list that we publish, one function a line, by format.

A function is given one document and raises AssertionError; its name is the line. `LINES` has all of them: tests run each over
every output of made-up hard cases and of real feeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from lxml import etree

ATOM, DC, MEDIA = (
    "{http://www.w3.org/2005/Atom}",
    "{http://purl.org/dc/elements/1.1/}",
    "{http://search.yahoo.com/mrss/}",
)
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
CONVENTIONAL = {
    "dcterms": "http://purl.org/dc/terms/",
    "dc": DC[1:-1],
    "media": MEDIA[1:-1],
    "content": CONTENT[1:-1],
    "fh": "http://purl.org/syndication/history/1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "rsl": "https://rslstandard.org/rsl",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ABSOLUTE = re.compile(r"https?://[^/?#\s]+\S*\Z")
_ARTICLE = re.compile(r"tag:[^:,]+,\d{4}-\d\d-\d\d:(?:article/[a-z2-7]{16}\Z|status/)")
_FEED = re.compile(r"tag:[^:,]+,\d{4}-\d\d-\d\d:(?:sections|authors|outlets|sources|channels|search|status)\b")
_RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT\Z"
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*\Z")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+\Z")
_MARKUP = re.compile(r"</?(?:a|b|br|div|em|i|img|p|script|span|strong|u)\b[^<]*>", re.I)


@dataclass(frozen=True)
class Fed:
    """One output: its format, its bytes, the contact that it must name, the ids that sources give themselves by their address,
    the hub that pushes it (none: ""), and the order keys of articles by id, of those that are known."""

    format: str
    body: bytes
    contact: str = ""
    feed_ids: Mapping[str, str] = field(default_factory=dict)
    hub: str = ""
    keys: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    @cached_property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def channel(self) -> etree._Element:
        return self.root[0] if self.format == "rss" else self.root

    @property
    def entries(self) -> list[etree._Element]:
        return list(self.channel.iterfind("item" if self.format == "rss" else f"{ATOM}entry"))

    @property
    def articles(self) -> list[etree._Element]:
        """The entries that we have from others: all but what `/status.atom` says of ourselves."""
        return [entry for entry in self.entries if ":status/" not in text(entry, f"{ATOM}id")]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(relation, address) of what the feed itself leads to."""
        if self.format == "json":
            named = [("self", self.json["feed_url"]), *(("hub", hub["url"]) for hub in self.json.get("hubs", ()))]
            return named + ([("next", self.json["next_url"])] if "next_url" in self.json else [])
        return [(str(link.get("rel")), str(link.get("href"))) for link in self.channel.iterfind(f"{ATOM}link")]

    @property
    def outlines(self) -> list[etree._Element]:
        return list(self.root.iterfind("body//outline"))


Check = Callable[[Fed], None]
LINES: dict[str, tuple[tuple[str, ...], Check]] = {}


def line(*formats: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        LINES[check.__name__] = (formats, check)
        return check

    return register


def holding(format: str) -> list[str]:
    """The names of the lines that hold of a format."""
    return [name for name, (formats, _) in LINES.items() if format in formats]


def text(parent: etree._Element, path: str) -> str:
    found = parent.find(path)
    assert found is not None, path
    return found.text or ""


# Common


@line("rss", "atom", "json", "opml")
def only_characters_that_xml_allows_in_utf_8(fed: Fed) -> None:
    assert not _ILLEGAL.search(fed.body.decode())
    if fed.format == "json":
        assert not _ILLEGAL.search(json.dumps(fed.json, ensure_ascii=False))


@line("rss", "atom", "opml")
def declared_as_utf_8_without_a_doctype(fed: Fed) -> None:
    head = fed.body[:200]
    assert head.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"<!DOCTYPE" not in fed.body[:500]
    assert b"<?xml-stylesheet" not in head


@line("rss", "atom", "opml")
def prefixes_are_the_usual_ones(fed: Fed) -> None:
    known = CONVENTIONAL | {"atom": ATOM[1:-1], None: ATOM[1:-1]}
    for element in fed.root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            assert known.get(prefix) == uri, (prefix, uri)


@line("rss", "atom", "json", "opml")
def every_address_is_absolute_and_of_the_web(fed: Fed) -> None:
    for address in addresses(fed):
        assert _ABSOLUTE.match(address), address


def addresses(fed: Fed) -> Iterator[str]:
    if fed.format == "json":
        keys = ("home_page_url", "feed_url", "next_url", "icon")
        yield from (fed.json[key] for key in keys if key in fed.json)
        for item in fed.json["items"]:
            yield from (item[key] for key in ("url", "image") if key in item)
            yield from (one["url"] for key in ("authors", "attachments") for one in item.get(key, ()) if "url" in one)
            yield from (
                one["url"] for one in (item["_aggregator"]["source"], item["_aggregator"]["outlet"]) if "url" in one
            )
        return
    for element in fed.root.iter(etree.Element):
        yield from (
            str(element.get(name))
            for name in ("href", "url", "xmlUrl", "htmlUrl")
            if element.get(name) and "rsl" not in element.tag
        )
        if element.tag in ("link", f"{ATOM}uri", f"{ATOM}icon", f"{ATOM}logo", "url"):
            yield from [element.text] if element.text else []


@line("rss", "atom", "json")
def every_item_has_an_id_of_its_own_that_holds_no_address(fed: Fed) -> None:
    found = ids(fed)
    assert len(found) == len(set(found))
    assert all(_ARTICLE.match(id) for id in found), found


def ids(fed: Fed) -> list[str]:
    if fed.format == "json":
        return [item["id"] for item in fed.json["items"]]
    return [text(entry, "guid" if fed.format == "rss" else f"{ATOM}id") for entry in fed.entries]


@line("rss", "atom", "json")
def a_title_is_text_and_has_no_markup(fed: Fed) -> None:
    titles = [item["title"] for item in fed.json["items"]] if fed.format == "json" else []
    path = "title" if fed.format == "rss" else f"{ATOM}title"
    titles += [text(entry, path) for entry in fed.entries] if fed.format != "json" else []
    for title in titles:
        assert title.strip()
        assert not _MARKUP.search(title), title
        assert "\n" not in title


@line("rss", "atom", "json")
def nothing_says_when_it_was_written(fed: Fed) -> None:
    """The feed's time is that of its contents or of its definition: with items never later than all of them."""
    if fed.format == "rss":
        assert fed.channel.find("pubDate") is None
    if fed.format == "atom" and fed.entries:
        newest = max(text(entry, f"{ATOM}updated") for entry in fed.entries)
        assert text(fed.root, f"{ATOM}updated") >= newest


@line("rss", "atom", "json")
def it_says_that_it_is_unofficial_and_whom_to_ask(fed: Fed) -> None:
    words = {"rss": "copyright", "atom": f"{ATOM}rights"}
    said = fed.json["user_comment"] if fed.format == "json" else text(fed.channel, words[fed.format])
    assert "unofficial" in said
    assert fed.contact in said


@line("rss", "atom", "json")
def the_newest_listed_stand_first(fed: Fed) -> None:
    keys = [fed.keys[id] for id in ids(fed) if id in fed.keys]
    assert keys == sorted(keys, reverse=True)


@line("rss", "atom", "json")
def at_most_200_items(fed: Fed) -> None:
    assert len(ids(fed)) <= 200


@line("rss", "atom", "json")
def it_names_the_hub_that_pushes_it_and_none_where_nothing_does(fed: Fed) -> None:
    assert [address for rel, address in fed.links if rel == "hub"] == ([fed.hub] if fed.hub else [])


@line("rss", "atom", "json")
def it_says_its_own_address_once_and_leads_on_to_others(fed: Fed) -> None:
    (own,) = (address for rel, address in fed.links if rel == "self")
    onward = [address for rel, address in fed.links if rel in ("next", "prev-archive", "next-archive", "current")]
    assert own not in onward
    assert len(onward) == len(set(onward))


@line("rss", "atom")
def a_search_has_pages_and_a_channel_has_archives(fed: Fed) -> None:
    found = dict(fed.links)
    paged, archived = ({"first", "next"} & set(found), {"current", "prev-archive", "next-archive"} & set(found))
    assert not archived if "/search." in found["self"] else not paged


# RSS 2.0 and the RSS Board's profile


@line("rss")
def a_channel_has_title_link_description_language_and_generator(fed: Fed) -> None:
    for name in ("title", "link", "description", "language", "generator"):
        assert text(fed.channel, name).strip(), name
    assert len(fed.channel.findall("link")) == 1
    assert _LANGUAGE.match(text(fed.channel, "language"))


@line("rss")
def a_channel_says_its_own_address_with_its_type(fed: Fed) -> None:
    (own,) = [link for link in fed.channel.iterfind(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("type") == "application/rss+xml"


@line("rss")
def no_ttl_that_we_could_not_keep(fed: Fed) -> None:
    assert fed.channel.find("ttl") is None


@line("rss")
def a_channel_s_picture_has_address_title_and_link(fed: Fed) -> None:
    for image in fed.channel.iterfind("image"):
        assert all(text(image, name) for name in ("url", "title", "link"))


@line("rss")
def dates_are_rfc_822_with_four_digits_english_and_gmt(fed: Fed) -> None:
    dates = [text(fed.channel, "lastBuildDate"), *(text(entry, "pubDate") for entry in fed.entries)]
    for date in dates:
        assert _RFC822.match(date), date
        assert parsedate_to_datetime(date).strftime("%a") == date[:3]


@line("rss")
def an_item_has_one_guid_which_is_no_permalink(fed: Fed) -> None:
    for entry in fed.entries:
        (guid,) = entry.findall("guid")
        assert guid.get("isPermaLink") == "false"


@line("rss")
def an_item_has_one_title_and_at_most_one_link_and_description(fed: Fed) -> None:
    for entry in fed.entries:
        assert len(entry.findall("title")) == 1
        for name in ("link", "description", "pubDate", "enclosure", "source", f"{CONTENT}encoded"):
            assert len(entry.findall(name)) <= 1, name


@line("rss")
def the_full_text_is_beside_a_description(fed: Fed) -> None:
    for entry in fed.entries:
        if entry.find(f"{CONTENT}encoded") is not None:
            assert text(entry, "description")


@line("rss")
def authors_are_dc_creators_with_a_name_each_and_no_address(fed: Fed) -> None:
    for entry in fed.entries:
        assert entry.find("author") is None
        names = [creator.text or "" for creator in entry.iterfind(f"{DC}creator")]
        assert len(names) == len(set(names))
        assert all(name.strip() and "@" not in name.split()[0] for name in names), names


@line("rss")
def an_enclosure_has_address_length_and_type(fed: Fed) -> None:
    for enclosure in fed.root.iter("enclosure"):
        assert enclosure.get("url")
        assert str(enclosure.get("length", "")).isdigit()
        assert _TYPE.match(str(enclosure.get("type", "")))


@line("rss")
def an_item_names_its_outlet_and_its_source_s_address(fed: Fed) -> None:
    for entry in fed.entries:
        (source,) = entry.findall("source")
        assert (source.text or "").strip()
        assert source.get("url")


# Atom 1.0


@line("atom")
def a_feed_has_id_title_updated_and_its_addresses(fed: Fed) -> None:
    assert _FEED.match(text(fed.root, f"{ATOM}id"))
    assert text(fed.root, f"{ATOM}title").strip()
    assert _RFC3339.match(text(fed.root, f"{ATOM}updated"))
    links = [(link.get("rel"), link.get("type")) for link in fed.root.iterfind(f"{ATOM}link")]
    assert links.count(("self", "application/atom+xml")) == 1
    assert links.count(("alternate", "text/html")) == 1


@line("atom")
def an_entry_has_id_title_published_and_an_updated_that_is_not_before(fed: Fed) -> None:
    for entry in fed.entries:
        published, updated = (text(entry, f"{ATOM}{name}") for name in ("published", "updated"))
        assert _RFC3339.match(published)
        assert _RFC3339.match(updated)
        assert datetime.fromisoformat(updated) >= datetime.fromisoformat(published)
        for name in ("id", "title", "published", "updated", "source", "summary", "content", "rights"):
            assert len(entry.findall(f"{ATOM}{name}")) <= 1, name


@line("atom")
def an_entry_links_to_the_publisher_in_its_language(fed: Fed) -> None:
    for entry in fed.entries:
        alternates = [link for link in entry.iterfind(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) <= 1
        language = entry.get("{http://www.w3.org/XML/1998/namespace}lang")
        assert language is None or _LANGUAGE.match(language)
        assert all(link.get("hreflang") == language for link in alternates)
        assert alternates or entry.find(f"{ATOM}content") is not None


@line("atom")
def every_link_says_what_it_is(fed: Fed) -> None:
    for link in fed.root.iter(f"{ATOM}link"):
        assert link.get("rel")
        assert link.get("href")
    for link in fed.root.iterfind(f"{ATOM}entry/{ATOM}link"):
        if link.get("rel") == "enclosure":
            assert _TYPE.match(str(link.get("type", "")))
            assert str(link.get("length", "0")).isdigit()


@line("atom")
def content_and_summary_say_their_type(fed: Fed) -> None:
    for entry in fed.entries:
        for summary in entry.iterfind(f"{ATOM}summary"):
            assert summary.get("type", "text") == "text"
            assert len(summary) == 0
        for content in entry.iterfind(f"{ATOM}content"):
            assert content.get("type") in ("html", "text")
            assert len(content) == 0


@line("atom")
def an_entry_says_all_of_its_source(fed: Fed) -> None:
    for entry in fed.articles:
        source = entry.find(f"{ATOM}source")
        assert source is not None
        assert text(source, f"{ATOM}title").strip()
        assert text(source, f"{ATOM}id")
        assert _RFC3339.match(text(source, f"{ATOM}updated"))
        assert {link.get("rel") for link in source.iterfind(f"{ATOM}link")} <= {"self", "alternate"}
        rights = entry.find(f"{ATOM}rights")
        assert (rights is None) == (source.find(f"{ATOM}rights") is None)


@line("atom")
def the_source_of_an_entry_keeps_the_id_that_its_feed_has(fed: Fed) -> None:
    for entry in fed.articles:
        (address,) = (link.get("href") for link in entry.iterfind(f"{ATOM}link") if link.get("rel") == "via")
        assert text(entry, f"{ATOM}source/{ATOM}id") == fed.feed_ids.get(address or "", address)


@line("atom")
def an_entry_has_an_author_or_its_source_has(fed: Fed) -> None:
    for entry in fed.entries:
        named = entry.find(f"{ATOM}author/{ATOM}name")
        source = entry.find(f"{ATOM}source")  # without one the feed's author is the entry's (RFC 4287 §4.2.1)
        named = (
            named if named is not None else (fed.root if source is None else source).find(f"{ATOM}author/{ATOM}name")
        )
        assert named is not None
        assert (named.text or "").strip()
        for email in entry.iterfind(f"{ATOM}author/{ATOM}email"):
            raise AssertionError(email.text)


@line("atom")
def an_entry_says_through_which_feed_it_came(fed: Fed) -> None:
    for entry in fed.articles:
        assert any(link.get("rel") == "via" for link in entry.iterfind(f"{ATOM}link"))


@line("rss", "atom")
def our_categories_have_our_schemes_and_a_term_stands_once_in_each(fed: Fed) -> None:
    for entry in fed.entries:
        found = [
            ((tag.text if fed.format == "rss" else tag.get("term")) or "", tag.get("domain") or tag.get("scheme"))
            for tag in entry.iterfind("category" if fed.format == "rss" else f"{ATOM}category")
        ]
        assert len(found) == len(set(found)), found
        for term, scheme in found:
            assert term.strip()
            assert scheme is None or _ABSOLUTE.match(scheme), scheme
            if scheme and scheme.endswith("/ns/region#"):
                assert re.match(r"[A-Z]{2}\Z|\d{3}\Z", term), term
            # RSS has one place for what Atom calls term and label: there the section's title stands, for people.
            if fed.format == "atom" and scheme and scheme.endswith("/ns/section#"):
                assert re.match(r"[a-z0-9-]+\Z", term), term


@line("rss", "atom")
def a_picture_has_its_medium_and_stands_once(fed: Fed) -> None:
    for entry in fed.entries:
        contents = [(one.get("url"), one.get("medium")) for one in entry.iterfind(f"{MEDIA}content")]
        assert len(contents) == len(set(contents))
        thumbnails = [one.get("url") for one in entry.iterfind(f"{MEDIA}thumbnail")]
        assert len(thumbnails) <= 1
        assert all((url, "image") in contents for url in thumbnails)


@line("rss", "atom")
def what_is_archived_is_never_called_complete(fed: Fed) -> None:
    assert fed.root.find(".//{http://purl.org/syndication/history/1.0}complete") is None


# JSON Feed 1.1


@line("json")
def it_is_a_json_feed_1_1_with_its_addresses(fed: Fed) -> None:
    assert fed.json["version"] == "https://jsonfeed.org/version/1.1"
    assert fed.json["title"].strip()
    assert fed.json["home_page_url"]
    assert fed.json["feed_url"]
    assert _LANGUAGE.match(fed.json["language"])
    assert "author" not in fed.json


@line("json")
def an_item_has_a_text_and_dates_and_links_to_the_publisher(fed: Fed) -> None:
    for item in fed.json["items"]:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) != ("content_text" in item)
        assert item.get("content_html") or item["content_text"].strip()
        for name in ("date_published", "date_modified"):
            assert _RFC3339.match(item[name])
        assert item["date_modified"] >= item["date_published"]
        assert "external_url" not in item
        assert "author" not in item
        assert all(author["name"].strip() for author in item.get("authors", ()))
        assert "language" not in item or _LANGUAGE.match(item["language"])


@line("json")
def tags_are_words_and_attachments_have_their_type(fed: Fed) -> None:
    for item in fed.json["items"]:
        assert len(item.get("tags", ())) == len(set(item.get("tags", ())))
        for file in item.get("attachments", ()):
            assert _TYPE.match(file["mime_type"])
            assert file.get("size_in_bytes", 1) > 0


@line("json")
def what_json_feed_has_no_word_for_is_in_our_extension(fed: Fed) -> None:
    for item in fed.json["items"]:
        assert item["_aggregator"]["outlet"]["title"].strip()
        assert item["_aggregator"]["source"]["title"].strip()
        unknown = {key for key in item if key.startswith("_")} - {"_aggregator"}
        assert not unknown


# OPML 2.0


@line("opml")
def a_list_has_a_title_says_when_it_began_and_what_describes_its_format(fed: Fed) -> None:
    assert fed.root.get("version") == "2.0"
    assert text(fed.root, "head/title").strip()
    assert _RFC822.match(text(fed.root, "head/dateCreated"))
    assert text(fed.root, "head/docs") == "http://opml.org/spec2.opml"


@line("opml")
def an_outline_has_a_text_and_is_a_feed_with_its_addresses_or_a_folder(fed: Fed) -> None:
    for outline in fed.outlines:
        assert str(outline.get("text", "")).strip()
        if len(outline) == 0:
            assert outline.get("type") == "rss"
            assert outline.get("xmlUrl")
            assert outline.get("htmlUrl")
        else:
            assert outline.get("xmlUrl") is None
            assert outline.get("type") is None


@line("opml")
def outlines_lie_at_most_5_deep_and_are_at_most_5000(fed: Fed) -> None:
    assert fed.root.find("body" + "/outline" * 6) is None
    assert len(fed.outlines) <= 5_000


@line("opml")
def a_category_is_a_path_and_a_feed_stands_once(fed: Fed) -> None:
    for outline in fed.outlines:
        assert all(path.startswith("/") for path in str(outline.get("category", "/")).split(","))
    addresses = [outline.get("xmlUrl") for outline in fed.outlines if outline.get("xmlUrl")]
    assert len(addresses) == len(set(addresses))
