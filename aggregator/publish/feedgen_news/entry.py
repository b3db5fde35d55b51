"""Item → an Atom entry or an RSS item: by feedgen where it can, by the extension where it cannot."""

from __future__ import annotations

import html
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from lxml import etree

from aggregator.model import Category, Enclosure
from aggregator.publish.dates import rfc822, rfc3339, utc
from aggregator.publish.feedgen_news.nodes import (
    ATOM,
    CONTENT,
    DC,
    MEDIA,
    NAMESPACES,
    RSS_NAMESPACES,
    XML_LANG,
    printed,
    put,
    put_cdata,
    put_licence,
    put_rsl,
)
from aggregator.publish.item import Item, Person, written_once
from aggregator.publish.links import medium
from aggregator.text import xml_legal as legal


class NewsEntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen's entry lacks, from `item`."""

    item: Item | None = None

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        if item := self.item:
            if item.language:
                entry.set(XML_LANG, item.language)
            _atom_links(entry, item)
            _atom_persons(entry, item.authors)
            _atom_source(entry, item)
            _pictures(entry, item)
            put_rsl(entry, item.rsl)
        return entry

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        if item := self.item:
            put(entry, "pubDate", rfc822(item.published))
            put(entry, f"{ATOM}updated", rfc3339(item.updated))
            for author in item.authors:
                put(entry, f"{DC}creator", author.name)
            if item.language:
                put(entry, f"{DC}language", item.language)
            if item.rights:
                put(entry, f"{DC}rights", item.rights)
            if item.licence:
                put_licence(entry, item.licence)
            if item.source.url:
                put(entry, "source", item.outlet.title, url=item.source.url)
            if item.body and item.description:
                put_cdata(entry, f"{CONTENT}encoded", item.body)
            _rss_files(entry, item)
            _pictures(entry, item)
            put_rsl(entry, item.rsl)
        return entry


@written_once
def atom_entry(item: Item) -> bytes:
    """`item` as RFC 4287 §4.1.2 has it; raises what feedgen or lxml raise where it cannot be written."""
    entry = _new_entry(item)
    entry.published(utc(item.published))
    if item.description:
        entry.summary(legal(item.description), type="text")
    if item.body:
        entry.content(legal(item.body), type="html")
    elif not item.url:
        entry.content(legal(item.title), type="text")  # §4.1.2: no alternate link, then content
    if item.rights:
        entry.rights(legal(item.rights))
    return printed(entry.atom_entry(), "feed", namespaces=NAMESPACES)


@written_once
def rss_item(item: Item) -> bytes:
    """`item` as RSS 2.0 and the RSS Board's profile have it; raises what feedgen or lxml raise where it cannot be written."""
    entry = _new_entry(item)
    if item.description:
        # A description is HTML to every reader, so plain words are escaped once more.
        entry.description(legal(html.escape(item.description, quote=False)))
    elif item.body:
        entry.description(legal(item.body))  # a text without words, such as a picture alone, has no summary
    return printed(entry.rss_entry(), "rss", "channel", namespaces=RSS_NAMESPACES)


def _new_entry(item: Item) -> Any:
    entry = FeedEntry()
    entry.register_extension("news", NewsEntryExtension)
    entry.news.item = item
    entry.id(legal(item.id))
    entry.title(legal(item.title))
    entry.updated(utc(item.updated))
    if item.url:
        entry.link(href=legal(item.url), rel="alternate")
    if item.categories:
        entry.category([_category(category) for category in item.categories])
    return entry


def _category(category: Category) -> dict[str, str]:
    parts = {"term": category.term, "scheme": category.scheme, "label": category.label}
    return {key: legal(value) for key, value in parts.items() if value}


def _atom_links(entry: etree._Element, item: Item) -> None:
    """feedgen's link is bare (G1): it is replaced, in its place."""
    for bare in entry.findall("link"):
        entry.remove(bare)
    if item.url:
        put(entry, "link", rel="alternate", href=item.url, type="text/html", hreflang=item.language)
    # The picture for readers that know no Media RSS: newsboat, sfeed and reader show enclosures alone.
    for file in (*item.enclosures, *item.picture_as_file):
        put(entry, "link", rel="enclosure", href=file.url, type=file.type, length=file.length)
    if item.licence:
        put(entry, "link", rel="license", href=item.licence)  # RFC 4946
    for other in item.related:
        put(entry, "link", rel="related", href=other.url, title=other.title)
    if item.source.url:
        put(entry, "link", rel="via", href=item.source.url, title=item.source.title)


def _atom_persons(parent: etree._Element, persons: tuple[Person, ...]) -> None:
    for person in persons:
        author = put(parent, "author")
        put(author, "name", person.name)
        if person.url:
            put(author, "uri", person.url)


def _atom_source(entry: etree._Element, item: Item) -> None:
    """RFC 4287 §4.2.11: a feed that has an id keeps it. Its author, the outlet, is that of an entry that names none (§4.2.1)."""
    source = put(entry, "source")
    if id := item.source.id or item.source.url:
        put(source, "id", id)
    put(source, "title", item.source.title)
    put(source, "updated", rfc3339(item.updated))
    _atom_persons(source, (Person(name=item.outlet.title, url=item.outlet.url),))
    if item.source.url and item.source.url != item.outlet.url:
        put(source, "link", rel="self", href=item.source.url)
    if item.outlet.url:
        put(source, "link", rel="alternate", href=item.outlet.url)
    if item.rights:
        put(source, "rights", item.rights)


def _rss_files(entry: etree._Element, item: Item) -> None:
    """One `enclosure` (RSS profile), the picture where there is nothing else; the others are `media:content`."""
    picture = item.picture.url if item.picture else None
    files = sorted(item.enclosures, key=lambda file: file.url == picture) or item.picture_as_file
    for file in files[:1]:
        put(entry, "enclosure", url=file.url, length=file.length or 0, type=file.type)
    for file in files[1:]:
        if file.url != picture:
            _media(entry, file)


def _media(entry: etree._Element, file: Enclosure) -> None:
    put(entry, f"{MEDIA}content", url=file.url, type=file.type, medium=medium(file.type), fileSize=file.length)


def _pictures(entry: etree._Element, item: Item) -> None:
    """Media RSS 1.5.1: the picture with its caption and credit, and as a thumbnail for readers that know nothing else."""
    if not (picture := item.picture):
        return
    size: dict[str, Any] = {"width": picture.width, "height": picture.height}
    about: dict[str, Any] = {"type": picture.type, "medium": "image", "fileSize": picture.length}
    node = put(entry, f"{MEDIA}content", url=picture.url, **about, **size)
    if picture.caption:
        put(node, f"{MEDIA}description", picture.caption, type="plain")
    if picture.credit:
        put(node, f"{MEDIA}credit", picture.credit)
    if picture.copyright:
        put(node, f"{MEDIA}copyright", picture.copyright)
    put(entry, f"{MEDIA}thumbnail", url=picture.url, **size)
