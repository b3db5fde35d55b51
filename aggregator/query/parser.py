"""The text of a query → its syntax tree, or an error that says where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from aggregator.errors import QueryError
from aggregator.query.fields import FIELDS, RANGES, Reader, Value, read_words
from aggregator.query.tree import And, By, In, InStory, Node, Not, Or, Set, forwarded, terms

LONGEST = 2_000
MOST_TERMS = 100
DEEPEST = 20
# Controls and lone surrogates: no database takes them all.
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
NONE: Mapping[str, str] = MappingProxyType({})
_SPACE = re.compile(r"\s")
_Tree: TypeAlias = Tree[Token]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as asked and as understood. Equal when the trees are; `str()` is the normal form and parses back."""

    tree: Node
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return str(self.tree)

    def author_slugs(self) -> frozenset[str]:
        """The authors asked for by slug: somebody must say which of them exist (see `check`)."""
        return frozenset(term.slug for term in terms(self.tree) if isinstance(term, In) and term.kind is Set.AUTHOR)

    def author_names(self) -> frozenset[str]:
        """The authors asked for by name, folded."""
        return frozenset(term.name for term in terms(self.tree) if isinstance(term, By))

    def stories(self) -> frozenset[str]:
        """The stories asked for: those that became part of others may be replaced (see `forwarded`)."""
        return frozenset(term.id for term in terms(self.tree) if isinstance(term, InStory))

    def since(self, moment: str) -> Query:
        """The same question about what was published at `moment` or later. Raises QueryError, with the place in `since=…`."""
        name = "since="
        value = Value(text=f">={moment}", query=f"{name}{moment}", column=len(name) + 1)
        return Query(_joined(And, (self.tree, FIELDS["published"](value))), self.text)

    def forwarded(self, *, stories: Mapping[str, str] = NONE, authors: Mapping[str, str] = NONE) -> Query:
        """The same question about stories under their ids of now, and authors under their slugs of now: old → new."""
        return Query(forwarded(self.tree, stories, authors), self.text) if stories or authors else self


def parse(text: str, *, longest: int = LONGEST) -> Query:
    """What `text` asks for. Raises QueryError with the column of the first fault."""
    query = _SPACE.sub(" ", text)
    if not query.strip():
        raise QueryError("a query needs at least one word", query=query, column=1)
    if len(query) > longest:
        raise QueryError(
            f"a query has at most {longest:,} characters, this one {len(query):,}", query=query, column=longest + 1
        )
    if found := _UNWRITABLE.search(query):
        raise QueryError("this character cannot be searched", query=query, column=found.start() + 1)
    try:
        parsed = _grammar().parse(query)
    except UnexpectedInput as error:
        raise _explained(error, query) from None
    tree = _Builder(query).node(parsed, _plain_word(query), 1)
    _bounded(tree, query)
    return Query(tree, text)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark.open("grammar.lark", rel_to=__file__, parser="lalr", maybe_placeholders=False)


Leaf: TypeAlias = Callable[[_Tree], Node]


@dataclass(frozen=True, slots=True)
class _Builder:
    query: str

    def node(self, tree: _Tree, leaf: Leaf, depth: int) -> Node:
        """The node that a tree of the grammar stands for; `leaf` reads words and phrases in their field."""
        if depth > DEEPEST:
            raise QueryError(f"a query nests at most {DEEPEST} deep", query=self.query, column=_column(tree))
        match tree.data:
            case "any":
                return _joined(Or, (self.node(part, leaf, depth) for part in _trees(tree)))
            case "all":
                return _joined(And, (self.node(part, leaf, depth) for part in _trees(tree)))
            case "negation":
                part = self.node(_trees(tree)[0], leaf, depth + 1)
                return part.part if isinstance(part, Not) else Not(part=part)
            case "group":
                return self.node(_trees(tree)[0], leaf, depth + 1)
            case "field":
                return self.node(_trees(tree)[0], self._in_field(_token(tree)), depth)
        return leaf(tree)

    def _in_field(self, token: Token) -> Leaf:
        name = str(token)[:-1]
        reader = FIELDS.get(name)
        if reader is None:
            near = get_close_matches(name.lower(), FIELDS, n=1)
            hint = "" if near else "; put it in quotation marks to search for it"
            raise QueryError(
                f"there is no field {name}{hint}",
                query=self.query,
                column=_at(token),
                suggestion=f"{near[0]}:" if near else None,
            )
        return lambda tree: self._read(tree, reader, name)

    def _read(self, tree: _Tree, reader: Reader, name: str) -> Node:
        value = _value(tree, self.query)
        if value.range and name not in RANGES:
            raise value.wrong(f"ranges are for {' and '.join(sorted(RANGES))}, not for {name}")
        return reader(value)


