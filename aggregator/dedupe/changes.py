"""Two contents of one article → what a reader would notice between them."""

from __future__ import annotations

from aggregator.model import Content
from aggregator.text import plain_text, tokens

# Below this share of common words two titles are not one title edited (identity.md §2, rule 4).
_SIMILAR = 0.3


def changes(old: Content | None, new: Content) -> tuple[str, ...]:
    """Names of the fields of Content that changed for a reader: words, not markup; a picture that came, not its size.

    Numbers alone are counters ("12 comments") outside the title; an address, a date or an enclosure is no news.
    """
    if old is None:
        return ()
    noticed = []
    if tokens(old.title) != tokens(new.title):
        noticed.append("title")
    if new.summary and _differ(old.summary, new.summary):
        noticed.append("summary")
    if new.text and _differ(old.text, new.text):
        noticed.append("text")
    if old.picture is None and new.picture is not None:
        noticed.append("picture")
    return tuple(noticed)


def similar_titles(one: str, other: str) -> bool:
    """Whether one may be the other, edited: words in common, of the shorter."""
    left, right = set(tokens(one)), set(tokens(other))
    if not left or not right:
        return True
    return len(left & right) / min(len(left), len(right)) >= _SIMILAR


def _differ(old: str, new: str) -> bool:
    return old != new and _words(old) != _words(new)


def _words(markup: str) -> tuple[str, ...]:
    return tuple(token for token in tokens(plain_text(markup)) if not token.isdigit())
