"""Entry: one item as a source stated it, before we say what it means. Feed: the document around it."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model.document import Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """One printed author: RFC 4287 §3.2. `email` is for identity alone and never published; `image` is a portrait (JSON Feed
    `avatar`)."""

    name: str
    url: str | None = None
    email: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One category as a source put it (RFC 4287 §4.2.2; RSS `category` with `domain`)."""

    term: str
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, sound, film or file as stated; `kind` is image | audio | video | file by type or element."""

    url: str
    kind: str
    type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    credit: str | None = None
    copyright: str | None = None
    enclosure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as stated; dates are the raw strings, HTML is raw, links may be relative to `base`.

    `title_type`, `summary_type` and `content_type` are "text" or "html". `source_*` come from `atom:source` or RSS `source`:
    `source_bylines` are those of an entry without any (RFC 4287 §4.2.1), unless they name the source itself.
    `attribution` is a line that must stand with it (`dcterms:rightsHolder`).
    `licence` is an address (RFC 4946, Creative Commons), `rsl` the XML of its `rsl:content` (https://rslstandard.org/rsl).
    `point` is `latitude longitude` in degrees (https://www.georss.org; W3C Basic Geo).
    `raw_hash` is the hex SHA-256 of what was stated: the same bytes need no second look.
    """

    id: str | None = None
    link: str | None = None
    id_is_permalink: bool = False
    title: str = ""
    title_type: str = "text"
    summary: str = ""
    summary_type: str = "html"
    content: str = ""
    content_type: str = "html"
    published: str | None = None
    updated: str | None = None
    bylines: tuple[Byline, ...] = ()
    categories: tuple[Tag, ...] = ()
    media: tuple[Media, ...] = ()
    language: str | None = None
    base: str | None = None
    rights: str | None = None
    attribution: str = ""
    licence: str | None = None
    rsl: str = ""
    point: str | None = None
    source_title: str | None = None
    source_url: str | None = None
    source_id: str | None = None
    source_bylines: tuple[Byline, ...] = ()
    raw_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A whole document. `id` is its `atom:id`. `partial` when it broke off, `cut` when it has more entries than we read: absence
    of an entry then says nothing. `hints` are the document's own."""

    format: str
    id: str | None = None
    title: str = ""
    link: str | None = None
    language: str | None = None
    bylines: tuple[Byline, ...] = ()
    categories: tuple[Tag, ...] = ()
    rights: str | None = None
    licence: str | None = None
    rsl: str = ""
    rsl_file: str | None = None
    hubs: tuple[str, ...] = ()
    self_url: str | None = None
    hints: Hints = Hints()
    entries: tuple[Entry, ...] = ()
    partial: bool = False
    cut: bool = False
    warning: str | None = None
