"""A query → drivers: the indexes that say where to look for its articles. Each finds all of them, and others beside.

A driver is a union of arms. An arm that streams gives keys newest first at the cost of those taken; any other is read as a
whole, and is of use only where it is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from aggregator.query.tree import And, By, In, InStory, Node, Or, Term, When, Where, Words
from aggregator.store import tables as t
from aggregator.store.selection import authors_called, between

# A prefix gathers the places of every word it begins: a short one, half of the index.
_SHORTEST_PREFIX = 4
_MOST_ARMS = 32
_MOST_WORDS = 3
_fts = table("article_fts", column("rowid"), column("article_fts"))


@dataclass(frozen=True, slots=True)
class Arm:
    """`select` gives `key` of every article that the arm finds."""

    select: Select[Any]
    key: ColumnElement[int]
    streams: bool


Driver = tuple[Arm, ...]
EVERY: Driver = (Arm(select(t.article.c.key), t.article.c.key, streams=True),)


def drivers(node: Node, *, now: datetime, dialect: Dialect) -> list[Driver]:
    """What can drive a search; none where only reading every article will do."""
    match node:
        case And():
            together = [part for part in node.parts if _indexed(part)]
            apart = [part for part in node.parts if part not in together]
            return _words(together, dialect) + [
                one for part in apart for one in drivers(part, now=now, dialect=dialect)
            ]
        case Or():
            return list(_union(node, now, dialect))
        case Words():
            return _words([node], dialect) if _indexed(node) else []
    return [(arm,) for arm in _term(node, now)] if isinstance(node, Term) else []


def _union(node: Or, now: datetime, dialect: Dialect) -> Iterator[Driver]:
    """Words of an Or are one arm; each other part brings its own, and all of them must have one."""
    together = [part for part in node.parts if _indexed(part)]
    arms = list(_words([Or(parts=tuple(together))], dialect)[0]) if together else []
    for part in node.parts:
        if part not in together:
            found = drivers(part, now=now, dialect=dialect)
            if not found:
                return
            arms += found[0]
    if len(arms) <= _MOST_ARMS:
        yield tuple(arms)


def _term(node: Term, now: datetime) -> Iterator[Arm]:
    a, m = t.article.c, t.membership.c
    match node:
        case In():
            channel = select(t.channel.c.id).where(t.channel.c.kind == node.kind.value, t.channel.c.slug == node.slug)
            members = select(m.rank).where(m.channel_id == channel.scalar_subquery())
            yield Arm(members, m.rank, streams=True)  # the rank is the key in all of these channels
        case By():
            credit = t.credit.c
            written = select(credit.article_key).where(credit.author_id.in_(authors_called(node.name)))
            yield Arm(written, credit.article_key, streams=False)
        case InStory():
            yield Arm(select(a.key).where(a.story_id == node.id), a.key, streams=False)
        case When(field="published"):
            yield Arm(select(a.key).where(between(node, now)), a.key, streams=False)


def _indexed(node: Node) -> bool:
    """Whether the index of words knows a part: words of title and text, and any And or Or of such."""
    if isinstance(node, And | Or):
        return all(map(_indexed, node.parts))
    if not isinstance(node, Words) or node.where is Where.URL:
        return False
    return not node.prefix or len(node.tokens[-1]) >= _SHORTEST_PREFIX


def _words(parts: Sequence[Node], dialect: Dialect) -> list[Driver]:
    """The articles that have the words of all `parts`; on PostgreSQL those that have the words of one, for the longest few:
    of several conditions it may take one from the index, and try the others on every row at great cost."""
    if not parts:
        return []
    if dialect.name == "postgresql":
        a = t.article.c
        vectors = {Where.TITLE: _vector(a.title_tokens), Where.TEXT: _vector(a.text_tokens)}
        chosen = sorted(parts, key=_length, reverse=True)[:_MOST_WORDS]
        return [(Arm(select(a.key).where(_matching(part, vectors)), a.key, streams=False),) for part in chosen]
    asked = " AND ".join(map(_fts5, parts))
    return [(Arm(select(_fts.c.rowid).where(_fts.c.article_fts.op("MATCH")(asked)), _fts.c.rowid, streams=True),)]


def _length(node: Node) -> int:
    """How many letters an article must have for it: the more, the fewer have them."""
    match node:
        case And():
            return max(map(_length, node.parts))
        case Or():
            return min(map(_length, node.parts))
        case Words():
            return sum(map(len, node.tokens))
    return 0


def _fts5(node: Node) -> str:
    """An expression of FTS5: https://sqlite.org/fts5.html#full_text_query_syntax"""
    if isinstance(node, And | Or):
        operator = " AND " if isinstance(node, And) else " OR "
        return f"({operator.join(map(_fts5, node.parts))})"
    assert isinstance(node, Words)
    only = "" if node.where is Where.ANYWHERE else f"{node.where} : "
    return f'{only}"{" ".join(node.tokens)}"{" *" if node.prefix else ""}'


def _vector(tokens: ColumnElement[str]) -> ColumnElement[Any]:
    """As the migrations index it."""
    return func.array_to_tsvector(func.string_to_array(func.trim(tokens), literal_column("' '")))


def _matching(node: Node, vectors: dict[Where, ColumnElement[Any]]) -> ColumnElement[bool]:
    if isinstance(node, And):
        return _matching(max(node.parts, key=_length), vectors)
    if isinstance(node, Or):
        return or_(*(_matching(part, vectors) for part in node.parts))
    assert isinstance(node, Words)
    lexemes = " & ".join(f"'{token}'" for token in node.tokens) + (":*" if node.prefix else "")
    asked = cast(literal(lexemes), TSQUERY)
    chosen = vectors.values() if node.where is Where.ANYWHERE else [vectors[node.where]]
    return or_(*(vector.op("@@")(asked) for vector in chosen))
