"""feedgen 1.0.0 → a feed that is complete but for its items: one extension, with what it overcomes.

G1   Atom entry links lose rel, type, length and title
G2   RSS drops an author without an e-mail: `dc:creator` for each
G3   a hub link becomes the channel's link and is missing in RSS: hubs are written by `NewsExtension`
G4   one illegal character fails the whole feed: `legal` takes it out; what still fails is left out alone (`item.each`)
G5   an Atom entry without link and content fails the whole feed: its title becomes its content
G6   an enclosure of unknown length is `length="None"`: `0` in RSS (RSS profile), nothing in Atom
G7   naive datetimes raise: `utc` reads them as UTC
G8   `updated` and `lastBuildDate` default to now: `new_feed` always sets them
G9   `add_entry` prepends: items are spliced in, in the order given
G10  `atom:source` has a title and a bare link alone: written in full

Items are ours (`atom.py`, `rss.py`), which is how G1, G2, G5, G6 and G10 end. Beyond these: feedgen writes RSS dates under a
process-wide `setlocale`, which threads must not do: we write them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.model import Site
from aggregator.publish.dates import rfc822, rfc3339, utc
from aggregator.publish.ids import article_uri
from aggregator.publish.item import language_tag, line
from aggregator.publish.links import web_link
from aggregator.publish.publication import Chain, Publication
from aggregator.publish.rights import notice
from aggregator.text import xml_legal as legal

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"  # RFC 6721
HISTORY = "{http://purl.org/syndication/history/1.0}"
# Those that items use; feedgen adds Atom's to RSS.
NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "media": "http://search.yahoo.com/mrss/"}
GENERATOR = "aggregator"  # without a version: an upgrade must not change every feed

# RFC 4287 §3.2.3 asks for no more than something on both sides of the @.
_MAIL = re.compile(r"[^\s/@]+@[^\s/@]+")


class NewsExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen's feed lacks. Set `hubs`, `chain`, `updated`, `deleted` (id, when)."""

    def __init__(self) -> None:
        self.hubs: tuple[str, ...] = ()
        self.chain = Chain()
        self.updated: datetime | None = None
        self.deleted: tuple[tuple[str, datetime], ...] = ()

    def extend_ns(self) -> dict[str, str]:
        tombstones = {"at": TOMBSTONES[1:-1]} if self.deleted else {}
        return NAMESPACES | tombstones | ({"fh": HISTORY[1:-1]} if self.chain.archived else {})

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        for rel, address in self._links():
            _put(feed, "link", rel=rel, href=address)
        self._mark(feed)
        for uri, when in self.deleted:
            _put(feed, f"{TOMBSTONES}deleted-entry", ref=uri, when=rfc3339(when))
        return feed

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        channel = feed[0]
        for rel, address in self._links():
            _put(channel, f"{ATOM}link", rel=rel, href=address)
        self._mark(channel)
        if self.updated:
            _put(channel, "lastBuildDate", rfc822(self.updated))
        return feed

    def _links(self) -> tuple[tuple[str, str], ...]:
        return (*(("hub", hub) for hub in self.hubs), *self.chain.links())

    def _mark(self, head: etree._Element) -> None:
        if self.chain.archived:
            _put(head, f"{HISTORY}archive")


def new_feed(publication: Publication, *, site: Site, media_type: str) -> Any:
    """A `FeedGenerator` with all that `publication` says of itself; what it prints is complete but for the items."""
    feed = FeedGenerator()
    feed.register_extension("news", NewsExtension)
    title = line(publication.title) or publication.id
    page = web_link(publication.page_url) or site.url
    feed.id(legal(publication.id))
    feed.title(title)
    feed.subtitle(line(publication.description) or title)
    feed.language(language_tag(publication.language))
    feed.generator(GENERATOR)
    feed.rights(notice(publication.contact, publication.language))
    # The last link is the RSS channel's (G3).
    feed.link([{"href": legal(publication.self_url), "rel": "self", "type": media_type}])
    feed.link([{"href": page, "rel": "alternate", "type": "text/html"}])
    if icon := web_link(publication.icon):
        feed.image(url=icon, title=title, link=page)
        feed.icon(icon)
    _editor(feed, publication, site)
    _dates(feed, utc(publication.updated))
    feed.news.deleted = tuple((article_uri(site, id), when) for id, when in publication.deleted)
    feed.news.chain = publication.chain
    feed.news.hubs = tuple(filter(None, map(web_link, publication.hubs)))
    return feed


def _editor(feed: Any, publication: Publication, site: Site) -> None:
    """Who made the selection. RSS wants an e-mail address, Atom a name (RFC 4287 §4.1.1 where an entry has no author)."""
    name, contact = line(site.title.text(site.language)) or site.id_domain, line(publication.contact or "")
    person = {"name": name, "uri": legal(site.url)}
    if _MAIL.fullmatch(contact):
        feed.webMaster(f"{contact} ({name})")
        person["email"] = contact
    feed.author(person)


def _dates(feed: Any, updated: datetime) -> None:
    feed.updated(updated)
    # feedgen has no way to say "none", and would write it under setlocale.
    feed._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001
    feed.news.updated = updated


def _put(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> None:
    """Appends an element to `parent`. Atom's own names are bare within feedgen."""
    node = etree.SubElement(parent, name)
    if text is not None:
        node.text = legal(text)
    for key, value in attributes.items():
        node.set(key, legal(value))
