"""A web site's page or sitemap → where its feeds may be, and what it says of itself."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from aggregator.errors import ParseError
from aggregator.parse import linked_data
from aggregator.parse.html import Html, read_html, words_of
from aggregator.text import one_line, xml_legal
from aggregator.urls import absolute

_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|x-rss\+xml)|text/(?:rss|atom)", re.I)
_FEED_ADDRESS = re.compile(
    r"(?:^|[/_.\-])(?:rss|rss2|feeds?|atom|rdf|outboundfeeds)(?:[/_.\-]|$)|\.(?:rss|rdf|atom)$|[?&](?:feed|format|type|output|outputtype)=(?:rss|atom|xml|json)",
    re.I,
)
_OTHER_FEED = re.compile(
    r"comments?/feed|feed/comments|feed=comments|comentarios|/oembed|\.(?:png|svg|jpe?g|css|js)$", re.I
)
_ORGANISATION = re.compile(r"(?:Organization|NewsMediaOrganization|Corporation|Periodical|WebSite)\Z")
_MOST_ANCHORS, _MOST, _MOST_LOCATIONS = 5_000, 100, 20_000
_GZIP, _MOST_UNPACKED = b"\x1f\x8b", 10 * 1024 * 1024  # RFC 1952 §2.3.1
# Where publishing systems put feeds: WordPress and most, Arc, Drupal, JSON Feed, Blogger, Squarespace, Ghost, older ones.
WELL_KNOWN = (
    "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds", "/rss/", "/feeds/posts/default",
    "/arc/outboundfeeds/rss/?outputType=xml", "/index.rss", "/rss/index.xml", "/?feed=rss2", "/blog?format=rss",
)  # fmt: skip
SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """An address that may be a feed, and what says so."""

    url: str
    rule: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a page says of its site: `country` is as stated (a code or a name), `locale` such as `es_AR`."""

    url: str
    title: str = ""
    language: str | None = None
    locale: str | None = None
    country: str | None = None
    leads: tuple[Lead, ...] = ()


def parse_site(body: bytes, *, content_type: str, url: str) -> Site:
    """`url` is the final address. Raises ParseError for what is no web page."""
    html = read_html(body, content_type)
    scripts = (
        one.text for one in html.root.iter("script") if "ld+json" in (one.get("type") or "").lower() and one.text
    )
    graph = linked_data.read_graph(scripts)
    found: dict[str, Lead] = {}
    for lead in (*_linked(html, url), *_anchored(html, url), *_described(graph, url)):
        if not _OTHER_FEED.search(lead.url) and len(found) < _MOST:
            found.setdefault(lead.url, lead)
    return Site(
        url=url,
        title=_title(html, graph),
        language=html.language,
        locale=html.meta("og:locale"),
        country=_country(graph),
        leads=tuple(found.values()),
    )


def well_known(url: str) -> tuple[Lead, ...]:
    """The addresses of feeds by habit, on the host of `url`."""
    parts = urlsplit(url)
    return tuple(Lead(url=f"{parts.scheme}://{parts.netloc}{path}", rule="well-known path") for path in WELL_KNOWN)


def parse_sitemap(body: bytes, *, url: str) -> tuple[tuple[Lead, ...], tuple[str, ...]]:
    """(what may be feeds, further sitemaps) of a sitemap or an index of them (https://www.sitemaps.org/protocol.html), also of
    one that is a gzip file: of a large one the first 10 MiB."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        if body.startswith(_GZIP):
            body = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(body, _MOST_UNPACKED)
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, zlib.error) as error:
        raise ParseError("this is not a sitemap") from error
    if root is None:
        raise ParseError("this is not a sitemap")
    leads: dict[str, Lead] = {}
    further: dict[str, None] = {}
    for count, location in enumerate(root.iter("{*}loc")):
        address = absolute(xml_legal(location.text or ""), url)
        if address is None or count >= _MOST_LOCATIONS:
            continue
        parent = location.getparent()
        if parent is not None and etree.QName(parent).localname == "sitemap":
            further[address] = None
        elif _looks_like_feed(address):
            leads[address] = Lead(url=address, rule="sitemap")
    return tuple(leads.values())[:_MOST], tuple(further)[:_MOST]


def _looks_like_feed(address: str) -> bool:
    parts = urlsplit(address)
    asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return _FEED_ADDRESS.search(asked) is not None and not _OTHER_FEED.search(address)


def _linked(html: Html, url: str) -> Iterator[Lead]:
    for relation in ("alternate", "feed"):
        for link in html.links(relation):
            address = absolute(link.get("href") or "", url)
            if address and (relation == "feed" or _FEED_TYPE.search(link.get("type") or "")):
                yield Lead(url=address, rule=f"link rel={relation}", title=one_line(link.get("title") or "")[:200])


def _anchored(html: Html, url: str) -> Iterator[Lead]:
    for count, anchor in enumerate(html.root.iter("a")):
        if count >= _MOST_ANCHORS:
            return
        address = absolute(anchor.get("href") or "", url)
        if address is None:
            continue
        words = words_of(anchor, 100)
        if _looks_like_feed(address) or words.lower() in (
            "rss",
            "atom",
            "xml",
            "feed",
            "feeds",
            "rss feeds",
            "canales rss",
        ):
            yield Lead(url=address, rule="link in the page", title=words)


def _described(graph: linked_data.Graph, url: str) -> Iterator[Lead]:
    """A `DataFeed`, or anything that says it is encoded as a feed."""
    for node in graph.nodes:
        is_feed = "DataFeed" in linked_data.types(node) or _FEED_TYPE.search(str(node.get("encodingFormat", "")))
        for key in ("url", "contentUrl"):
            if is_feed and isinstance(node.get(key), str) and (address := absolute(node[key], url)):
                yield Lead(url=address, rule="structured data", title=one_line(str(node.get("name", "")))[:200])


def _organisations(graph: linked_data.Graph) -> Iterator[linked_data.Node]:
    for node in graph.nodes:
        if any(_ORGANISATION.search(type) for type in linked_data.types(node)):
            yield node


def _title(html: Html, graph: linked_data.Graph) -> str:
    """`og:site_name`, else the organisation's name, else the part of `<title>` before a dash."""
    named = html.meta("og:site_name", "application-name")
    if not named:
        names = (name for node in _organisations(graph) for name in linked_data.texts(graph, node.get("name")))
        named = next(names, None)
    if not named:
        title = html.root.find(".//title")
        named = re.split(r"\s[-–—|:·]\s|:\s", words_of(title) if title is not None else "")[0]
    return one_line(named)[:200]


def _country(graph: linked_data.Graph) -> str | None:
    for node in _organisations(graph):
        for address in graph.listed(node.get("address")):
            if isinstance(address, dict):
                for country in linked_data.texts(graph, address.get("addressCountry")):
                    return country[:60]
    return None
