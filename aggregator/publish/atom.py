"""Publication → Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.model import Site
from aggregator.publish.feedgen_news import atom_entry, new_feed, spliced
from aggregator.publish.item import Draft, each
from aggregator.publish.publication import Publication

MEDIA_TYPE = "application/atom+xml"


def write(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, and the ids of articles that could not be written."""
    entries, omitted = each(drafted, lambda item, _article: atom_entry(item))
    feed = new_feed(publication, site=site, media_type=MEDIA_TYPE)
    return spliced(feed.atom_str(pretty=True), entries, end=b"</feed>"), omitted