def _plain_word(query: str) -> Leaf:
    return lambda tree: read_words(_value(tree, query))


def _value(tree: _Tree, query: str) -> Value:
    token = _token(tree)
    text, column = str(token), _at(token)
    if tree.data == "range":
        return Value(text=text, query=query, column=column, range=True)
    prefix = text.endswith("*")
    text = text.removesuffix("*")
    if tree.data == "phrase":
        inner = text[1:-1] if text[0] == "“" else re.sub(r"\\(.)", r"\1", text[1:-1])
        return Value(text=inner, query=query, column=column, quoted=True, prefix=prefix)
    return Value(text=text, query=query, column=column, prefix=prefix)


def _joined(kind: type[And] | type[Or], nodes: Iterable[Node]) -> Node:
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, kind) else (node,))
    return kind(parts=tuple(parts))


def _bounded(tree: Node, query: str) -> None:
    found = list(terms(tree))
    if len(found) > MOST_TERMS:
        column = found[MOST_TERMS].column
        raise QueryError(f"a query has at most {MOST_TERMS} terms, this one {len(found)}", query=query, column=column)


def _explained(error: UnexpectedInput, query: str) -> QueryError:
    """What the grammar did not expect, in words for a person."""
    end = len(query.rstrip())
    if isinstance(error, UnexpectedToken):
        if error.token.type == "$END":
            return QueryError(_MISSING.get(_last(query, error), _UNFINISHED), query=query, column=end + 1)
        column = _at(error.token)
    else:
        column = (error.pos_in_stream or 0) + 1 if isinstance(error, UnexpectedCharacters) else end
    found = query[column - 1]
    if found == ")" and _open(query[: column - 1]) > 0:
        return QueryError("expected something to search before )", query=query, column=column)
    return QueryError(_UNEXPECTED.get(found) or _word(query[column - 1 :]), query=query, column=column)


_UNFINISHED = "the query ends here: expected a word, a phrase or a field"
_MISSING = {")": "expected ) to close the parenthesis", ":": "expected a value after the field's colon"}
_UNEXPECTED = {
    ")": "this ) closes nothing",
    '"': "this quotation mark is not closed",
    "“": "this quotation mark is not closed",
    "”": "this quotation mark closes nothing",
    "-": "expected a word right after -, or - before the field",
    ":": "expected the name of a field before :",
    "[": "brackets are for ranges: published:[2026-01-01 TO *]",
    "{": "brackets are for ranges: published:[2026-01-01 TO *]",
    "]": "this bracket closes nothing",
    "}": "this bracket closes nothing",
}


def _word(rest: str) -> str:
    return f"{re.match(r'[^ ()]*', rest).group()} needs something on both sides"  # type: ignore[union-attr]


def _last(query: str, error: UnexpectedToken) -> str:
    """What is missing at the end: `)` where a parenthesis is open and a word is not due, `:` after a field's colon."""
    if "RPAR" in error.accepts or "RPAR" in error.expected:
        return ")"
    return ":" if query.rstrip().endswith(":") else ""


def _open(text: str) -> int:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|“[^“”"]*”', "", text)
    return bare.count("(") - bare.count(")")


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _column(tree: _Tree) -> int:
    """Where a tree begins. It may be as deep as the query is long: no recursion."""
    first: _Tree | Token = tree
    while isinstance(first, Tree):
        first = first.children[0]
    return _at(first)


def _token(tree: _Tree) -> Token:
    return next(child for child in tree.children if isinstance(child, Token))


def _trees(tree: _Tree) -> list[_Tree]:
    return [child for child in tree.children if isinstance(child, Tree)]
