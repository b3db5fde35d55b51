"""Article and what its source lets us show → what is shown: the one place that applies the rights."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.model import EVERYTHING, SUMMARY_LENGTH, Allowance, Article, Enclosure, Picture, Republish
from aggregator.publish.links import media_type
from aggregator.text import one_line, plain_text, shorten, xml_legal
from aggregator.words import phrase

# More markup than this, for each character of a summary, holds no more words of it, and stripping it costs time.
_MARKUP_ENOUGH = 20
_PICTURES = re.compile(r"</?(?:img|picture|source|figure|figcaption|video|audio|iframe)\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What may be shown of an article. `title` and `summary` are plain text on one line, `text` is HTML; "" where not allowed.

    `level` is what was applied. A title comes alone; a summary (of about 300 characters, unless its source says otherwise) brings
    the picture (linked, not copied) and enclosures; full adds the text. `attribution` is a line that goes with all of them.
    """

    level: Republish
    title: str
    summary: str = ""
    text: str = ""
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    attribution: str = ""


def allowed(article: Article, within: Allowance = EVERYTHING) -> Shown:
    """What may be shown of `article` where the channel narrows it to `within`."""
    left, content = article.allowance.narrowed(within), article.content
    title, attribution = one_line(xml_legal(content.title)), one_line(xml_legal(article.attribution))
    if left.republish is Republish.TITLE:
        return Shown(level=left.republish, title=title, attribution=attribution)
    length = SUMMARY_LENGTH if left.summary_length is None else left.summary_length
    summary, whole = _summary(content.summary or content.text, length)
    text = ""
    if left.republish is Republish.FULL:
        # A source that gives all it has as a summary is shown in full too, but never twice.
        text = content.text or ("" if whole and "<" not in content.summary else content.summary)
        text = text if left.pictures else without_pictures(text)
    return Shown(
        level=left.republish,
        title=title,
        summary=summary,
        text=text,
        picture=content.picture if left.pictures else None,
        enclosures=tuple(one for one in content.enclosures if left.pictures or not _is_picture(one)),
        attribution=attribution,
    )


def without_pictures(markup: str) -> str:
    """Sanitized HTML without what shows a picture."""
    return _PICTURES.sub("", markup)


def _is_picture(enclosure: Enclosure) -> bool:
    return (media_type(enclosure.type, enclosure.url) or "").startswith("image/")


def notice(contact: str | None, language: str) -> str:
    """Whose the articles are, and whom to ask to have one taken out: what every feed says of itself."""
    said = phrase(
        "Every article belongs to the outlet named with it. This is an unofficial selection of links.", language
    )
    if not contact:
        return said
    removal = phrase("To have something taken out: {contact}.", language)
    return f"{said} {removal.format(contact=one_line(xml_legal(contact)))}"


def _summary(markup: str, length: int) -> tuple[str, bool]:
    """The words of `markup`, shortened, and whether they are all of them."""
    enough = max(length, SUMMARY_LENGTH) * _MARKUP_ENOUGH
    words = xml_legal(plain_text(markup[:enough]))
    short = shorten(words, length)
    return short, short == words and len(markup) <= enough
