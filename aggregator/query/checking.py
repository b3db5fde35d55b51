"""A query and what is known → warnings, or an error for a word that nothing bears: nothing ever silently matches nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches

from aggregator.errors import QueryError
from aggregator.query.parser import Query
from aggregator.query.tree import About, By, In, Language, Set, Term, Words, terms
from aggregator.text import fold

_OPERATORS = frozenset({"and", "or", "not"})
# What words of a field look like, where the one that is refused does not show it.
_HINTS = {
    "author": '; a name goes in quotation marks: author:"…"',
    "language": "; languages are codes such as es or pt-BR",
}
_LONGEST_CODE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that closed fields know. `authors` are slugs of the configuration and the database; `names` the folded names
    and aliases they bear, None when nobody looked."""

    sections: AbstractSet[str] = frozenset()
    outlets: AbstractSet[str] = frozenset()
    sources: AbstractSet[str] = frozenset()
    languages: AbstractSet[str] = frozenset()
    countries: AbstractSet[str] = frozenset()
    authors: AbstractSet[str] = frozenset()
    names: frozenset[str] | None = None


def check(query: Query, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Warnings about `query`. Raises QueryError at the first word that its closed field does not know."""
    warnings: list[str] = []
    for finding in findings(query, vocabulary):
        if isinstance(finding, QueryError):
            raise finding
        warnings.append(finding)
    return tuple(warnings)


def findings(query: Query, vocabulary: Vocabulary) -> Iterator[QueryError | str]:
    """Every word of `query` that its closed field does not know, as an error, and every warning."""
    for term in terms(query.tree):
        yield from _checked(term, query, vocabulary)


def _checked(term: Term, query: Query, known: Vocabulary) -> Iterator[QueryError | str]:
    match term:
        case In():
            yield from _unless(term.slug, _slugs(term.kind, known), term.kind.value, term, query)
        case Language():
            if not _speaks(term.tag, known.languages):
                spoken = {language.lower() for language in known.languages}
                yield from _unless(term.tag, spoken, "language", term, query)
        case About():
            yield from _unless(term.country, known.countries, "country", term, query)
        case By() if known.names is not None and term.name not in known.names:
            yield f"column {term.column}: no author is called {term.name} yet"
        case Words(tokens=(token,)) if (
            token in _OPERATORS and not term.prefix and query.text[term.column - 1].isalpha()
        ):
            yield f"column {term.column}: {token} is searched as a word: the operator is {token.upper()}"


def _slugs(kind: Set, known: Vocabulary) -> AbstractSet[str]:
    return {
        Set.SECTION: known.sections,
        Set.OUTLET: known.outlets,
        Set.SOURCE: known.sources,
        Set.AUTHOR: known.authors,
    }[kind]


def _speaks(tag: str, languages: Collection[str]) -> bool:
    """Whether a known language is `tag`, a kind of it, or the one that it is a kind of."""
    base = tag.partition("-")[0]
    return any(language.lower() == base or f"{language.lower()}-".startswith(f"{tag}-") for language in languages)


def _unless(word: str, known: Collection[str], what: str, term: Term, query: Query) -> Iterator[QueryError]:
    if word not in known:
        # What is spelled like `english` is the code of a language that nobody meant.
        named = what == "language" and len(word) > _LONGEST_CODE
        yield QueryError(
            f"there is no {what} {word}{_HINTS.get(what, '')}",
            query=re.sub(r"\s", " ", query.text),
            column=term.column,
            suggestion=None if named else _nearest(word, known),
        )


def _nearest(word: str, known: Collection[str]) -> str | None:
    """The known word most like `word`; titles differ from slugs by case, accents and spaces."""
    forms = {fold(slug): slug for slug in sorted(known)}
    near = get_close_matches(fold(word).strip().replace(" ", "-"), forms, n=1)
    return forms[near[0]] if near else None
