"""What feedparser's readers collected → Feed and Entry: fields chosen, capped and typed, nothing interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aggregator.model import Byline, Entry, Feed, Media, Tag
from aggregator.parse import licensing
from aggregator.parse.byline import byline_of
from aggregator.parse.digest import with_hash
from aggregator.parse.location import point_of
from aggregator.parse.rhythm import hints_of
from aggregator.text import one_line
from aggregator.urls import absolute, without_userinfo

_TITLE, _ID, _HTML, _SHORT = 1_024, 2_048, 262_144, 256
# A document may hold more entries: the first are read.
MOST_ENTRIES = 2_000
_MOST_TAGS, _MOST_MEDIA, _MOST_AUTHORS = 50, 30, 50
_KINDS = ("image", "audio", "video")
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def feed_of(
    feed: Mapping[str, Any],
    entries: Iterable[Mapping[str, Any]],
    *,
    version: str,
    url: str,
    partial: bool,
    cut: bool,
    warning: str | None,
) -> Feed:
    """The whole document; `version` is feedparser's word for the format."""
    # RFC 4287 §4.1.1: the authors of the feed are those of its entries that have none. RSS has no such rule.
    inherited = _bylines(feed, url) if version.startswith("atom") else ()
    links = [link for link in feed.get("links", ()) if isinstance(link, Mapping)]
    stated = (_entry(entry, version, url, inherited) for entry in entries)
    return Feed(
        format=version,
        id=without_userinfo(_text(feed, "id"))[:_ID] or None if version.startswith("atom") else None,
        title=_text(feed, "title")[:_TITLE],
        link=_first_link(links, url) or _resolved(feed.get("link"), url),
        language=one_line(_text(feed, "language"))[:35] or None,
        bylines=inherited,
        categories=_tags(feed),
        rights=(_text(feed, "rights") or _text(feed, "news_copyright"))[:_TITLE] or None,
        licence=_licence(feed, url),
        rsl=licensing.collected(feed),
        rsl_file=_related([link for link in links if link.get("type") == licensing.MEDIA_TYPE], "license", url),
        hubs=tuple(_all_related(links, "hub", url)),
        self_url=_related(links, "self", url),
        hints=hints_of(feed),
        entries=tuple(with_hash(entry) for entry in stated if _says_something(entry)),
        partial=partial,
        cut=cut,
        warning=warning,
    )


def too_many(count: int) -> str | None:
    """What an operator is told of a document of more entries than we read."""
    return f"only the first {MOST_ENTRIES:,} of its {count:,} entries are read" if count > MOST_ENTRIES else None


def _says_something(entry: Entry) -> bool:
    """An item around items, or one that a template left empty, is no news."""
    return any((entry.id, entry.link, entry.title, entry.summary, entry.content, entry.media))


def _entry(entry: Mapping[str, Any], version: str, url: str, inherited: tuple[Byline, ...]) -> Entry:
    source = entry.get("source") or {}
    contents = [part for part in entry.get("content", ()) if part.get("value")]
    content: Mapping[str, Any] = max(contents, key=lambda part: len(part["value"]), default={})
    summary, summary_type = _summary(entry)
    title = _detail(entry, "title")
    permalink = bool(entry.get("news_permalink")) and version.startswith("rss")
    theirs = _bylines(source, url)
    return Entry(
        id=_text(entry, "id")[:_ID] or None,
        link=_link(entry, version, url, permalink=permalink),
        id_is_permalink=permalink,
        title=_text(entry, "title")[:_TITLE],
        title_type=_type(title.get("type")),
        summary=summary[:_HTML],
        summary_type=summary_type,
        content=str(content.get("value", ""))[:_HTML],
        content_type=_type(content.get("type")),
        published=_date(entry, "published", "created"),
        updated=_date(entry, "updated"),
        bylines=_bylines(entry, url) or (() if theirs else inherited),
        source_bylines=theirs,
        categories=_tags(entry),
        media=_media(entry, url),
        language=_language(entry, title, content),
        base=content.get("base") or _detail(entry, "summary").get("base") or title.get("base") or url,
        # RFC 4287 §4.2.11: what an entry was copied without stands in its source.
        rights=(_text(entry, "rights") or _text(entry, "news_copyright") or _text(source, "rights"))[:_TITLE] or None,
        attribution=one_line(_text(entry, "dcterms_rightsholder"))[:_TITLE],
        licence=_licence(entry, url) or _licence(source, url),
        rsl=licensing.collected(entry),
        point=point_of(entry),
        source_title=one_line(_text(source, "title"))[:_TITLE] or None,
        source_url=_source_url(source, url),
        source_id=_text(source, "id")[:_ID] or None,
    )


