"""XML as sent → XML that a strict reader accepts, and whether it broke off; refuses what only attackers send."""

from __future__ import annotations

import html.entities
import re
from xml.parsers import expat

from aggregator.errors import ParseError
from aggregator.text import xml_legal

_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.S)
_ODD_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_NUMERIC = re.compile(r"&#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}));")
# What ends a DOCTYPE that declares nothing itself. Its literals hold no "<": a look for its end stops at the next tag.
_BARE = r"(?:[^<>\[\]\"']|\"[^\"<]*\"|'[^'<]*')*+>"
_SUBSET = re.compile(rf"<!DOCTYPE(?!{_BARE})|<!ENTITY", re.I)
# XML 1.0 §2.8: XMLDecl, Misc and a doctypedecl without a subset, as XML ends them; a DOCTYPE of HTML is a page's.
_PROLOG = re.compile(
    rf"(?:\s++|<!--.*?-->|<\?xml\s[^<>]*+(?<=\?)>|<\?(?!xml\s).*?\?>|<!DOCTYPE(?!\s+html){_BARE})*+", re.I | re.S
)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?(rss|feed|rdf)\b", re.I)
_HEADLESS = re.compile(r"<(?:channel|item|entry)\b", re.I)
_END = re.compile(r"</(?:[\w.\-]+:)?(?:rss|feed|rdf)\s*>", re.I)
_CHANNEL_END = re.compile(r"</(?:rss:)?channel\s*>\s*\Z", re.I)
# The root of a document that lost its own, with the names that news feeds use.
_LOST_ROOT = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">'
)
_LONGEST_PROLOG = 65_536
_DEEPEST, _MOST_ATTRIBUTES, _MOST_ELEMENTS, _MOST_NAMES = 200, 256, 400_000, 256


def well_formed(text: str) -> tuple[str, bool]:
    """(repaired text from the root element on, whether it broke off). Raises ParseError for entity tricks and depth."""
    body = _from_root(xml_legal(text))
    ends = [match.end() for match in _END.finditer(body)]
    # Some hosts append advertisements or statistics after the end; some forget the very last tag.
    body = body[: ends[-1]] if ends else body
    complete = bool(ends) or _CHANNEL_END.search(body[-100:]) is not None
    repaired = "".join(
        part if part.startswith("<![CDATA[") else _repair_references(part) for part in _CDATA.split(_no_doctype(body))
    )
    _check_shape(repaired)
    return repaired, not complete


def past_prolog(text: str) -> str:
    """`text` without the comments, processing instructions and bare DOCTYPE before its root: they may speak of any element."""
    return _PROLOG.sub("", text, count=1)


def _from_root(text: str) -> str:
    text = past_prolog(text)
    start = _ROOT.search(text)
    if start is None:
        start = _HEADLESS.search(text[:_LONGEST_PROLOG])
        if start is None:
            raise ParseError("this is XML, but not a feed")
        text = f"{text[: start.start()]}{_LOST_ROOT}{text[start.start() :]}"
    if start.start() > _LONGEST_PROLOG:
        raise ParseError("this is XML, but not a feed")
    _refuse_entities(text[: start.start()])
    body = text[start.start() :]
    # Prefixed elements of a namespace that nobody declared: the prefix was meant as decoration.
    return re.sub(r"<(/?)rss:", r"<\1", body) if "<rss:item" in body and "xmlns:rss" not in body else body


def _refuse_entities(prolog: str) -> None:
    # Entities are how a small document becomes a gigabyte, or one of our own files; no news feed declares anything itself.
    if _SUBSET.search(prolog):
        raise ParseError("the document declares its own entities (DOCTYPE), which is refused")


def _no_doctype(body: str) -> str:
    """A second declaration inside the document is not XML; where there is none, nothing is copied."""
    return body if "<!ENTITY" not in body else body.replace("<!ENTITY", "&lt;!ENTITY")


def _repair_references(part: str) -> str:
    """`AT&T` → `AT&amp;T`, `&eacute;` → `&#233;`, `&#8;` → nothing: what expat would stop at."""
    if "&" not in part:
        return part
    named = _ODD_AMPERSAND.sub(_named, part)
    return _NUMERIC.sub(_legal_reference, named) if "&#" in named else named


def _named(match: re.Match[str]) -> str:
    name = match[1]
    meant = html.entities.html5.get(f"{name};") if name else None
    if meant is None:
        return f"&amp;{match[0][1:]}"
    return "".join(f"&#{ord(character)};" for character in meant)


def _legal_reference(match: re.Match[str]) -> str:
    number = int(match[1]) if match[1] else int(match[2], 16)
    if number < 0x20 and number not in (9, 10, 13):
        return ""
    if 0x80 <= number <= 0x9F:  # WHATWG HTML §13.2.5.80: the windows-1252 character was meant
        return bytes([number]).decode("windows-1252", "ignore")
    return match[0] if number < 0x110000 and xml_legal(chr(number)) else ""


def _check_shape(text: str) -> None:
    """One linear pass: depth, attributes, namespaces and number of elements, before any code that is quadratic in them."""
    depth = elements = 0
    names: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        names.update(attribute for attribute in attributes if attribute.startswith("xmlns"))
        wide = len(attributes) > _MOST_ATTRIBUTES or len(names) > _MOST_NAMES
        if depth > _DEEPEST or wide or elements > _MOST_ELEMENTS:
            raise ParseError("the document is nested too deeply or has too many elements")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return  # not well-formed after all: the tolerant reader takes it from here
