"""Document bytes → entries, as stated."""

from __future__ import annotations

from aggregator.errors import ParseError
from aggregator.model import Feed
from aggregator.parse import json_feed, xml
from aggregator.parse.sniff import kind_of, read_text

__all__ = ["parse"]

_LARGEST = 32 * 1024 * 1024


def parse(body: bytes, *, content_type: str, url: str) -> Feed:
    """Read RSS, RDF, Atom or JSON Feed; `url` is the final address. Raises ParseError when it is none of them."""
    if len(body) > _LARGEST:
        raise ParseError(f"the document is larger than {_LARGEST // 2**20} MiB")
    text = read_text(body, content_type)
    if kind_of(text) == "json":
        return json_feed.parse_json(text, url=url)
    return xml.parse_xml(text, url=url)
