"""Tags as stated → categories: plain, each once, without the software's own "uncategorized"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aggregator.model import Category, Tag
from aggregator.normalize.titles import plain
from aggregator.text import fold

_MOST, _LONGEST = 50, 128
_NOTHING = frozenset(
    {
        "uncategorized",
        "sin categoria",
        "sem categoria",
        "non classe",
        "uncategorised",
        "general-default",
        "null",
        "none",
    }
)
_LIST = re.compile(r"\s*[;|]\s*")


def categories_of(tags: Iterable[Tag]) -> tuple[Category, ...]:
    """In order of appearance; folded duplicates go."""
    found: dict[tuple[str, str | None], Category] = {}
    for category in _cleaned(tags):
        found.setdefault((fold(category.term), category.scheme), category)
    return tuple(found.values())[:_MOST]


def _cleaned(tags: Iterable[Tag]) -> Iterator[Category]:
    for tag in tags:
        label = plain(tag.label)[:_LONGEST] if tag.label else None
        # A list in one element; with a scheme it is one term of somebody's vocabulary.
        term = plain(tag.term)
        terms = [term] if tag.scheme else _LIST.split(term)
        for term in (term[:_LONGEST].strip(" ,") for term in terms):
            if term and fold(term) not in _NOTHING:
                yield Category(term=term, scheme=tag.scheme, label=label if label != term else None)
