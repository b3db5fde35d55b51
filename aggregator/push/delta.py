"""A feed's bytes and what a subscriber has of it → the same feed with what is new to him alone. Pure.

WebSub §7: a hub may leave out of a body what did not change, where the format allows it. Atom and RSS do, a JSON Feed goes whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from lxml import etree

_ITEMS = {"atom": "{http://www.w3.org/2005/Atom}entry", "rss": "item"}


def items_of(body: bytes, format: str) -> tuple[str, ...]:
    """A hash of each item, 16 hexadecimal digits, in order; none of a format that goes whole."""
    if format not in _ITEMS:
        return ()
    return tuple(map(_hash, _parsed(body).iter(_ITEMS[format])))


def delta(body: bytes, format: str, known: Collection[str]) -> bytes:
    """`body` without the items whose hashes are `known`. Whole where nothing is known, or everything: then its head changed,
    or something left it."""
    if format not in _ITEMS or not known:
        return body
    root = _parsed(body)
    items = list(root.iter(_ITEMS[format]))
    old = [item for item in items if _hash(item) in known]
    if not old or len(old) == len(items):
        return body
    for item in old:
        parent = item.getparent()
        if parent is not None:
            parent.remove(item)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _parsed(body: bytes) -> etree._Element:
    # Our own bytes: no entities, and CDATA stays what it is.
    return etree.fromstring(body, etree.XMLParser(strip_cdata=False, resolve_entities=False, huge_tree=True))


def _hash(item: etree._Element) -> str:
    # Exclusive: what the feed declares around it does not count.
    return hashlib.sha256(etree.tostring(item, method="c14n", exclusive=True, with_tail=False)).hexdigest()[:16]
