"""Bytes of a web page → its tree, and what its head states: metas, links, structured data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import lxml.html
from lxml import etree

from aggregator.errors import ParseError
from aggregator.parse.sniff import read_text
from aggregator.text import one_line, xml_legal

LONGEST = 4 * 1024 * 1024
_VALUE, _MOST_METAS, _LONG_TAG, _MOST_ATTRIBUTES = 2_048, 1_000, 10_000, 2_000
_TAG, _QUOTED = re.compile(r"<[A-Za-z]"), re.compile(r"\"[^\"]*\"|'[^']*'")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{1,40})", re.I)


@dataclass(frozen=True, slots=True)
class Html:
    """A page. `metas` maps each name, property or itemprop of a `<meta>`, lower case, to its contents in order."""

    root: etree._Element
    metas: Mapping[str, tuple[str, ...]]
    elements: int

    def meta(self, *names: str) -> str | None:
        """The first of these that says something."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), None)

    def links(self, relation: str) -> Iterator[etree._Element]:
        """`<link>` elements of a relation, in order."""
        for link in self.root.iter("link"):
            if relation in (link.get("rel") or "").lower().split():
                yield link

    @property
    def language(self) -> str | None:
        """What `<html lang>` says, as stated."""
        stated = self.root.get("lang") or self.root.get("{http://www.w3.org/XML/1998/namespace}lang")
        return one_line(stated)[:35] or None if stated else None


def read_html(body: bytes, content_type: str) -> Html:
    """Raises ParseError for what is no web page or larger than one should be."""
    if len(body) > LONGEST:
        raise ParseError(f"the page is larger than {LONGEST // 2**20} MiB")
    declared = None if "charset" in content_type.lower() else _CHARSET.search(body[:4_096])
    charset = f"{content_type}; charset={declared[1].decode('ascii')}" if declared else content_type
    text = xml_legal(read_text(body, charset))
    if any(len(part) > _LONG_TAG and _is_wide(part) for part in text.split(">")):
        raise ParseError("the page has an element with too many attributes")
    # libxml2 stops at 256 levels by itself, unless told that the tree may be huge.
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("this is not a web page") from error
    if root is None or root.tag != "html":
        raise ParseError("this is not a web page")
    return Html(root, _metas(root), sum(1 for _ in root.iter()))


def _is_wide(part: str) -> bool:
    """Whether what stands before a `>` is a tag of thousands of attributes: libxml2 compares each with all before it."""
    tag = part[part.rfind("<") :]
    return bool(_TAG.match(tag)) and len(_QUOTED.sub("", tag).split()) > _MOST_ATTRIBUTES


def words_of(element: etree._Element, limit: int = _VALUE) -> str:
    """The words inside an element on one line, scripts and styles left out."""
    parts, length = [], 0
    for node in element.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "noscript"):
            pieces: tuple[str | None, ...] = ()
        else:
            pieces = (node.text,)
        for piece in (*pieces, node.tail if node is not element else None):
            if piece:
                parts.append(piece)
                length += len(piece)
        if length > 4 * limit:
            break
    return one_line(" ".join(parts))[:limit]


def _metas(root: etree._Element) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for count, meta in enumerate(root.iter("meta")):
        if count >= _MOST_METAS:
            break
        value = one_line((meta.get("content") or "")[:_VALUE])
        for names in (meta.get("name"), meta.get("property"), meta.get("itemprop")):
            for name in (names or "")[:200].lower().split():
                found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}
