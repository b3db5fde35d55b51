"""Bytes and their content type → text, and what it seems to be: XML, JSON, or an error that says what came instead."""

from __future__ import annotations

import codecs
import re

from aggregator.errors import ParseError, Trouble
from aggregator.parse.repair import past_prolog

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its BOM begins with that one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:\-]+)", re.I)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]+)", re.I)
# XML 1.0 appendix F: which of the first four bytes are zero tells UTF-16 and UTF-32 without a BOM.
_WIDE: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
# Text encodings that feeds are written in. UTF-7 is left out on purpose: it hides markup from every filter; so is US-ASCII, which
# servers say of any text/xml (RFC 7303 §3.2): what it can hold is UTF-8 as well.
_KNOWN = re.compile(r"(?:utf-?8|iso|latin|windows|cp\d|koi8|gb|big5|euc|shift|sjis|ms|mac|tis|hz)", re.I)
# What people declare and what they mean (WHATWG Encoding §4.2).
_MEANT = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "iso8859-1": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
# So many bytes that are not UTF-8 are not a few pasted ones: each would be asked for by itself.
_MOST_PASTED = 20_000
# Written in ASCII alone: that such a document is valid UTF-8, too, proves nothing.
_ESCAPED = re.compile(r"iso-?2022|hz", re.I)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?(?:rss|feed|rdf)\b", re.I)
_ITEMS = re.compile(r"<(?:channel|item|entry)\b", re.I)
_DECLARATION = re.compile(r"<\?xml\b", re.I)
_HTML = re.compile(r"<!doctype\s+html|<html\b|<head\b|<body\b", re.I)
_HEAD = 4_096
# Windows-1252 → its bytes, and what UTF-8 taken for it begins with.
_BYTE_OF = {ord(bytes([byte]).decode("windows-1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0xA0)}
_TWICE = re.compile(r"[\xc2-\xf4][\x80-\xbf\u0152-\u2122]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_NEARLY_ALL = 0.9


def _byte_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.start + 1].decode("windows-1252", "replace"), error.start + 1


# Documents that are UTF-8 but for a few pasted bytes, and Latin-1 documents that claim UTF-8, are common.
codecs.register_error("aggregator-windows-1252", _byte_as_windows_1252)


def read_text(body: bytes, content_type: str) -> str:
    """Decode: BOM, then what proves to be UTF-8, then the HTTP charset, then the XML declaration, each unless the bytes disprove
    it (fetching rule 41); never fails."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _encoded_once(body[len(bom) :].decode(encoding, "replace"))
    if wide := _WIDE.get(tuple(byte == 0 for byte in body[:4])):
        return body.decode(wide, "replace")
    declared = _declared(body, content_type)
    if declared and _ESCAPED.match(declared[0]) and (text := _strictly(body, declared[0])) is not None:
        return text
    try:
        return _encoded_once(body.decode("utf-8"))  # by chance valid UTF-8 is not
    except UnicodeDecodeError:
        nearly = body.decode("utf-8", "replace")
    strays, foreign = nearly.count("\ufffd"), len(nearly) - len(nearly.encode("ascii", "ignore"))
    if foreign - strays < _NEARLY_ALL * foreign and (text := _strictly(body, *declared)) is not None:
        return text
    if strays > _MOST_PASTED:
        return body.decode("windows-1252", "replace")
    return body.decode("utf-8", "aggregator-windows-1252")


def _strictly(body: bytes, *encodings: str) -> str | None:
    """As the first of `encodings` that the bytes do not disprove."""
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _encoded_once(text: str) -> str:
    """`text`, or what it was before somebody took it for Windows-1252 and encoded it again: nearly all of it reads as UTF-8."""
    if text.isascii() or not _TWICE.search(text):
        return text
    foreign = _FOREIGN.findall(text)
    read = {run: once for run in set(foreign) if (once := _read_again(run))}
    if sum(run in read for run in foreign) < _NEARLY_ALL * len(foreign):
        return text
    return _FOREIGN.sub(lambda run: read.get(run[0], run[0]), text)


def _read_again(run: str) -> str | None:
    try:
        return run.translate(_BYTE_OF).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def kind_of(text: str) -> str:
    """`xml` or `json`; raises ParseError when it is nothing, a web page, or neither."""
    start = text.lstrip("\ufeff \t\r\n\0")
    if not start:
        raise ParseError("the document is empty", trouble=Trouble.EMPTY)
    if start[0] in "{[":
        return "json"
    head = past_prolog(start)[:_HEAD]
    root, page = _ROOT.search(head), _HTML.search(head)
    if root and not (page and page.start() < root.start()):
        return "xml"
    if page:
        raise ParseError("this is a web page (HTML), not a feed", trouble=Trouble.HTML)
    if start.startswith("<") or _ITEMS.search(head) or _DECLARATION.search(head):
        return "xml"
    raise ParseError("this is neither XML nor JSON")


def _declared(body: bytes, content_type: str) -> tuple[str, ...]:
    """The charsets that HTTP (RFC 7303 §3.2) and the XML declaration name, in that order, where Python knows them."""
    http, xml = _CHARSET.search(content_type), _XML_ENCODING.match(body[:400])
    names = (http and http[1], xml and xml[1].decode("ascii"))
    meant = (_MEANT.get(name.lower(), name) for name in names if name and _KNOWN.match(name))
    return tuple(filter(_holds_ascii, meant))


def _holds_ascii(encoding: str) -> bool:
    """Whether Python knows it, and it may be what a document is in whose start reads as ASCII: EBCDIC is not."""
    try:
        return b"<?xml>".decode(encoding) == "<?xml>"
    except (LookupError, UnicodeError):
        return False
