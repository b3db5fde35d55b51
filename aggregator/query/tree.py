"""The syntax tree of a query: what the text means, as values. Its `str()` is the normal form, which parses back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from aggregator.query.moments import Bound, Span

_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*")


class Where(StrEnum):
    """The words that a search looks at: title and text, one of them (`text` is summary and text), or the URL's."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    TEXT = "text"
    URL = "url"


class Having(StrEnum):
    """What an article can have or lack."""

    IMAGE = "image"
    AUTHOR = "author"
    ENCLOSURE = "enclosure"
    FULL = "full"


class Set(StrEnum):
    """What an article can belong to, by the slug or id of it."""

    SECTION = "section"
    AUTHOR = "author"
    OUTLET = "outlet"
    SOURCE = "source"


def _column() -> int:
    """The 1-based place in the text; the same query written with other spaces is the same tree."""
    return field(default=1, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """`*`: every article."""

    column: int = _column()

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One token, or several in a row; with `prefix` the last one may go on."""

    where: Where
    tokens: tuple[str, ...]
    prefix: bool = False
    column: int = _column()

    def __str__(self) -> str:
        body = " ".join(self.tokens)
        body = body if len(self.tokens) == 1 else quoted(body)
        name = "" if self.where is Where.ANYWHERE else f"{self.where}:"
        return f"{name}{body}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A category of the source's own, folded; with `prefix` one that starts so."""

    key: str
    prefix: bool = False
    column: int = _column()

    def __str__(self) -> str:
        return f"category:{quoted(self.key)}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """Belongs to a section, author, outlet or source."""

    kind: Set
    slug: str
    column: int = _column()

    def __str__(self) -> str:
        plain = self.kind is Set.AUTHOR or _PLAIN.fullmatch(self.slug)  # a quoted author is a name
        return f"{self.kind}:{self.slug if plain else quoted(self.slug)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Belongs to no section, or has no author."""

    kind: Set
    column: int = _column()

    def __str__(self) -> str:
        return f"{self.kind}:none"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Has an author of this folded name, in any outlet."""

    name: str
    column: int = _column()

    def __str__(self) -> str:
        return f"author:{quoted(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """In this language: `es` is every Spanish, `es-ar` that of Argentina. Lower case."""

    tag: str
    column: int = _column()

    def __str__(self) -> str:
        return f"lang:{self.tag}"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """About this country (upper case code)."""

    country: str
    column: int = _column()

    def __str__(self) -> str:
        return f"country:{self.country}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InStory:
    """Part of this story."""

    id: str
    column: int = _column()

    def __str__(self) -> str:
        return f"story:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """Has this."""

    what: Having
    column: int = _column()

    def __str__(self) -> str:
        return f"has:{self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`field` (published or updated) between two bounds, None where open."""

    field: str
    low: Bound | None = None
    high: Bound | None = None
    column: int = _column()

    def __str__(self) -> str:
        if self.low and self.high:
            if self.low == self.high and self.low.inclusive and isinstance(self.low.point, Span):
                return f"{self.field}:{self.low.point}"
            opening, closing = "[" if self.low.inclusive else "{", "]" if self.high.inclusive else "}"
            return f"{self.field}:{opening}{self.low.point} TO {self.high.point}{closing}"
        bound = self.low or self.high
        assert bound is not None
        return f"{self.field}:{'>' if self.low else '<'}{'=' if bound.inclusive else ''}{bound.point}"


Term = Everything | Words | Labelled | In | Outside | By | Language | About | InStory | Has | When


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    part: Node

    def __str__(self) -> str:
        return f"-{_grouped(self.part)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of `parts` (two or more, none of them an And)."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(_grouped(part) if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any of `parts` (two or more, none of them an Or)."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Node = Term | Not | And | Or


def terms(node: Node) -> Iterator[Term]:
    """Every term, from left to right."""
    match node:
        case And() | Or():
            for part in node.parts:
                yield from terms(part)
        case Not():
            yield from terms(node.part)
        case _:
            yield node


def forwarded(node: Node, stories: Mapping[str, str], authors: Mapping[str, str]) -> Node:
    """`node` with the ids of stories that became part of others, and former slugs of authors, replaced: old → new."""
    match node:
        case InStory() if node.id in stories:
            return replace(node, id=stories[node.id])
        case In(kind=Set.AUTHOR) if node.slug in authors:
            return replace(node, slug=authors[node.slug])
        case And() | Or():
            return replace(node, parts=tuple(forwarded(part, stories, authors) for part in node.parts))
        case Not():
            return replace(node, part=forwarded(node.part, stories, authors))
    return node


def quoted(text: str) -> str:
    """`text` between quotation marks, which stand in it behind a backslash."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)
