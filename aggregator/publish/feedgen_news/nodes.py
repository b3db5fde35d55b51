"""Names and words → XML nodes that cannot fail on a character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from aggregator.text import xml_legal

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"  # RFC 6721
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HISTORY = "{http://purl.org/syndication/history/1.0}"
CREATIVE_COMMONS = "{http://backend.userland.com/creativeCommonsRssModule}"
RSL = "https://rslstandard.org/rsl"
NAMESPACES = {"dc": DC[1:-1], "media": MEDIA[1:-1]}
RSS_NAMESPACES = {**NAMESPACES, "atom": ATOM[1:-1], "content": CONTENT[1:-1]}  # as feedgen has them

_CREATIVE_COMMONS = re.compile(r"https?://(?:www\.)?creativecommons\.org/", re.I)
Attribute = str | int | None


def put(parent: etree._Element, name: str, text: str | None = None, **attributes: Attribute) -> etree._Element:
    """Appends an element to `parent`; attributes that are None are left out. Atom's own names are bare within feedgen."""
    node = etree.SubElement(parent, name)
    if text is not None:
        node.text = xml_legal(text)
    for key, value in attributes.items():
        if value is not None:
            node.set(key, xml_legal(str(value)))
    return node


def printed(node: etree._Element, *around: str, namespaces: Mapping[str, str]) -> bytes:
    """The lines of `node` as they are within the elements `around`, outermost first, which declare these namespaces."""
    outer = inner = etree.Element(around[0], nsmap=namespaces)
    for name in around[1:]:
        inner = etree.SubElement(inner, name)
    inner.append(node)
    lines: bytes = etree.tostring(outer, pretty_print=True, encoding="UTF-8")
    # A start tag is one line, for no attribute has a raw line break; so is an end tag.
    return lines.split(b"\n", len(around))[-1].rsplit(b"\n", len(around) + 1)[0] + b"\n"


def spliced(document: bytes, items: Iterable[bytes], *, end: bytes) -> bytes:
    """`document` with `items`, lines as `printed` made them, above its end tag `end`."""
    at = document.rindex(b"\n", 0, document.rindex(end)) + 1
    return b"".join((document[:at], *items, document[at:]))


def put_licence(parent: etree._Element, url: str) -> None:
    """The address of a licence in RSS: that of Creative Commons in its own module, any other as RFC 4946 has it."""
    if _CREATIVE_COMMONS.match(url):
        uri = CREATIVE_COMMONS[1:-1]
        etree.SubElement(parent, f"{CREATIVE_COMMONS}license", nsmap={"creativeCommons": uri}).text = xml_legal(url)
    else:
        put(parent, f"{ATOM}link", rel="license", href=url)


def put_rsl(parent: etree._Element, xml: str) -> None:
    """`rsl:content` as its publisher wrote it (https://rslstandard.org/rsl)."""
    if xml:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for content in etree.fromstring(f'<rsl xmlns:rsl="{RSL}">{xml_legal(xml)}</rsl>', parser):
            parent.append(content)


def put_cdata(parent: etree._Element, name: str, text: str) -> None:
    """Appends an element whose text is CDATA, so that people can read HTML in it; lxml splits `]]>`."""
    etree.SubElement(parent, name).text = etree.CDATA(xml_legal(text))
