"""What hostile documents are made of: a whole feed around the part that hurts, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

RSS, ATOM, JSON, HTML = "application/rss+xml", "application/atom+xml", "application/feed+json", "text/html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A document to be served: `body` as it goes over the wire, `headers` beside its content type; `page`: as an article's
    page and not as a feed."""

    name: str
    body: bytes
    content_type: str = RSS
    headers: tuple[tuple[str, str], ...] = ()
    page: bool = False


_NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def rss(items: str, *, head: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>', root: str = "") -> bytes:
    """An RSS 2.0 feed of these items."""
    channel = f"<title>Hostile</title><link>http://hostile.example/</link><description>x</description>{head}"
    return f'{prolog}<rss version="2.0" {_NAMES}{root}><channel>{channel}{items}</channel></rss>'.encode(
        "utf-8", "surrogatepass"
    )


def item(inside: str = "", *, title: str = "A headline that means no harm", number: int = 1) -> str:
    """One item; `inside` is XML beside its title, link and guid."""
    link = f"http://hostile.example/{number}"
    return f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>{inside}</item>"


def described(html: str, *, cdata: bool = False) -> bytes:
    """A feed with one item whose description is this HTML."""
    return rss(item(f"<description>{f'<![CDATA[{html}]]>' if cdata else escape(html)}</description>"))


def atom(entry: str = "", *, feed: str = "") -> bytes:
    """An Atom feed of one entry."""
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Hostile</title><id>urn:hostile</id>'
        f"<updated>2026-01-01T00:00:00Z</updated>{feed}<entry><title>A headline</title><id>urn:1</id>"
        f'<link href="http://hostile.example/1"/><updated>2026-01-01T00:00:00Z</updated>{entry}</entry></feed>'
    ).encode()


def json_feed(items: str, *, head: str = "") -> bytes:
    """A JSON Feed with these items, as JSON text."""
    return (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Hostile", "home_page_url": "http://hostile.example/", '
        f'{head}"items": {items}}}'
    ).encode("utf-8", "surrogatepass")


def one(**stated: str) -> str:
    """One JSON item; values are JSON text."""
    parts = {"id": '"1"', "url": '"http://hostile.example/1"', "title": '"A headline"', **stated}
    return "[{" + ", ".join(f'"{name}": {value}' for name, value in parts.items()) + "}]"


def page(head: str = "", body: str = "<p>text</p>") -> bytes:
    """A web page."""
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )
