"""Outlines ↔ OPML 2.0 (http://opml.org/spec2.opml): what we publish as a list of feeds, and what others hand us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from aggregator.errors import ParseError
from aggregator.publish.dates import rfc822
from aggregator.publish.links import web_link
from aggregator.text import one_line, shorten, xml_legal

MEDIA_TYPE = "text/x-opml"
MAX_BYTES = 8_000_000
MAX_DEPTH = 10
MAX_OUTLINES = 10_000
_TITLE_LENGTH = 200
# How readers once had a click open them: feed://host/path, feed:https://host/path.
_FEED_SCHEME = re.compile(r"^\s*feed(?::(?://)?(?=https?://)|(?=://))", re.I)
_SEPARATORS = re.compile(r"\s*[/\\]+\s*")
# Outlines that point to further documents: an import never follows them.
_ELSEWHERE = frozenset({"include", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed (`xml_url` set) or a folder of outlines. `text` is one line without path separators. `unusable` is the address of
    a feed that is none on the web, as stated."""

    text: str
    xml_url: str | None = None
    unusable: str | None = None
    html_url: str | None = None
    description: str = ""
    language: str | None = None
    categories: tuple[str, ...] = ()
    children: tuple[Outline, ...] = ()


def opml(
    outlines: Iterable[Outline], *, title: str, created: datetime | None = None, owner: str | None = None
) -> bytes:
    """`outlines` as a document; `created` is stated where given: the same input gives the same bytes."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    _head(head, "title", _line(title))
    _head(head, "dateCreated", rfc822(created) if created else None)
    _head(head, "ownerEmail", owner if owner and "@" in owner else None)
    _head(head, "docs", "http://opml.org/spec2.opml")
    _write(etree.SubElement(root, "body"), outlines)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """The outlines of a document of anybody's; raises ParseError for what is not OPML, is too big or would read elsewhere."""
    if len(body) > MAX_BYTES:
        raise ParseError(f"an OPML file may have {MAX_BYTES:,} bytes; this one has {len(body):,}")
    # Without NULs this finds it in UTF-16 and UTF-32 as well.
    if b"<!DOCTYPE" in body.replace(b"\0", b""):
        raise ParseError("an OPML file must not have a DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"this is not OPML: {one_line(str(error))}") from error
    found = root.find("body")
    if root.tag != "opml" or found is None or root.getroottree().docinfo.internalDTD is not None:
        raise ParseError("this is not OPML: an <opml> with a <body> was expected")
    if sum(1 for _ in found.iter("outline")) > MAX_OUTLINES:
        raise ParseError(f"an OPML file may have {MAX_OUTLINES:,} outlines; this one has more")
    return _read(found, depth=1)


def walk(outlines: Sequence[Outline], *, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Outline]]:
    """Every feed with the titles of the folders that it lies in."""
    for outline in outlines:
        if outline.xml_url:
            yield path, outline
        yield from walk(outline.children, path=(*path, outline.text))


def unusable(outlines: Iterable[Outline]) -> Iterator[Outline]:
    """Every feed that has no address on the web."""
    for outline in outlines:
        if outline.unusable:
            yield outline
        yield from unusable(outline.children)


def _head(head: etree._Element, name: str, text: str | None) -> None:
    if text:
        etree.SubElement(head, name).text = text


def _write(parent: etree._Element, outlines: Iterable[Outline]) -> None:
    for outline in outlines:
        feed = web_link(outline.xml_url)
        attributes = {
            "text": _line(outline.text) or feed or "untitled",
            "title": _line(outline.text) if feed else None,
            "type": "rss" if feed else None,
            "xmlUrl": feed,
            "htmlUrl": web_link(outline.html_url),
            "description": _line(outline.description),
            "language": outline.language,
            "category": ",".join(map(_line, outline.categories)),
        }
        node = etree.SubElement(parent, "outline", {key: value for key, value in attributes.items() if value})
        _write(node, outline.children)


def _read(parent: etree._Element, *, depth: int) -> tuple[Outline, ...]:
    if depth > MAX_DEPTH and parent.find("outline") is not None:
        raise ParseError(f"outlines may lie {MAX_DEPTH} deep; these lie deeper")
    outlines = []
    for node in parent.iterfind("outline"):
        attributes = {str(key).lower(): str(value) for key, value in node.attrib.items()}
        children = _read(node, depth=depth + 1)
        if attributes.get("type", "").lower() not in _ELSEWHERE and (attributes.get("xmlurl") or children):
            outlines.append(_outline(attributes, children))
    return tuple(outlines)


def _outline(attributes: dict[str, str], children: tuple[Outline, ...]) -> Outline:
    stated = attributes.get("xmlurl", "")
    feed = web_link(
        _FEED_SCHEME.sub(lambda found: "http" if found[0].strip().lower() == "feed" else "", stated, count=1)
    )
    return Outline(
        text=_path_safe(attributes.get("title") or attributes.get("text") or "")
        or _path_safe(feed or "")
        or "untitled",
        xml_url=feed,
        unusable=None if feed else _line(stated) or None,
        html_url=web_link(attributes.get("htmlurl")),
        description=_line(attributes.get("description", "")),
        language=_line(attributes.get("language", "")) or None,
        categories=tuple(filter(None, map(_line, attributes.get("category", "").split(",")))),
        children=children,
    )


def _path_safe(title: str) -> str:
    """A title that can become an id or a folder: without separators, hidden names and `..`."""
    return _SEPARATORS.sub(" - ", _line(title)).strip(" -.")


def _line(text: str) -> str:
    return shorten(one_line(xml_legal(text)), _TITLE_LENGTH)
