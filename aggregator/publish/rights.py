"""Article and what its source lets us show → what is shown: the one place that applies the rights."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model import Article, Enclosure, Picture, Republish
from aggregator.text import one_line, plain_text, shorten, xml_legal

SUMMARY_LENGTH = 300
# More markup than this holds no more words of a summary, and stripping it costs time.
_MARKUP_ENOUGH = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What may be shown of an article. `title` and `summary` are plain text on one line, `text` is HTML; "" where not allowed.

    `level` is what was applied. A title comes alone; a summary of about 300 characters brings the picture (linked, not copied)
    and enclosures; full adds the text.
    """

    level: Republish
    title: str
    summary: str = ""
    text: str = ""
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()


def allowed(article: Article, republish: Republish | None = None) -> Shown:
    """What may be shown of `article` where the channel narrows to `republish` (None: whatever the source allows)."""
    level, content = article.republish.narrowed(republish), article.content
    title = one_line(xml_legal(content.title))
    if level is Republish.TITLE:
        return Shown(level=level, title=title)
    summary, whole = _summary(content.summary or content.text)
    text = ""
    if level is Republish.FULL:
        # A source that gives all it has as a summary is shown in full too, but never twice.
        text = content.text or ("" if whole and "<" not in content.summary else content.summary)
    return Shown(
        level=level,
        title=title,
        summary=summary,
        text=text,
        picture=content.picture,
        enclosures=content.enclosures,
    )


def notice(contact: str | None) -> str:
    """Whose the articles are, and whom to ask to have one taken out: what every feed says of itself."""
    removal = f" To have something taken out: {one_line(xml_legal(contact))}." if contact else ""
    return f"Every article belongs to the outlet named with it. This is an unofficial selection of links.{removal}"


def _summary(markup: str) -> tuple[str, bool]:
    """The words of `markup`, shortened, and whether they are all of them."""
    words = xml_legal(plain_text(markup[:_MARKUP_ENOUGH]))
    short = shorten(words, SUMMARY_LENGTH)
    return short, short == words and len(markup) <= _MARKUP_ENOUGH
