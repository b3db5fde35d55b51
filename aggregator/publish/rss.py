"""Publication → RSS 2.0."""

from __future__ import annotations

from aggregator.model import Site
from aggregator.publish.feedgen_news import new_feed, rss_item
from aggregator.publish.item import each, item_of
from aggregator.publish.publication import Publication

MEDIA_TYPE = "application/rss+xml"


def write(publication: Publication, *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, and the ids of articles that could not be written."""
    items, omitted = each(publication, lambda article: rss_item(item_of(article, publication, site=site)))
    feed = new_feed(publication, site=site, media_type=MEDIA_TYPE)
    feed.news.add(items)
    return feed.rss_str(pretty=True), omitted
