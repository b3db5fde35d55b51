"""Articles and channels → the names and addresses they keep for ever.

Ids are tag: URIs (RFC 4151): they hold a domain and a day on which it was ours, not an address, so they survive a move of the
service, a new title of an article and a database built anew.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlencode

from aggregator.model import NO_HUB, OWN_HUB, ChannelKind, Site, Span

# RFC 3986 §3.3: what may stand in a path segment unquoted, and "/".
_SEGMENT = "/:@!$&'()*+,;=-._~"
# Normalized as RFC 4287 §4.2.6.1 advises: an address of the web, a tag: URI (RFC 4151), a URN (RFC 8141, RFC 9562).
_STATED = re.compile(
    r"(?!.*/\.\.?(?:[/?]|\Z))https?://[a-z0-9.-]*[a-z0-9](?::(?!(?:80|443)/)\d+)?/[\w;/:@&=+$.!~*'(),?-]*"
    r"|tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:[\w;/:@&=+$.!~*'(),-]*"
    r"|urn:uuid:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|urn:(?!uuid:)[a-z0-9][a-z0-9-]{1,31}:[\w()+,.:=@;$!*'-]+",
    re.A,
)


def article_uri(site: Site, id: str) -> str:
    """The id of an article in every format."""
    return _tag(site, f"article/{id}")


def channel_uri(site: Site, kind: ChannelKind | str, slug: str) -> str:
    """The id of a channel's feeds, the same in every format."""
    return _tag(site, f"{ChannelKind(kind).folder}/{slug}")


def search_uri(site: Site, query: str) -> str:
    """The id of the feeds of a query."""
    return _tag(site, f"search/{query}")


def status_uri(site: Site, *parts: str) -> str:
    """The id of the feed of problems, and of a problem in it."""
    return _tag(site, "/".join(("status", *parts)))


def stated_uri(id: str | None) -> str | None:
    """An id that somebody else gave a feed, where others can be asked to take it for one (RFC 4287 §4.2.6)."""
    return id if id and _STATED.fullmatch(id) else None


def article_address(site: Site, id: str) -> str:
    """Our own page of an article."""
    return f"{site.url}/articles/{quote(id)}"


def author_address(site: Site, slug: str) -> str:
    """Our own page of an author."""
    return f"{site.url}/authors/{quote(slug)}"


def channel_address(site: Site, kind: ChannelKind, slug: str, *, format: str | None = None) -> str:
    """The page of a channel, or with `format` its feed."""
    return f"{site.url}/{kind.folder}/{quote(slug)}{f'.{format}' if format else ''}"


def channel_at(site: Site, address: str) -> tuple[ChannelKind, str, str] | None:
    """The kind, slug and format of the channel whose feed has exactly this address; None for any other."""
    folder, _, name = address.removeprefix(f"{site.url}/").partition("/")
    quoted, _, format = name.rpartition(".")
    kind = next((kind for kind in ChannelKind if kind.folder == folder), None)
    if kind is None or not quoted or "/" in name or not format.isalpha():
        return None
    if channel_address(site, kind, unquote(quoted), format=format) != address:
        return None
    return kind, unquote(quoted), format


def hub_address(site: Site) -> str | None:
    """Where to subscribe to our feeds (WebSub): our own hub, somebody else's, or None."""
    return {OWN_HUB: f"{site.url}/websub/hub", NO_HUB: None}.get(site.hub, site.hub)


def archive_address(site: Site, kind: ChannelKind, slug: str, span: Span, *, format: str) -> str:
    """An archive page of a channel."""
    return f"{site.url}/{kind.folder}/{quote(slug)}/archive/{span.name}.{format}"


def search_address(site: Site, query: str, *, format: str | None = None, **options: str) -> str:
    """The page of a query, or with `format` its feed; `options` follow the query where they are set."""
    asked = {"q": query} | {name: value for name, value in options.items() if value}
    return f"{site.url}/search{f'.{format}' if format else ''}?{urlencode(asked, quote_via=quote, safe='')}"


def section_scheme(site: Site) -> str:
    """The scheme under which a category's term is one of our section slugs (RFC 4287 §4.2.2.2)."""
    return f"{site.url}/ns/section#"


def region_scheme(site: Site) -> str:
    """The scheme under which a category's term is an ISO 3166 country or an UN M49 region."""
    return f"{site.url}/ns/region#"


def _tag(site: Site, specific: str) -> str:
    return f"tag:{site.id_domain},{site.id_since.isoformat()}:{quote(specific, safe=_SEGMENT, errors='replace')}"
