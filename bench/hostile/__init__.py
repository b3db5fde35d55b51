"""Documents that were made to hurt a reader of feeds: what the tests and `python -m bench hostile` send.

made       the parts: a whole feed around what hurts
xml        entities, depth, width, namespaces, text without end
text       HTML, bylines, dates, letters
json       JSON Feed monsters
encodings  charsets that lie, documents that break off, flipped bytes
transport  bombs and encodings that lie
pages      article pages
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.hostile import encodings, json, pages, text, transport, xml
from bench.hostile.made import Hostile

__all__ = ["Hostile", "documents"]


def documents() -> Iterator[Hostile]:
    """All of them, in one order; each is made when it is asked for."""
    for module in (xml, text, json, encodings, transport, pages):
        yield from module.documents()
