"""A newsroom's sections → one compiled table that labels, paths, words and codes are looked up in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.model import Section
from aggregator.normalize.language import base
from aggregator.normalize.places import within
from aggregator.normalize.rules import Rules
from aggregator.text import fold, tokens

# (words, slug of the section, language or "*") by the first of the words.
_Index = dict[str, tuple[tuple[tuple[str, ...], str, str], ...]]
_Growing = dict[str, list[tuple[tuple[str, ...], str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """The sections of a newsroom, compiled. Keys are folded and joined by spaces; paths are found by their first segment."""

    labels: dict[str, tuple[str, ...]]
    paths: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    keywords: _Index
    excluded: _Index
    codes: dict[str, tuple[str, ...]]
    parents: dict[str, str]
    pinned: tuple[tuple[str, str], ...]
    barred: tuple[tuple[str, str], ...]


def occurring(index: _Index, words: tuple[str, ...], language: str | None) -> Iterator[tuple[str, str]]:
    """(slug, phrase) for every keyword of the language (or of all, `*`, or where the language is not known) that occurs in
    folded words."""
    if index.keys().isdisjoint(words):
        return
    spoken = base(language)
    for at in [at for at, word in enumerate(words) if word in index]:
        for phrase, slug, only in index[words[at]]:
            if (only == "*" or not spoken or only == spoken) and words[at : at + len(phrase)] == phrase:
                yield slug, " ".join(phrase)


def whose(rules: Sequence[tuple[str, str]], outlet_id: str, url: str | None) -> Iterator[tuple[str, str]]:
    """(slug, pattern) of the operator's words on an outlet or an address: http or https, with or without `www.`"""
    address = _bare(url) if url and rules else ""
    for pattern, slug in rules:
        if pattern == outlet_id or (address and "://" in pattern and _addressed(_bare(pattern), address)):
            yield slug, pattern


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.")


def _addressed(pattern: str, address: str) -> bool:
    """Whether `address` is `pattern`, in which only * is special; in linear time, unlike a regular expression."""
    first, *parts = pattern.split("*")
    if not parts:
        return address == pattern
    if not address.startswith(first):
        return False
    at, *middle = len(first), *parts[:-1]
    for part in middle:
        found = address.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(address) - len(parts[-1]) >= at and address.endswith(parts[-1])


def with_ancestors(matcher: Matcher, slug: str) -> Iterator[str]:
    seen: set[str] = set()
    while slug and slug not in seen:
        yield slug
        seen.add(slug)
        slug = matcher.parents.get(slug, "")


@lru_cache(maxsize=8)
def compiled(rules: Rules) -> Matcher:
    """Compiled once per configuration and process: rules are equal when their digests are."""
    labels: dict[str, list[str]] = {}
    keywords: _Growing = {}
    excluded: _Growing = {}
    codes: dict[str, list[str]] = {}
    paths: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for section in rules.sections:
        for label in dict.fromkeys(
            " ".join(tokens(label)) for label in (*section.categories, *section.title.all_forms())
        ):
            labels.setdefault(label, []).append(section.slug)
        for path in section.paths:
            pattern = tuple(" ".join(tokens(part)) for part in path.split("/") if part)
            if pattern:
                paths.setdefault(pattern[0], []).append((pattern, section.slug))
        for code in sorted(frozenset[str]().union(*(within(code) for code in section.countries))):
            codes.setdefault(code, []).append(section.slug)
        _index_words(section, keywords, excluded)
    return Matcher(
        labels={label: tuple(slugs) for label, slugs in labels.items() if label},
        paths={first: tuple(those) for first, those in paths.items()},
        keywords={first: tuple(rows) for first, rows in keywords.items()},
        excluded={first: tuple(rows) for first, rows in excluded.items()},
        codes={code: tuple(slugs) for code, slugs in codes.items()},
        parents={section.slug: section.parent for section in rules.sections if section.parent},
        pinned=tuple((pattern, section.slug) for section in rules.sections for pattern in section.pin),
        barred=tuple((pattern, section.slug) for section in rules.sections for pattern in section.bar),
    )


def _index_words(
    section: Section,
    keywords: _Growing,
    excluded: _Growing,
) -> None:
    for words, index in ((section.keywords, keywords), (section.exclude, excluded)):
        for language, terms in words.by_language:
            for phrase in filter(None, (tokens(term) for term in terms)):
                index.setdefault(phrase[0], []).append((phrase, section.slug, base(fold(language)) or "*"))
