"""Values of `X-Robots-Tag` fields and robots metas → the directives in them that are said to us."""

from __future__ import annotations

import re
from collections.abc import Iterable

PRODUCT = "aggregator"
_DIRECTIVE = re.compile(
    r"(?:noindex|none|noarchive|nosnippet|noimageindex|noai|noimageai|max-snippet:-?\d{1,6}|"
    r"max-image-preview:(?:none|standard|large))\Z"
)
_OF_VALUES = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def directives(values: Iterable[str]) -> tuple[str, ...]:
    """Those that speak of what may be kept and shown, without blanks, each once, in their order."""
    words = (re.sub(r"\s+", "", word) for value in values for word in _ours(value).lower().split(","))
    return tuple(dict.fromkeys(word for word in words if _DIRECTIVE.match(word)))


def _ours(value: str) -> str:
    """`googlebot: noindex` is not said to us; `aggregator: noindex` is."""
    agent, colon, rest = value.partition(":")
    name = agent.strip().lower()
    if not colon or name in _OF_VALUES or " " in name or "," in name:
        return value
    return rest if name == PRODUCT else ""
