"""A field and its value, as written → a term of the tree. A new field is one function and one line of `FIELDS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from aggregator.errors import QueryError
from aggregator.query.moments import Bound, Relative, Span, read_point
from aggregator.query.tree import (
    About,
    By,
    Everything,
    Has,
    Having,
    In,
    InStory,
    Labelled,
    Language,
    Outside,
    Set,
    Term,
    When,
    Where,
    Words,
)
from aggregator.query.words import category_key, name_key, words

_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_STORY = re.compile(r"[a-z2-7]{16}")
_RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])")
_COMPARISON = re.compile(r"([<>]=?)(.*)")
# What Lucene gives a meaning that we do not: refused, lest it silently match nothing.
_FOREIGN = re.compile(r"\*|\w\?\w|\w[~^]|^!|^&&$|^\|\|$")
LONGEST_NAME = 200
_DATE = "expected a date such as 2026-01-31, a time such as 2026-01-31T10:00Z, or now-7d (m h d w y)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What stands after `field:`. `text` is without quotation marks and the final `*`, which are `quoted` and `prefix`."""

    text: str
    query: str
    column: int
    quoted: bool = False
    prefix: bool = False
    range: bool = False

    def wrong(self, message: str, suggestion: str | None = None) -> QueryError:
        return QueryError(message, query=self.query, column=self.column, suggestion=suggestion)


Reader = Callable[[Value], Term]


def read_words(value: Value, *, where: Where = Where.ANYWHERE) -> Term:
    """Words of a text; several tokens in one value are a phrase."""
    if not value.quoted:
        if not value.text and value.prefix and where is Where.ANYWHERE:
            return Everything(column=value.column)
        if where is not Where.URL and (found := _FOREIGN.search(value.text)):
            raise value.wrong(_foreign(found.group()))
    tokens = words(value.text)
    if not tokens:
        raise value.wrong("expected a word: there is no letter or digit here")
    if value.prefix and len(tokens) == 1 and len(tokens[0]) < 2:
        raise value.wrong("expected at least two letters before *")
    return Words(where=where, tokens=tokens, prefix=value.prefix, column=value.column)


def _foreign(found: str) -> str:
    match found:
        case "!":
            return "! is not understood: write -word or NOT word"
        case "&&" | "||":
            return f"{found} is not understood: write {'AND' if found == '&&' else 'OR'}"
        case "*":
            return "* is understood at the end of a word only"
    return f"{found.strip('abcdefghijklmnopqrstuvwxyz')[-1:] or found} is not understood within a word: put it in quotation marks"


def _category(value: Value) -> Term:
    key = category_key(value.text)
    if not key or ("*" in key and not value.quoted):
        raise value.wrong("expected a category" if not key else "* is understood at the end of a category only")
    return Labelled(key=key, prefix=value.prefix, column=value.column)


def _member(value: Value, *, kind: Set) -> Term:
    if kind is Set.AUTHOR and value.quoted:
        return _named(value)
    _whole(value)
    if not value.text.strip():
        raise value.wrong(f"expected the name of {_an(kind)} as in its address")
    if value.text == "none" and kind in {Set.AUTHOR, Set.SECTION}:
        return Outside(kind=kind, column=value.column)
    return In(kind=kind, slug=value.text, column=value.column)


def _named(value: Value) -> Term:
    _whole(value)
    if not 0 < len(name := name_key(value.text)) <= LONGEST_NAME:
        raise value.wrong(f"expected a name of at most {LONGEST_NAME} characters between the quotation marks")
    return By(name=name, column=value.column)


def _language(value: Value) -> Term:
    _whole(value)
    tag = value.text.lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise value.wrong("expected a language such as es or pt-br")
    return Language(tag=tag, column=value.column)


def _country(value: Value) -> Term:
    _whole(value)
    if not _COUNTRY.fullmatch(value.text.upper()):
        raise value.wrong("expected the two letters of a country, such as CO; a region is a section")
    return About(country=value.text.upper(), column=value.column)


def _story(value: Value) -> Term:
    _whole(value)
    if not _STORY.fullmatch(value.text.lower()):
        raise value.wrong("expected the id of a story, 16 letters and digits")
    return InStory(id=value.text.lower(), column=value.column)


def _has(value: Value) -> Term:
    _whole(value)
    if value.text not in tuple(Having):
        near = get_close_matches(value.text, list(Having), n=1)
        raise value.wrong(f"has: expects one of {', '.join(Having)}", near[0] if near else None)
    return Has(what=Having(value.text), column=value.column)


def _when(value: Value, *, field: str) -> Term:
    _whole(value)
    if value.range:
        low, high = _ends(value)
        if not low and not high:  # In Lucene: whatever has the field, and every article has.
            return Everything(column=value.column)
    elif comparison := _COMPARISON.fullmatch(value.text):
        operator, text = comparison.groups()
        bound = Bound(_point(value, text), operator.endswith("="))
        low, high = (bound, None) if operator[0] == ">" else (None, bound)
    else:
        point = _point(value, value.text)
        if isinstance(point, Relative):
            raise value.wrong("expected a comparison, as in >now-7d", f"{field}:>{point}")
        low = high = Bound(point)
    if low and high and _empty(low, high):
        raise value.wrong("this range ends before it begins")
    return When(field=field, low=low, high=high, column=value.column)


def _ends(value: Value) -> tuple[Bound | None, Bound | None]:
    found = _RANGE.fullmatch(value.text)
    if not found:
        raise value.wrong("expected a range such as [2026-01-01 TO *]")
    opening, first, last, closing = found.groups()
    low = None if first == "*" else Bound(_point(value, first, found.start(2)), opening == "[")
    high = None if last == "*" else Bound(_point(value, last, found.start(3)), closing == "]")
    return low, high


def _point(value: Value, text: str, offset: int = 0) -> Span | Relative:
    point = read_point(text)
    if point is None:
        raise QueryError(_DATE, query=value.query, column=value.column + offset)
    return point


def _empty(low: Bound, high: Bound) -> bool:
    """Whether no instant is within, whatever the time. A date and a moving instant cannot be compared."""
    if isinstance(low.point, Relative) and isinstance(high.point, Relative):
        inclusive = low.inclusive and high.inclusive
        return low.point.offset > high.point.offset or (low.point.offset == high.point.offset and not inclusive)
    if isinstance(low.point, Span) and isinstance(high.point, Span):
        start, end = low.point, high.point
        return (start.start if low.inclusive else start.end) >= (end.end if high.inclusive else end.start)
    return False


def _whole(value: Value) -> None:
    if value.prefix:
        raise value.wrong("* is understood after words and categories only")


def _an(kind: Set) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind}"


FIELDS: dict[str, Reader] = {
    "section": partial(_member, kind=Set.SECTION),
    "author": partial(_member, kind=Set.AUTHOR),
    "outlet": partial(_member, kind=Set.OUTLET),
    "source": partial(_member, kind=Set.SOURCE),
    "lang": _language,
    "country": _country,
    "category": _category,
    "title": partial(read_words, where=Where.TITLE),
    "text": partial(read_words, where=Where.TEXT),
    "url": partial(read_words, where=Where.URL),
    "published": partial(_when, field="published"),
    "updated": partial(_when, field="updated"),
    "story": _story,
    "has": _has,
}
RANGES = frozenset({"published", "updated"})
