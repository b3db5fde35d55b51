"""Media as stated → the one picture of an article, and its enclosures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.model import Enclosure, Entry, Media, Picture
from aggregator.normalize.markup import images, is_counter
from aggregator.normalize.titles import plain
from aggregator.text import fold, shorten
from aggregator.urls import absolute

_CAPTION, _CREDIT, _MOST_ENCLOSURES = 500, 200, 10
_NO_CREDIT = frozenset({"na", "n/a", "none", "null", "-", ""})
_CREDIT_LABEL = re.compile(
    r"^(?:(?:photo|image|picture|foto|imagen|imagem|cr[eé]dito?s?|credit)s?\s*(?:by|de|por|:)|[©:])\s*", re.I
)
# What a picture without a stated size is taken to be, in pixels: a full picture, then an enclosure.
_UNSTATED, _UNSTATED_ENCLOSURE = 200_000, 150_000


def picture_of(entry: Entry, *, title: str, summary: str, text: str) -> Picture | None:
    """The largest stated picture, else the first one in the text; never a counting pixel. `summary` and `text` sanitized."""
    stated = [media for media in entry.media if media.kind == "image" and not _tiny(media)]
    if stated:
        best = max(stated, key=_area)  # the first of equals: max keeps it
        about = next((media for media in stated if media.caption or media.credit), best)
        about = about if not (best.caption or best.credit) and len(stated) <= 12 else best
        return _picture([best, *(media for media in stated if media.url == best.url)], about, title)
    return _inline(images(text) or images(summary), title)


def enclosures_of(entry: Entry, picture: Picture | None) -> tuple[Enclosure, ...]:
    """Files that go with the article, sound and film of Media RSS among them; the picture is not repeated."""
    shown = picture.url if picture else None
    files = [media for media in entry.media if media.enclosure or media.kind in ("audio", "video")]
    found = {
        media.url: Enclosure(url=media.url, type=media.type, length=media.length)
        for media in reversed(files)
        if media.url != shown and not (media.kind == "image" and _tiny(media))
    }
    return tuple(reversed(found.values()))[:_MOST_ENCLOSURES]


def _tiny(media: Media) -> bool:
    return is_counter(media.url, media.width, media.height) or media.url.lower().endswith(".svg")


def _area(media: Media) -> int:
    if media.width and media.height:
        return media.width * media.height
    if media.width:
        return media.width * media.width * 2 // 3
    return _UNSTATED_ENCLOSURE if media.enclosure else _UNSTATED


def _picture(same: list[Media], about: Media, title: str) -> Picture:
    """`same` are all that state it, the best first: Media RSS knows its size, an enclosure beside it its length."""
    media = same[0]
    return Picture(
        url=media.url,
        type=next((one.type for one in same if one.type and one.type.startswith("image/")), None),
        length=next((one.length for one in same if one.length), None),
        width=media.width,
        height=media.height,
        caption=_caption(about.caption, title),
        credit=_credit(about.credit),
        copyright=shorten(plain(media.copyright or about.copyright or ""), _CREDIT) or None,
    )


def _inline(found: Iterable[dict[str, str]], title: str) -> Picture | None:
    for attributes in found:
        url = absolute(attributes.get("src", ""))
        if url and not url.lower().endswith(".svg"):
            width, height = (_number(attributes.get(name)) for name in ("width", "height"))
            caption = _caption(attributes.get("alt") or attributes.get("title"), title)
            return Picture(url=url, width=width, height=height, caption=caption)
    return None


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else None


def _caption(raw: str | None, title: str) -> str | None:
    """None where it only repeats the title or is a file's name."""
    text = plain(raw or "")
    if not text or fold(text) == fold(title) or re.fullmatch(r"[\w\-]+\.(?:jpe?g|png|webp|gif)", text, re.I):
        return None
    return shorten(text, _CAPTION)


def _credit(raw: str | None) -> str | None:
    text = _CREDIT_LABEL.sub("", plain(raw or "")).strip()
    return None if fold(text) in _NO_CREDIT else shorten(text, _CREDIT)
