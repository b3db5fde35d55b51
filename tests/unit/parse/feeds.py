"""Short words → feed documents for tests."""

from __future__ import annotations

from aggregator.model import Entry, Feed
from aggregator.parse import parse

URL = "https://paper.example/feeds/main.xml"
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def rss(*items: str, channel: str = "<title>Paper</title><link>https://paper.example/</link>") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{channel}{inside}</channel></rss>'


def atom(*entries: str, feed: str = "<title>Paper</title>") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}{inside}</feed>'


def read(document: str | bytes, content_type: str = "application/xml", url: str = URL) -> Feed:
    return parse(document.encode() if isinstance(document, str) else document, content_type=content_type, url=url)


def only(document: str | bytes, content_type: str = "application/xml") -> Entry:
    (entry,) = read(document, content_type).entries
    return entry
