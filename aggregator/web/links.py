"""What we have an address for → root-relative links below the path of `site.url`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from aggregator.model import Article, ChannelKind, Site, Visibility
from aggregator.publish import FORMATS

FEED_FORMATS = ("rss", "atom", "json")
FORMAT_TITLES = {"rss": "RSS", "atom": "Atom", "json": "JSON"}
MEDIA_TYPES = {
    **{name: format.served_as for name, format in FORMATS.items()},
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
}


def root_of(site: Site) -> str:
    """The path of `site.url` without a trailing slash: "" at the root of a host, "/news" below one."""
    return urlsplit(site.url).path.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """One way to subscribe: `type` is the bare media type, for `<link rel=alternate>`."""

    format: str
    name: str
    type: str
    href: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Never built from a request: the Host header is not reflected anywhere. A page has one address, the one
    that feeds and OPML name, in a `static` mirror too; there, what only a program can answer (articles, search) is not linked.
    `below` is "/es" for pages in Spanish where the site's own language is another; files are the same for all."""

    root: str = ""
    static: bool = False
    below: str = ""

    @classmethod
    def of(cls, site: Site, *, static: bool = False, language: str | None = None) -> Links:
        below = f"/{language}" if language and language != site.language else ""
        return cls(root=root_of(site), static=static, below=below)

    def home(self) -> str:
        return f"{self.root}{self.below or '/'}"

    def path(self, *parts: str) -> str:
        """A page. Slugs are quoted: they may come from a byline in any script."""
        joined = "/".join(quote(part, safe="") for part in parts)
        return f"{self.root}{self.below}/{joined}"

    def file(self, *parts: str) -> str:
        """A file: the same in a static mirror."""
        return f"{self.root}/" + "/".join(quote(part, safe="") for part in parts)

    def channel(self, kind: ChannelKind, slug: str, **query: str) -> str:
        return with_query(self.path(kind.folder, slug), query)

    def feed(self, kind: ChannelKind, slug: str, format: str, **query: str) -> str:
        return with_query(self.file(kind.folder, f"{slug}.{format}"), query)

    def archive(self, kind: ChannelKind, slug: str, name: str, format: str) -> str:
        return self.file(kind.folder, slug, "archive", f"{name}.{format}")

    def search(self, text: str = "", format: str | None = None, **query: str) -> str:
        path = self.file(f"search.{format}") if format else f"{self.root}{self.below}/search"
        return with_query(path, {"q": text, **query} if text else query)

    def article(self, article: Article) -> str | None:
        """Our page of it; the publisher's where we have no page to show: private articles, static mirrors."""
        if self.static or article.visibility is not Visibility.PUBLIC:
            return article.content.url
        return self.path("articles", article.id)

    def story(self, article: Article) -> str | None:
        return None if self.static else self.path("stories", article.story)

    def feeds(self, kind: ChannelKind, slug: str, title: str, **query: str) -> tuple[FeedLink, ...]:
        """The three formats of a channel."""
        return tuple(_feed_link(format, title, self.feed(kind, slug, format, **query)) for format in FEED_FORMATS)

    def search_feeds(self, text: str) -> tuple[FeedLink, ...]:
        """The three formats of a search."""
        return tuple(_feed_link(format, f"Search: {text}", self.search(text, format)) for format in FEED_FORMATS)


def with_query(path: str, query: dict[str, str]) -> str:
    """`path?query`, or `path` alone where there is nothing to ask."""
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked, quote_via=quote)}" if asked else path


def _feed_link(format: str, title: str, href: str) -> FeedLink:
    name = FORMAT_TITLES[format]
    return FeedLink(
        format=format,
        name=name,
        type=MEDIA_TYPES[format].partition(";")[0],
        href=href,
        title=f"{title} ({name})",
    )
