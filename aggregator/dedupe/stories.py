"""Contents → stories: what several outlets tell of one thing."""

from __future__ import annotations

from aggregator.model import Content
from aggregator.text import tokens

_LEAST_WORDS = 5


def headline_key(content: Content) -> str | None:
    """What equal headlines share: their folded words, where there are enough to mean one thing."""
    words = tokens(content.title)
    return " ".join(words) if len(words) >= _LEAST_WORDS else None