def _source_url(source: Mapping[str, Any], url: str) -> str | None:
    """Of `atom:source` the self link is the feed, else the alternate; RSS `source url=` is. It comes last: feedparser takes the
    page of an author of `atom:source` for it."""
    links = [link for link in source.get("links", ()) if isinstance(link, Mapping)]
    return _related(links, "self", url) or _first_link(links, url) or _resolved(source.get("href"), url)


def _link(entry: Mapping[str, Any], version: str, url: str, *, permalink: bool) -> str | None:
    """FeedBurner's original, the first alternate link, else a permalink guid that is an address (P15: `332` is none)."""
    links = [link for link in entry.get("links", ()) if isinstance(link, Mapping)]
    for candidate in (entry.get("feedburner_origlink"), _first_link(links, url), entry.get("link")):
        resolved = _resolved(candidate, url)
        if resolved:
            return resolved
    id = _text(entry, "id")
    return absolute(id) if permalink or version.startswith("rss10") else None


def _first_link(links: Iterable[Mapping[str, Any]], url: str) -> str | None:
    candidates = (link.get("href") for link in links if link.get("rel", "alternate") == "alternate")
    return next((found for found in (_resolved(href, url) for href in candidates) if found), None)


def _related(links: Iterable[Mapping[str, Any]], relation: str, url: str) -> str | None:
    return next(_all_related(links, relation, url), None)


def _all_related(links: Iterable[Mapping[str, Any]], relation: str, url: str) -> Iterator[str]:
    found = (_resolved(link.get("href"), url) for link in links if link.get("rel") == relation)
    return (target for target in found if target)


def _licence(holder: Mapping[str, Any], url: str) -> str | None:
    """Atom's link (RFC 4946), Creative Commons' `license` (feedparser makes such a link of it), or Media RSS's."""
    stated = holder.get("media_license")
    of_media = stated.get("href") if isinstance(stated, Mapping) else None
    links = [link for link in holder.get("links", ()) if isinstance(link, Mapping)]
    return _related(links, "license", url) or _resolved(of_media, url)


def _resolved(href: object, url: str) -> str | None:
    return absolute(href, url) if isinstance(href, str) else None


def _summary(entry: Mapping[str, Any]) -> tuple[str, str]:
    detail = _detail(entry, "summary")
    value = _text(entry, "summary")
    if value:
        return value, _type(detail.get("type", "text/html"))
    group: Mapping[str, Any] = next(
        (media["news_group"] for media in entry.get("news_media", ()) if media.get("news_group")), {}
    )
    spoken = entry.get("news_itunes_summary") or entry.get("news_description") or group.get("news_description")
    return (str(spoken), "text") if spoken else ("", "html")


def _language(entry: Mapping[str, Any], *details: Mapping[str, Any]) -> str | None:
    stated = [entry.get("language"), *(detail.get("language") for detail in details)]
    return next(
        (one_line(language)[:35] for language in stated if isinstance(language, str) and language.strip()), None
    )


def _bylines(holder: Mapping[str, Any], url: str) -> tuple[Byline, ...]:
    authors = [author for author in holder.get("authors", ()) if author][:_MOST_AUTHORS]
    found = [
        byline_of(
            str(author.get("news_printed") or author.get("name") or ""),
            url=_resolved(author.get("href"), url),
            email=str(author["email"])[:254] if author.get("email") else None,
        )
        for author in authors
    ]
    found = found if any(found) else [byline_of(str(name)) for name in holder.get("news_authors", ())]
    return tuple(dict.fromkeys(byline for byline in found if byline))


