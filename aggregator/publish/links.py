"""Strings that claim to be links or media types → ones that a feed may carry, or None."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from aggregator.text import xml_legal

_WEB = re.compile(r"https?://[^/?#]", re.I)
# RFC 3987 §2.2 allows none of these in an IRI.
_NOT_IN_IRI = re.compile(r'[\s"<>\\^`{|}\x00-\x1f\x7f-\x9f]')
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.A)
# Our own few: the standard library reads the machine's tables, and bytes must not depend on the machine.
_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}


def web_link(url: str | None) -> str | None:
    """`url` when it is an absolute http(s) link, with what no IRI may hold percent-encoded; else None."""
    link = _NOT_IN_IRI.sub(lambda found: quote(found[0]), xml_legal(url or "").strip())
    return link if _WEB.match(link) else None


def media_type(stated: str | None, url: str) -> str | None:
    """The media type as stated, else told by the ending of the URL's path, else None."""
    bare = (stated or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(bare):
        return bare
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    return _TYPES.get(path.rpartition(".")[2].lower())


def medium(type: str | None) -> str | None:
    """Media RSS's `medium` for a media type: image, audio or video."""
    kind = (type or "").partition("/")[0]
    return kind if kind in ("image", "audio", "video") else None
