"""The pictures in a page's text → the caption and credit of the one that stands for the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from aggregator.model import Media
from aggregator.parse.html import Html, words_of
from aggregator.urls import absolute, picture_name

_MOST, _LONGEST = 40, 500
_CREDIT_CLASS = re.compile(
    r"credit|cr[eé]dito|copyright|copy\b|source|fuente|autor|author|photographer|agency|firma", re.I
)
# "(Foto: Ana Ruiz / AFP)" at the end of a caption.
_CREDIT = re.compile(
    r"[\s.(|–—-]*\b(?:foto(?:graf[ií]a)?s?|photo(?:graph)?s?|image[mn]?|imagen|cr[eé]ditos?|credit|cr[eé]dit photo|©|\(c\))\s*"
    r"(?:by|de|por|:|©)\s*:?\s*(?P<credit>[^()|]{2,80}?)\s*[).]?\s*$",
    re.I,
)
_LAZY = ("data-src", "data-lazy-src", "data-original", "src")


@dataclass(frozen=True, slots=True)
class _Figure:
    url: str
    caption: str | None
    credit: str | None
    main: bool


def captioned(html: Html, stated: Media | None, url: str, rule: str) -> tuple[Media | None, str]:
    """`stated` with what the figure of the same picture says; where no figure shows it, the first captioned figure of
    the article itself stands for it, with its own address. (media, rule)"""
    figures = list(_figures(html, url))
    if stated is None:
        lead = next((figure for figure in figures if figure.main and figure.caption), None)
        return (_media(lead), "figure") if lead else (None, "")
    for figure in figures:
        if picture_name(figure.url) == picture_name(stated.url) and (figure.caption or figure.credit):
            filled = replace(stated, caption=stated.caption or figure.caption, credit=stated.credit or figure.credit)
            return filled, f"{rule}+figure"
    return stated, rule


def _media(figure: _Figure) -> Media:
    return Media(url=figure.url, kind="image", caption=figure.caption, credit=figure.credit)


def _figures(html: Html, url: str) -> Iterator[_Figure]:
    for count, figure in enumerate(html.root.iter("figure")):
        if count >= _MOST:
            return
        image = next(iter(figure.iter("img")), None)
        source = _source(image, url) if image is not None else None
        if source is None:
            continue
        caption, credit = _said(figure)
        yield _Figure(source, caption, credit, main=any(True for _ in figure.iterancestors("article", "main")))


def _source(image: etree._Element, url: str) -> str | None:
    for name in _LAZY:
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:") and (found := absolute(value, url)):
            return found
    return None


def _said(figure: etree._Element) -> tuple[str | None, str | None]:
    caption = next(iter(figure.iter("figcaption")), None)
    if caption is None:
        return None, None
    words, credit = words_of(caption, _LONGEST), None
    for element in caption.iter():
        if element is not caption and isinstance(element.tag, str) and _CREDIT_CLASS.search(element.get("class") or ""):
            credit = words_of(element, 200)
            if credit and words.endswith(credit):
                words = words[: -len(credit)].rstrip(" |–—-/·")
            break
    if not credit and (found := _CREDIT.search(words[-200:])):
        credit = found["credit"].strip()
        words = words[: len(words) - len(found[0])].strip() if len(found[0]) <= len(words) else ""
    if not credit and words.startswith("(") and words.endswith(")") and words.count("(") == 1:
        words, credit = "", words[1:-1]
    return words or None, _bare(credit) if credit else None


def _bare(credit: str) -> str | None:
    """`(Image: Ana Ruiz / AFP)` → `Image: Ana Ruiz / AFP`; the label is taken off with those of feeds."""
    return credit.removeprefix("(").removesuffix(")").strip() or None if credit.startswith("(") else credit
