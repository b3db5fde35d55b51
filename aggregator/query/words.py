"""Content → the words that queries search: what the store indexes and what evaluation in Python looks at, one and the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aggregator.model import Category, Content
from aggregator.text import fold, fold_name, one_line, plain_text, tokens

# A longer run of letters is no word: it is cut, in what is indexed and in what is asked alike (PostgreSQL refuses lexemes
# above 2,046 bytes and vectors above 1 MB; no character takes more than 4 bytes).
LONGEST_WORD = 100
MOST_WORDS = 20_000
MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexWords:
    """Columns of the table `article`. `title`, `text` (summary, then text) and `url` are tokens joined and padded by spaces, so
    that a phrase is a substring; `categories` are folded terms and labels, each between line feeds. Empty where nothing is."""

    title: str
    text: str
    url: str
    categories: str


def index_words(content: Content, categories: Sequence[Category]) -> IndexWords:
    """The words of an article as it is stored."""
    return IndexWords(
        title=padded(words(content.title)),
        text=padded(words(f"{plain_text(content.summary)} {plain_text(content.text)}")),
        url=padded(words(content.url or "")),
        categories=_lines(categories),
    )


def words(plain: str) -> tuple[str, ...]:
    """The tokens of `plain`, as many and as long as we index."""
    cut = [token[:LONGEST_WORD] for token in tokens(plain)[:MOST_WORDS]]
    ends = accumulate(len(token) + 1 for token in cut)
    return tuple(token for token, end in zip(cut, ends, strict=True) if end < MOST_CHARACTERS)


def padded(tokens: Iterable[str]) -> str:
    """Tokens joined and padded by spaces: `" one two "`; nothing for none."""
    joined = " ".join(tokens)
    return f" {joined} " if joined else ""


def category_key(label: str) -> str:
    """A category as it is compared: folded, on one line."""
    return one_line(fold(label))


def name_key(name: str) -> str:
    """A person's name as it is compared: folded, on one line."""
    return one_line(fold_name(name))


def _lines(categories: Iterable[Category]) -> str:
    keys = (category_key(name) for category in categories for name in (category.term, category.label or ""))
    joined = "\n".join(dict.fromkeys(key for key in keys if key))
    return f"\n{joined}\n" if joined else ""
