"""A source, where we ask and what we hold → the headers of the request."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from multidict import CIMultiDict

from aggregator import __version__
from aggregator.etiquette.servers import leaves_etag_out
from aggregator.model import Newsroom, Schedule, Source

# Always the same, so that a server's idea of our variant is stable (its ETag depends on it).
ENCODINGS = "gzip, br"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)


def agent_of(newsroom: Newsroom) -> str:
    """How publishers see us: name, version and whom to write to."""
    return f"aggregator/{__version__} (+{newsroom.site.contact or newsroom.site.url})"


def request_headers(source: Source, schedule: Schedule, *, url: str, user_agent: str) -> CIMultiDict[str]:
    """No cookie, no referrer, nothing against caches: who we are, what we read, and the validators that belong to `url`."""
    held = schedule.validators
    agent = for_feed(user_agent, source.id)
    sent = CIMultiDict({"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": ENCODINGS})
    if _origin(url) == _origin(source.url):
        # What an operator set for a source (a token, say) is for its own origin alone.
        sent.update(dict(source.headers))
    if held.final_url == url and held.headers_hash == headers_hash(source):
        if held.etag and not leaves_etag_out(schedule):
            # RFC 3229: who holds a version may be sent what is new since, if the server likes.
            sent.update({"If-None-Match": held.etag, "A-IM": "feed"})
        sent.update({"If-Modified-Since": held.last_modified} if held.last_modified else {})
    return sent


def headers_hash(source: Source) -> str:
    """What validators are bound to beside the URL: the operator's headers and our encodings (fetching rule 7)."""
    stated = "\n".join([ENCODINGS, *(f"{name.lower()}:{value}" for name, value in sorted(source.headers))])
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def for_feed(user_agent: str, source_id: str) -> str:
    """The same with an opaque id of the feed, so that a publisher can tell our feeds apart (fetching rule 30)."""
    id = hashlib.sha256(source_id.encode()).hexdigest()[:12]
    return f"{user_agent[:-1]}; feed-id={id})" if user_agent.endswith(")") else f"{user_agent} (feed-id={id})"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
