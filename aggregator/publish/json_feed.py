"""Publication → JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json

from aggregator.model import Category, Enclosure, Site
from aggregator.publish.dates import rfc3339
from aggregator.publish.item import Draft, Item, Reference, each, language_tag, line, written_once
from aggregator.publish.links import web_link
from aggregator.publish.publication import Publication
from aggregator.publish.rights import notice
from aggregator.text import xml_legal

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
_OF_IMAGE = ("type", "width", "height", "caption", "credit", "copyright")


def write(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """The document, one item a line, and the ids of articles that could not be written."""
    items, omitted = each(drafted, lambda item, _article: json_item(item))
    # In place of the standard library's, which takes five times as long.
    head = to_json(_feed(publication))[:-1]
    return b'%s,"items":[\n%s\n]}\n' % (head, b",\n".join(items)), omitted


def _feed(publication: Publication) -> dict[str, Any]:
    return _present(
        version=VERSION,
        title=line(publication.title) or publication.id,
        home_page_url=web_link(publication.page_url),
        feed_url=xml_legal(publication.self_url),
        next_url=publication.chain.next or publication.chain.previous,
        description=line(publication.description),
        user_comment=notice(publication.contact, publication.language),
        icon=web_link(publication.icon),
        language=language_tag(publication.language),
        hubs=[{"type": "WebSub", "url": hub} for hub in map(web_link, publication.hubs) if hub],
    )


@written_once
def json_item(item: Item) -> bytes:
    """`item` on one line; raises PydanticSerializationError where it cannot be written."""
    return to_json(_item(item))


def _item(item: Item) -> dict[str, Any]:
    return _present(
        id=item.id,
        url=item.url,
        title=item.title,
        # One of the two is required; a title alone stands for itself.
        content_html=item.body,
        content_text="" if item.text else item.description or item.title,
        summary=item.description if item.text else "",
        image=item.picture.url if item.picture else None,
        date_published=rfc3339(item.published),
        date_modified=rfc3339(item.updated),
        authors=[_present(name=author.name, url=author.url) for author in item.authors],
        tags=list(dict.fromkeys(map(_tag, item.categories))),
        language=item.language,
        # `image` has no word for a length.
        attachments=[
            *map(_attachment, item.enclosures),
            *(_attachment(one) for one in item.picture_as_file if one.length),
        ],
        _aggregator=_extension(item),
    )


def _extension(item: Item) -> dict[str, Any]:
    """What JSON Feed has no word for; keys are documented in docs/feeds.md."""
    picture = item.picture
    return _present(
        outlet=_reference(item.outlet),
        source=_reference(item.source),
        sections=list(item.sections),
        countries=list(item.countries),
        categories=[_present(term=one.term, scheme=one.scheme, label=one.label) for one in item.categories],
        **{f"image_{name}": getattr(picture, name) for name in _OF_IMAGE if picture},
        rights=item.rights,
        attribution=item.attribution,
        license=item.licence,
        rsl=item.rsl,
        reuse=[f"{signal.standard.value}: {signal.said}" for signal in item.signals],
        also_in=[_reference(other) for other in item.related],
    )


def _reference(reference: Reference) -> dict[str, Any]:
    return _present(title=reference.title, url=reference.url, id=reference.id)


def _attachment(file: Enclosure) -> dict[str, Any]:
    return _present(url=file.url, mime_type=file.type, size_in_bytes=file.length)


def _tag(category: Category) -> str:
    return category.label or category.term


def _present(**members: Any) -> dict[str, Any]:
    """The members that say something."""
    return {key: value for key, value in members.items() if value not in (None, "", [], {})}
