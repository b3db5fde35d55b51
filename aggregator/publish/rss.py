"""Publication → RSS 2.0."""

from __future__ import annotations

import html
from collections.abc import Iterable

from aggregator.model import Site
from aggregator.publish.dates import rfc822, rfc3339
from aggregator.publish.elements import Lines, spliced
from aggregator.publish.feedgen_news import new_feed
from aggregator.publish.item import Draft, Item, each, written_once
from aggregator.publish.media_rss import put_file, put_picture
from aggregator.publish.publication import Publication

MEDIA_TYPE = "application/rss+xml"


def write(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, and the ids of articles that could not be written."""
    items, omitted = each(drafted, lambda item, _article: rss_item(item))
    feed = new_feed(publication, site=site, media_type=MEDIA_TYPE)
    return spliced(feed.rss_str(pretty=True), items, end=b"</channel>"), omitted


@written_once
def rss_item(item: Item) -> bytes:
    """`item` as RSS 2.0 and the RSS Board's profile have it; raises what lxml raises where its RSL is no XML."""
    lines = Lines(depth=2)
    lines.open("item")
    lines.put("title", item.title)
    lines.say("link", item.url)
    # A description is HTML to every reader, so plain words are escaped once more. A text without words, such as a picture alone,
    # has no summary.
    lines.say("description", html.escape(item.description, quote=False) or item.body)
    lines.put("guid", item.id, isPermaLink="false")
    for tag in item.categories:
        lines.put("category", tag.label or tag.term, domain=tag.scheme)
    lines.put("pubDate", rfc822(item.published))
    lines.put("atom:updated", rfc3339(item.updated))
    for author in item.authors:
        lines.put("dc:creator", author.name)  # RSS's own `author` is an e-mail address
    lines.say("dc:language", item.language)
    lines.say("dc:rights", item.rights)
    lines.put_attribution(item.attribution)
    if item.licence:
        lines.put_licence(item.licence)
    if item.source.url:
        lines.put("source", item.outlet.title, url=item.source.url)
    if item.body and item.description:
        lines.put_cdata("content:encoded", item.body)
    _files(lines, item)
    if item.picture:
        put_picture(lines, item.picture)
    lines.put_rsl(item.rsl)
    lines.close("item")
    return lines.written()


def _files(lines: Lines, item: Item) -> None:
    """One `enclosure` (RSS profile), the picture where there is nothing else; the others are `media:content`."""
    picture = item.picture.url if item.picture else None
    files = sorted(item.enclosures, key=lambda file: file.url == picture) or item.picture_as_file
    for file in files[:1]:
        lines.put("enclosure", url=file.url, length=file.length or 0, type=file.type)
    for file in files[1:]:
        if file.url != picture:
            put_file(lines, file)
