"""A syntax tree → a condition on the table `article`: what `query.evaluation` says in Python, in SQL for either database.

No condition is ever NULL, so that NOT means the rest. Words are sought in the padded token columns, which is exact; the
full-text index only finds where to look (see `search`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from aggregator.model import Visibility
from aggregator.query.tree import (
    About,
    And,
    By,
    Everything,
    Has,
    Having,
    In,
    InStory,
    Labelled,
    Language,
    Node,
    Not,
    Or,
    Outside,
    Set,
    Term,
    When,
    Where,
    Words,
)
from aggregator.store import tables as t

Condition = ColumnElement[bool]


class _Position(FunctionElement[int]):
    """Where a text stands in another, from 1; 0 where it does not."""

    name = "position_of"
    type = Integer()
    inherit_cache = True


@compiles(_Position)
def _instr(element: _Position, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kwargs)})"


@compiles(_Position, "postgresql")
def _strpos(element: _Position, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kwargs)})"


def where(node: Node, *, now: datetime) -> Condition:
    """The rows of `article` that a syntax tree asks for, whoever may see them (see `visible`)."""
    match node:
        case And():
            return and_(*(where(part, now=now) for part in node.parts))
        case Or():
            return or_(*(where(part, now=now) for part in node.parts))
        case Not():
            return not_(where(node.part, now=now))
        case When():
            return between(node, now)
    return _TERMS[type(node)](node)


def visible(*, private: bool) -> Condition:
    """Public articles, with `private` those too, withdrawn ones and those that wait never."""
    shown = [Visibility.PUBLIC.value, Visibility.PRIVATE.value] if private else [Visibility.PUBLIC.value]
    return t.article.c.visibility.in_(shown)


def between(term: When, now: datetime) -> Condition:
    """The rows whose time is within the bounds."""
    column = t.article.c[term.field]
    low = [column >= term.low.from_instant(now)] if term.low else []
    high = [column < term.high.to_instant(now)] if term.high else []
    return and_(*low, *high)


def _some(*conditions: Condition) -> Condition:
    """Whether a row of other tables goes with the article. OFFSET keeps PostgreSQL from joining: for a few hundred articles it
    would read a whole channel, where a look-up each costs the same at any size."""
    return select(literal(1)).where(*conditions).correlate(t.article).offset(0).exists()


def _contains(column: ColumnElement[str], sought: str) -> Condition:
    return _Position(column, literal(sought, String)) > 0


def _words(term: Words) -> Condition:
    c = t.article.c
    sought = f" {' '.join(term.tokens)}{'' if term.prefix else ' '}"
    match term.where:
        case Where.TITLE:
            return _contains(c.title_tokens, sought)
        case Where.TEXT:
            return _contains(c.text_tokens, sought)
        case Where.URL:
            return _contains(c.url_tokens, sought)
    return or_(_contains(c.title_tokens, sought), _contains(c.text_tokens, sought))


def _labelled(term: Labelled) -> Condition:
    return _contains(t.article.c.category_terms, f"\n{term.key}{'' if term.prefix else chr(10)}")


def _in(term: In) -> Condition:
    return _SETS[term.kind](term.slug)


def _in_section(slug: str) -> Condition:
    m = t.membership.c
    channel = select(t.channel.c.id).where(t.channel.c.kind == Set.SECTION.value, t.channel.c.slug == slug)
    # In a section's channel the rank is the key: the primary key finds the row at once. To ask for the key, too, makes
    # PostgreSQL expect hardly any row, and read the whole channel for each article.
    return _some(m.channel_id == channel.scalar_subquery(), m.rank == t.article.c.key)


def _of_author(slug: str) -> Condition:
    named = select(t.author.c.id).where(t.author.c.slug == slug)
    return _some(t.credit.c.article_key == t.article.c.key, t.credit.c.author_id.in_(named))


def _of_outlet(id: str) -> Condition:
    return t.article.c.outlet_id == id


def _from_source(id: str) -> Condition:
    """Seen in a source that may be named: of a public article never a private one (see `mapping`)."""
    s = t.source.c
    nameable = or_(~s.private, t.article.c.visibility != Visibility.PUBLIC.value)
    seen = (t.sighting.c.article_key == t.article.c.key, t.sighting.c.source_id == id, s.id == t.sighting.c.source_id)
    return _some(*seen, ~s.withdrawn, nameable)


def _outside(term: Outside) -> Condition:
    return not_(_has_sections() if term.kind is Set.SECTION else _has_authors())


def _has_sections() -> Condition:
    m = t.membership.c
    sections = select(t.channel.c.id).where(t.channel.c.kind == Set.SECTION.value)
    return _some(m.article_key == t.article.c.key, m.channel_id.in_(sections))


def _has_authors() -> Condition:
    return _some(t.credit.c.article_key == t.article.c.key)


def authors_called(name: str) -> Any:
    """The ids of the authors whose name or alias it is, in whatever outlet."""
    alias = select(t.author_alias.c.author_id).where(t.author_alias.c.folded == name)
    return select(t.author.c.id).where(t.author.c.folded == name).union(alias)


def _by(term: By) -> Condition:
    called = t.credit.c.author_id.in_(authors_called(term.name))
    return _some(t.credit.c.article_key == t.article.c.key, called)


def _language(term: Language) -> Condition:
    tag = func.lower(func.coalesce(t.article.c.language, "")) + "-"
    return func.substr(tag, 1, len(term.tag) + 1) == f"{term.tag}-"


def _about(term: About) -> Condition:
    return _contains(_json_text(t.article.c.countries), f'"{term.country}"')


def _json_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(column, String), "null")


def _has(term: Has) -> Condition:
    c = t.article.c
    match term.what:
        case Having.IMAGE:
            return _json_text(c.picture) != "null"
        case Having.ENCLOSURE:
            return _json_text(c.enclosures).not_in(["null", "[]"])
        case Having.FULL:
            return c.text != ""
    return _has_authors()


_SETS: dict[Set, Callable[[str], Condition]] = {
    Set.SECTION: _in_section,
    Set.AUTHOR: _of_author,
    Set.OUTLET: _of_outlet,
    Set.SOURCE: _from_source,
}
_TERMS: dict[type[Term], Callable[..., Condition]] = {
    Everything: lambda _term: true(),
    Words: _words,
    Labelled: _labelled,
    In: _in,
    Outside: _outside,
    By: _by,
    Language: _language,
    About: _about,
    InStory: lambda term: t.article.c.story_id == term.id,
    Has: _has,
}