def _tags(holder: Mapping[str, Any]) -> tuple[Tag, ...]:
    tags = (
        Tag(
            term=one_line(str(tag.get("term") or tag.get("label") or ""))[:_SHORT],
            scheme=one_line(str(tag["scheme"]))[:_SHORT] if tag.get("scheme") else None,
            label=one_line(str(tag["label"]))[:_SHORT] if tag.get("label") else None,
        )
        for tag in holder.get("tags", ())[: 2 * _MOST_TAGS]
    )
    return tuple(dict.fromkeys(tag for tag in tags if tag.term))[:_MOST_TAGS]


def _media(entry: Mapping[str, Any], url: str) -> tuple[Media, ...]:
    found = [_medium(entry, media, url, enclosure=False) for media in entry.get("news_media", ())[:_MOST_MEDIA]]
    links = [link for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    found += [_medium(entry, {"url": link.get("href"), **link}, url, enclosure=True) for link in links[:_MOST_MEDIA]]
    image = entry.get("image")
    for href in (image.get("href") if isinstance(image, Mapping) else None, entry.get("news_image")):
        found.append(_medium(entry, {"url": href, "medium": "image"}, url, enclosure=False))
    return tuple(dict.fromkeys(media for media in found if media))


def _medium(entry: Mapping[str, Any], media: Mapping[str, Any], url: str, *, enclosure: bool) -> Media | None:
    href = _resolved(media.get("url"), url)
    if href is None:
        return None
    stated = one_line(str(media.get("type") or ""))[:100].lower() or None
    kind = _kind(media, stated, href)
    about: dict[str, Any] = {**_about(entry)}
    about |= _about(media.get("news_group") or {}) if kind == "image" else {}
    about |= _about(media)
    return Media(
        url=href,
        kind=kind,
        type=stated,
        length=_number(media.get("length") or media.get("filesize")),
        width=_number(media.get("width")),
        height=_number(media.get("height")),
        caption=(about.get("description") or about.get("text") or about.get("title")) if kind == "image" else None,
        credit=about.get("credit"),
        copyright=about.get("copyright") if kind == "image" else None,
        enclosure=enclosure,
    )


def _about(holder: Mapping[str, Any]) -> dict[str, str]:
    # A film's title and description say what the film shows, not what its still does.
    film = holder.get("medium") == "video" or str(holder.get("type", "")).startswith(("video/", "application/"))
    keys = ("credit",) if film else ("title", "description", "text", "credit", "copyright")
    return {key: str(holder[f"news_{key}"])[:_TITLE] for key in keys if holder.get(f"news_{key}")}


def _kind(media: Mapping[str, Any], type: str | None, href: str) -> str:
    medium = str(media.get("medium") or "").lower()
    if medium in _KINDS:
        return medium
    main = (type or "").partition("/")[0]
    if main in _KINDS:
        return main
    picture = href.partition("?")[0].lower().endswith(_PICTURES)
    return "image" if picture and type in (None, "application/octet-stream") else "file"


def _detail(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    detail = entry.get(f"{key}_detail")
    return detail if isinstance(detail, Mapping) else {}


def _text(holder: Mapping[str, Any], key: str) -> str:
    # FeedParserDict answers for missing keys with others (`updated` with `published`): ask the dict itself.
    value = dict.get(holder, key) if isinstance(holder, dict) else holder.get(key)
    return value.strip() if isinstance(value, str) else ""


def _date(entry: Mapping[str, Any], *keys: str) -> str | None:
    return next((one_line(_text(entry, key))[:100] for key in keys if _text(entry, key)), None)


def _type(type: object) -> str:
    return "text" if type in (None, "", "text", "text/plain") else "html"


def _number(value: object) -> int | None:
    """P20: `length="abc"` says nothing."""
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
