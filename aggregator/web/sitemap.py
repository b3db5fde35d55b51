"""What there is for people → sitemap.xml (https://www.sitemaps.org/protocol.html) and robots.txt (RFC 9309)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from lxml import etree

from aggregator.model import ChannelKind
from aggregator.web.desk import Desk
from aggregator.web.links import Links

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The protocol's limit for one file; authors come last.
_MOST = 50_000
_ORDER = (ChannelKind.SECTION, ChannelKind.CHANNEL, ChannelKind.OUTLET, ChannelKind.SOURCE, ChannelKind.AUTHOR)
_CLOSED = ("search", "status", "metrics", "api/v1/")


async def sitemap(desk: Desk) -> bytes:
    """The front page, the lists, and every public channel that carries something: articles are their publishers' to list."""
    site = desk.newsroom().site
    links, host = Links.of(site), urlsplit(site.url)
    root = etree.Element("urlset", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]

    def put(path: str, modified: datetime | None = None) -> None:
        if len(root) < _MOST:
            url = etree.SubElement(root, "url")
            etree.SubElement(url, "loc").text = f"{host.scheme}://{host.netloc}{path}"
            if modified is not None:
                etree.SubElement(url, "lastmod").text = modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    put(links.home())
    for kind in _ORDER:
        put(links.path(kind.folder))
    for kind in _ORDER:
        for line in await desk.store.listing(kind):
            if line.count:
                put(links.channel(kind, line.slug), line.latest)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def robots(desk: Desk) -> bytes:
    """What crawlers need not ask for, and where the sitemap is."""
    site = desk.newsroom().site
    closed = [f"Disallow: {quote(Links.of(site).root)}/{path}" for path in _CLOSED]
    closed += [f"Disallow: {quote(Links.of(site, language=one).search())}" for one in site.further_languages]
    return "\n".join(["User-agent: *", *closed, "", f"Sitemap: {site.url}/sitemap.xml", ""]).encode()
