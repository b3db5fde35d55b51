"""Really Simple Licensing (https://rslstandard.org/rsl) in a feed or on a page → its XML, as it stood, and addresses of more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from aggregator.parse.html import Html
from aggregator.text import xml_legal
from aggregator.urls import absolute

NAMESPACE, MEDIA_TYPE = "https://rslstandard.org/rsl", "application/rsl+xml"
ELEMENTS = (
    "content", "license", "permits", "prohibits", "payment", "standard", "custom", "amount", "legal", "schema", "copyright",
    "terms", "alternate", "reporting",
)  # fmt: skip
_OUTERMOST, _LONGEST, _MOST = "content", 10_000, 3
_KEY = "news_rsl"


def opening(name: str) -> Callable[[Any, dict[str, str]], None]:
    """A reader's method for the beginning of an element."""

    def start(reader: Any, attrs_d: dict[str, str]) -> None:
        if name == _OUTERMOST:
            reader.news_rsl = []
        if (pieces := getattr(reader, "news_rsl", None)) is not None:
            kept = ((key, value) for key, value in sorted(attrs_d.items()) if ":" not in key and key != "xmlns")
            pieces.append(
                f"<rsl:{name}" + "".join(f" {key}={quoteattr(xml_legal(value))}" for key, value in kept) + ">"
            )
        reader.push(f"{_KEY}_{name}", 0)

    return start


def closing(name: str) -> Callable[[Any], None]:
    """A reader's method for the end of an element."""

    def end(reader: Any) -> None:
        text = (reader.pop(f"{_KEY}_{name}") or "").strip()
        pieces = getattr(reader, "news_rsl", None)
        if pieces is None:
            return
        pieces.append(f"{escape(xml_legal(text))}</rsl:{name}>")
        if name == _OUTERMOST:
            holder, reader.news_rsl = reader._get_context(), None  # noqa: SLF001  we are its methods
            holder[_KEY] = holder.get(_KEY, "") + "".join(pieces)

    return end


def collected(holder: Mapping[str, Any]) -> str:
    """The XML of a feed or an entry; "" where there is none, or more than anybody means."""
    xml = holder.get(_KEY) or ""
    return xml if len(xml) <= _LONGEST else ""


def embedded(html: Html) -> Iterator[str]:
    """The documents that stand in a page (https://rslstandard.org/guide/html)."""
    scripts = (one.text for one in html.root.iter("script") if MEDIA_TYPE in (one.get("type") or "").lower())
    return islice((text for text in scripts if text and len(text) <= _LONGEST), _MOST)


def linked(html: Html, url: str) -> Iterator[str]:
    """The addresses of those that the page at `url` names."""
    named = (one.get("href") or "" for one in html.links("license") if MEDIA_TYPE in (one.get("type") or "").lower())
    return islice(filter(None, (absolute(href, url) for href in named if href)), _MOST)
