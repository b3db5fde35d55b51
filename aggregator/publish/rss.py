"""Publication → RSS 2.0."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.model import Site
from aggregator.publish.feedgen_news import new_feed, rss_item, spliced
from aggregator.publish.item import Draft, each
from aggregator.publish.publication import Publication

MEDIA_TYPE = "application/rss+xml"


def write(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, and the ids of articles that could not be written."""
    items, omitted = each(drafted, lambda item, _article: rss_item(item))
    feed = new_feed(publication, site=site, media_type=MEDIA_TYPE)
    return spliced(feed.rss_str(pretty=True), items, end=b"</channel>"), omitted
