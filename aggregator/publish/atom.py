"""Publication → Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.model import Site
from aggregator.publish.dates import rfc3339
from aggregator.publish.elements import Lines, spliced
from aggregator.publish.feedgen_news import new_feed
from aggregator.publish.item import Draft, Item, Person, each, written_once
from aggregator.publish.media_rss import put_picture
from aggregator.publish.publication import Publication

MEDIA_TYPE = "application/atom+xml"


def write(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, and the ids of articles that could not be written."""
    entries, omitted = each(drafted, lambda item, _article: atom_entry(item))
    feed = new_feed(publication, site=site, media_type=MEDIA_TYPE)
    return spliced(feed.atom_str(pretty=True), entries, end=b"</feed>"), omitted


@written_once
def atom_entry(item: Item) -> bytes:
    """`item` as RFC 4287 §4.1.2 has it; raises what lxml raises where its RSL is no XML."""
    lines = Lines(depth=1)
    lines.open("entry", **{"xml:lang": item.language})
    lines.put("id", item.id)
    lines.put("title", item.title)
    lines.put("updated", rfc3339(item.updated))
    if item.body:
        lines.put("content", item.body, type="html")
    elif not item.url:
        lines.put("content", item.title, type="text")  # §4.1.2: no alternate link, then content
    lines.say("summary", item.description, type="text")
    for tag in item.categories:
        lines.put("category", term=tag.term, scheme=tag.scheme, label=tag.label)
    lines.put("published", rfc3339(item.published))
    lines.say("rights", item.rights)
    lines.put_attribution(item.attribution)
    _links(lines, item)
    _persons(lines, item.authors)
    _source(lines, item)
    if item.picture:
        put_picture(lines, item.picture)
    lines.put_rsl(item.rsl)
    lines.close("entry")
    return lines.written()


def _links(lines: Lines, item: Item) -> None:
    if item.url:
        lines.put("link", rel="alternate", href=item.url, type="text/html", hreflang=item.language)
    # The picture for readers that know no Media RSS: newsboat, sfeed and reader show enclosures alone.
    for file in (*item.enclosures, *item.picture_as_file):
        lines.put("link", rel="enclosure", href=file.url, type=file.type, length=file.length)
    if item.licence:
        lines.put("link", rel="license", href=item.licence)  # RFC 4946
    for other in item.related:
        lines.put("link", rel="related", href=other.url, title=other.title)
    if item.source.url:
        lines.put("link", rel="via", href=item.source.url, title=item.source.title)


def _persons(lines: Lines, persons: tuple[Person, ...]) -> None:
    for person in persons:
        lines.open("author")
        lines.put("name", person.name)
        lines.say("uri", person.url)
        lines.close("author")


def _source(lines: Lines, item: Item) -> None:
    """RFC 4287 §4.2.11: a feed that has an id keeps it. Its author, the outlet, is that of an entry that names none (§4.2.1)."""
    lines.open("source")
    lines.say("id", item.source.id or item.source.url)
    lines.put("title", item.source.title)
    lines.put("updated", rfc3339(item.updated))
    _persons(lines, (Person(name=item.outlet.title, url=item.outlet.url),))
    if item.source.url and item.source.url != item.outlet.url:
        lines.put("link", rel="self", href=item.source.url)
    if item.outlet.url:
        lines.put("link", rel="alternate", href=item.outlet.url)
    lines.say("rights", item.rights)
    lines.close("source")
