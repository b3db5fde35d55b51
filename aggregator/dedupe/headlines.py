"""Content → the key that outlets' tellings of one story share: first version, equal headlines."""

from __future__ import annotations

from aggregator.model import Content
from aggregator.text import tokens

_FEWEST = 5


def headline_key(content: Content) -> str | None:
    """The folded words of the title; None where they are too few to mean one event ("Morning briefing")."""
    words = tokens(content.title)
    telling = [word for word in words if not word.isdigit()]
    return " ".join(words) if len(telling) >= _FEWEST else None
