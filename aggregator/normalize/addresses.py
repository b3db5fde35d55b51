"""An address → the words of its parts: host, segments, headline."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from aggregator.text import tokens

_LEADING = frozenset("world mundo news noticias section seccion internacional category tag topic topics".split())
_INDEX = re.compile(
    r"^(?:index|default|story|article|noticia|nota|amp|ghtml|html?|php|aspx)(?: (?:html?|php|aspx|ghtml|shtml))?$"
)


@lru_cache(maxsize=1_024)  # asked twice for each entry
def segments(url: str | None) -> tuple[str, ...]:
    """The words of each segment of the path; the last is that with the headline, not `index.html` or a number behind it."""
    if not url:
        return ()
    segments = [words(segment) for segment in host_and_path(url)[1].split("/") if segment]
    while len(segments) > 1 and (_INDEX.match(segments[-1]) or segments[-1].replace(" ", "").isdigit()):
        segments.pop()
    return tuple(segments)


@lru_cache(maxsize=1_024)
def host_and_path(url: str | None) -> tuple[str, str]:
    """Empty for what is no address."""
    try:
        parts = urlsplit(url or "")
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


@lru_cache(maxsize=32_768)  # an outlet's headings are few
def words(segment: str) -> str:
    return " ".join(tokens(unquote(segment)))


def trimmed(segment: str) -> str:
    """`world latin america 58943252` → `latin america`."""
    words = segment.split()
    while words and words[0] in _LEADING:
        words.pop(0)
    while words and words[-1].isdigit():
        words.pop()
    return " ".join(words)
