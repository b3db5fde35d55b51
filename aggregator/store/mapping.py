"""Values ↔ columns: contents, categories and titles, made so that a database can hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from aggregator.model import (
    Category,
    Content,
    Enclosure,
    Picture,
    Signal,
    Standard,
    Title,
)
from aggregator.query.words import index_words
from aggregator.store import tables as t

# Both databases take more parameters; beyond a few hundred a longer statement is no faster.
CHUNK = 500
# A key of a B-tree on PostgreSQL has at most 2704 bytes, all of its columns together.
_KEY_LENGTH = 600
_Item = TypeVar("_Item")
# Neither database keeps lone surrogates, PostgreSQL no NUL.
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)])


# What an article is read from: without the words, which are as long again as the text and only searched.
ARTICLE_COLUMNS = [
    column
    for column in t.article.c
    if column.name not in {"title_tokens", "text_tokens", "url_tokens", "category_terms"}
]


def chunks(items: Iterable[_Item], size: int = CHUNK) -> Iterator[list[_Item]]:
    """`items` in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def storable(text: str) -> str:
    """`text` without what a database cannot hold."""
    return text if text.isascii() and "\0" not in text else text.translate(_UNSTORABLE)


def index_key(text: str) -> str:
    """`text` as an index can hold it: itself, or a hash of it where it is long."""
    kept = storable(text)
    if len(kept) <= _KEY_LENGTH and len(kept.encode()) <= _KEY_LENGTH:
        return kept
    return f"sha256:{hashlib.sha256(kept.encode()).hexdigest()}"


def word_columns(content: Content, categories: Sequence[Category]) -> dict[str, str]:
    """What full-text search indexes, and what `category:` and `url:` look into."""
    words = index_words(content, categories)
    return {
        "title_tokens": words.title,
        "text_tokens": words.text,
        "url_tokens": words.url,
        "category_terms": storable(words.categories),
    }


def content_columns(content: Content) -> dict[str, Any]:
    """The columns of an article that come from its content."""
    picture = content.picture
    return {
        "title": storable(content.title),
        "summary": storable(content.summary),
        "text": storable(content.text),
        "url": content.url and storable(content.url),
        "language": content.language and storable(content.language),
        "picture": picture and storable_json(_filled(asdict(picture))),
        "enclosures": storable_json([_filled(asdict(enclosure)) for enclosure in content.enclosures]),
        "rights": content.rights and storable(content.rights),
        "credit_line": storable(content.credit_line),
        "licence": content.licence and storable(content.licence),
        "rsl": storable(content.rsl),
        "signals": signals_json(content.signals),
    }


def categories_json(categories: Iterable[Category]) -> Any:
    return storable_json([_filled(asdict(category)) for category in categories])


def categories_of(value: Sequence[Mapping[str, Any]] | None) -> tuple[Category, ...]:
    return tuple(Category(**category) for category in value or ())


def signals_json(signals: Iterable[Signal]) -> Any:
    rows = [[one.standard.value, one.said, one.where, *([one.about] if one.about else [])] for one in signals]
    return storable_json(rows) or None


def signals_of(value: Sequence[Sequence[str]] | None) -> tuple[Signal, ...]:
    return tuple(Signal(Standard(standard), *words) for standard, *words in value or ())


def title_json(title: Title) -> dict[str, Any] | None:
    return (
        {"plain": title.plain, "by_language": [list(pair) for pair in title.by_language]} if title.all_forms() else None
    )


def title_of(value: Mapping[str, Any] | None) -> Title:
    if not value:
        return Title()
    return Title(plain=value["plain"], by_language=tuple((language, form) for language, form in value["by_language"]))


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def storable_json(value: Any) -> Any:
    """`value` with every string in it made storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {name: storable_json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable_json(part) for part in value]
    return value


def content_of(row: RowMapping | Mapping[str, Any]) -> Content:
    """The content of an article's row, or of what `content_columns` made."""
    return Content(
        title=row["title"],
        summary=row["summary"],
        text=row["text"],
        url=row["url"],
        language=row["language"],
        picture=Picture(**row["picture"]) if row["picture"] else None,
        enclosures=tuple(Enclosure(**enclosure) for enclosure in row["enclosures"] or ()),
        rights=row["rights"],
        credit_line=row["credit_line"],
        licence=row["licence"],
        rsl=row["rsl"],
        signals=signals_of(row["signals"]),
    )
