"""HTML from a feed → HTML that is safe to publish anywhere: an allow-list (nh3), absolute links, no trackers, bounded."""

from __future__ import annotations

import html
import re
from functools import partial

import nh3

from aggregator.text import plain_text, stream_safe, xml_legal
from aggregator.urls import absolute, clean_url

LONGEST = 262_144
_DEEPEST = 100
_TAGS = set(
    "a abbr article b blockquote br caption cite code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins li ol "
    "p pre q s section small strong sub sup table tbody td tfoot th thead time tr u ul".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_DROPPED = set("script style iframe object embed noscript template svg math form button select textarea".split())
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
# These close themselves, or each other: they do not nest by being left open.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split()
)
# A tag ends before the next one begins: many that never end would cost a search of the rest each.
_IMAGE = re.compile(r"<img\b[^<>]{0,8000}>", re.I)
_EMPTY_IMAGE = re.compile(r"<img(?![^>]* src=)[^>]*>")
_ATTRIBUTE = re.compile(r"""(?<![A-Za-z\-])([A-Za-z\-]{1,40})\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-file", "data-lazy")
# Counters that newsrooms and feed services add; facts of the field.
_COUNTER = re.compile(
    r"//(?:[\w\-]+\.)*(?:feeds\.feedburner\.com|pixel\.wp\.com|stats\.wordpress\.com|pixel\.quantserve\.com|b\.scorecardresearch\.com|"
    r"feedsportal\.com|doubleclick\.net|google-analytics\.com|rss\.buysellads\.com|share\.feedsportal\.com|counter\.[\w.]+|"
    r"feeds\.wordpress\.com|pixel\.[\w.\-]+|tracking\.[\w.\-]+)/|/(?:pixel|tracker|track|count|beacon|1x1|blank|spacer)\.(?:gif|png)",
    re.I,
)


def sanitize(markup: str, *, base: str | None) -> str:
    """Safe HTML whose links stand on their own; what is nested beyond reason comes out as plain text."""
    text = _lines(markup)
    if not text:
        return ""
    if "<" not in text and "&" not in text:
        return escaped(text)
    if too_deep(text):
        return escaped(_bare(text))
    if "<img" in text.lower():
        text = _IMAGE.sub(_image, text)
    clean = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        attribute_filter=partial(_attribute, base),
    ).strip()
    # A picture whose address was refused shows nothing.
    return _EMPTY_IMAGE.sub("", clean) if "<img" in clean else clean


def escaped(text: str) -> str:
    """Plain text as HTML, escaped as nh3 does."""
    return html.escape(_lines(text), quote=False).replace("\u00a0", "&nbsp;")


def _lines(text: str) -> str:
    return stream_safe(xml_legal(text[:LONGEST])).replace("\r\n", "\n").replace("\r", "\n").strip()


def words(markup: str) -> str:
    """The words of a sanitized fragment on one line."""
    return plain_text(markup)


def images(markup: str) -> list[dict[str, str]]:
    """The attributes of each `<img>` of a sanitized fragment, in order."""
    return [_attributes(tag) for tag in _IMAGE.findall(markup)] if "<img" in markup else []


def is_counter(url: str, width: int | None = None, height: int | None = None) -> bool:
    """Whether a picture is there to count readers, not to be seen."""
    tiny = any(size is not None and size <= 2 for size in (width, height))
    return tiny or _COUNTER.search(url) is not None


def too_deep(markup: str) -> bool:
    """One linear look before code that is quadratic in nesting (200,000 `<div>` cost nh3 140 s)."""
    depth = 0
    for closing, name in _ELEMENT.findall(markup):
        if name.lower() not in _FLAT:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > _DEEPEST:
                return True
    return False


def _bare(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", " ", text))).strip()


def _image(match: re.Match[str]) -> str:
    """Trackers go; what a script would have loaded later is loaded plainly."""
    attributes = _attributes(match[0])
    source = attributes.get("src", "")
    lazy = next((attributes[name] for name in _LAZY if attributes.get(name)), None)
    if lazy and (not source or source.startswith("data:") or "blank" in source or "placeholder" in source):
        source = lazy
    if not source or is_counter(source, _size(attributes.get("width")), _size(attributes.get("height"))):
        return ""
    kept: dict[str, str] = {"src": source}
    kept |= {name: attributes[name] for name in ("alt", "title", "width", "height") if name in attributes}
    return "<img " + " ".join(f'{name}="{html.escape(value)}"' for name, value in kept.items()) + ">"


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag)}


def _size(value: str | None) -> int | None:
    digits = (value or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _attribute(base: str | None, element: str, name: str, value: str) -> str | None:
    if name == "href":
        whole = absolute(value, base)
        return clean_url(whole) if whole else None
    if name == "src":
        return absolute(value, base)
    if name in ("width", "height"):
        return value if _size(value) is not None else None
    return value
