"""JSON Feed 1.0 and 1.1 text → Feed (https://www.jsonfeed.org/version/1.1/), tolerant of wrong types within items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aggregator.errors import ParseError
from aggregator.model import Byline, Entry, Feed, Media, Tag
from aggregator.parse.byline import byline_of
from aggregator.parse.digest import with_hash
from aggregator.parse.entries import MOST_ENTRIES, too_many
from aggregator.text import one_line, read_json, xml_legal
from aggregator.urls import absolute

_TITLE, _ID, _HTML, _SHORT, _MOST = 1_024, 2_048, 262_144, 256, 50
_IMAGE_WORDS = ("type", "caption", "credit", "copyright")


def parse_json(text: str, *, url: str) -> Feed:
    """Raises ParseError for JSON that is no feed."""
    try:
        document = read_json(text.lstrip("\ufeff"))
    except ValueError as error:
        raise ParseError(f"this is not JSON: {error}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("items"), list):
        raise ParseError("this is JSON, but not a JSON Feed (no items)")
    version = str(document.get("version", ""))
    if "jsonfeed.org/version/" not in version:
        raise ParseError("this is JSON, but not a JSON Feed (no version)")
    inherited, items = _bylines(document, url), document["items"]
    cut = too_many(len(items))
    hubs = [hub for hub in _list(document, "hubs") if isinstance(hub, Mapping) and hub.get("type") == "WebSub"]
    language = _str(document, "language")[:35] or None
    return Feed(
        format="json",
        title=one_line(_str(document, "title"))[:_TITLE],
        link=absolute(_str(document, "home_page_url"), url),
        language=language,
        bylines=inherited,
        hubs=tuple(filter(None, (absolute(_str(hub, "url"), url) for hub in hubs))),
        self_url=absolute(_str(document, "feed_url"), url),
        entries=tuple(
            with_hash(_entry(item, url, inherited)) for item in items[:MOST_ENTRIES] if isinstance(item, Mapping)
        ),
        cut=cut is not None,
        warning=cut,
    )


def _entry(item: Mapping[str, Any], url: str, inherited: tuple[Byline, ...]) -> Entry:
    html, plain = _str(item, "content_html"), _str(item, "content_text")
    link = absolute(_str(item, "url"), url)
    number = item.get("id")
    stated = {"id": str(number)} if isinstance(number, int | float) and not isinstance(number, bool) else item
    id = _str(stated, "id")[:_ID] or None
    return Entry(
        id=id,
        link=link or absolute(_str(item, "external_url"), url) or absolute(id or ""),
        title=_str(item, "title")[:_TITLE],
        summary=_str(item, "summary")[:_HTML],
        summary_type="text",
        content=(html or plain)[:_HTML],
        content_type="html" if html else "text",
        published=_str(item, "date_published")[:100] or None,
        updated=_str(item, "date_modified")[:100] or None,
        bylines=_bylines(item, url) or inherited,
        media=_media(item, url),
        language=_str(item, "language")[:35] or None,
        base=link or url,
        **_of_ours(item, url),
    )


def _of_ours(item: Mapping[str, Any], url: str) -> dict[str, Any]:
    """What JSON Feed has no word for, as this program writes it (docs/feeds.md): of tags, which schemes they are of."""
    said = _map(item, "_aggregator")
    source, categories = _map(said, "source"), _list(said, "categories")
    return {
        "categories": _categories(categories) if categories else _tags(item),
        "rights": _str(said, "rights")[:_TITLE] or None,
        "attribution": one_line(_str(said, "attribution"))[:_TITLE],
        "licence": absolute(_str(said, "license"), url),
        "source_title": one_line(_str(source, "title"))[:_TITLE] or None,
        "source_url": absolute(_str(source, "url"), url),
        "source_id": _str(source, "id")[:_ID] or None,
    }


def _bylines(holder: Mapping[str, Any], url: str) -> tuple[Byline, ...]:
    """1.1 has `authors`, 1.0 had `author`."""
    authors = [*_list(holder, "authors"), holder.get("author")][:_MOST]
    found = (
        byline_of(
            _str(author, "name"),
            url=absolute(_str(author, "url"), url),
            image=absolute(_str(author, "avatar"), url),
        )
        for author in authors
        if isinstance(author, Mapping)
    )
    return tuple(dict.fromkeys(byline for byline in found if byline))


def _tags(item: Mapping[str, Any]) -> tuple[Tag, ...]:
    terms = (one_line(xml_legal(tag))[:_SHORT] for tag in _list(item, "tags")[:_MOST] if isinstance(tag, str))
    return tuple(dict.fromkeys(Tag(term=term) for term in terms if term))


def _categories(stated: list[Any]) -> tuple[Tag, ...]:
    found = (
        Tag(
            term=one_line(_str(one, "term"))[:_SHORT],
            scheme=_str(one, "scheme")[:_SHORT] or None,
            label=one_line(_str(one, "label"))[:_SHORT] or None,
        )
        for one in stated[:_MOST]
        if isinstance(one, Mapping)
    )
    return tuple(dict.fromkeys(tag for tag in found if tag.term))


def _media(item: Mapping[str, Any], url: str) -> tuple[Media, ...]:
    said = _map(item, "_aggregator")
    about: dict[str, Any] = {name: _str(said, f"image_{name}")[:_TITLE] or None for name in _IMAGE_WORDS}
    about |= {name: _number(said.get(f"image_{name}")) for name in ("width", "height")}
    found = [
        Media(url=href, kind="image", **(about if key == "image" else {}))
        for key, href in ((key, absolute(_str(item, key), url)) for key in ("image", "banner_image"))
        if href
    ]
    for attachment in _list(item, "attachments")[:_MOST]:
        href = absolute(_str(attachment, "url"), url) if isinstance(attachment, Mapping) else None
        if href:
            type = _str(attachment, "mime_type")[:100].lower()
            kind = type.partition("/")[0] if type.startswith(("image/", "audio/", "video/")) else "file"
            length = _number(attachment.get("size_in_bytes"))
            found.append(Media(url=href, kind=kind, type=type or None, length=length, enclosure=True))
    return tuple(dict.fromkeys(found))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _map(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _str(holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    return xml_legal(value).strip() if isinstance(value, str) else ""
