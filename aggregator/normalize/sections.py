"""Content and its tags → our sections and the countries it is about, each with the evidence (sections.md).

Kinds of evidence: what the operator said of the source (S1), the source's own tags (S2), the path of the address (S3), the
words of title and summary (S6), the outlet's country where nothing else names a place (S7). Within a kind the strongest
counts; kinds are independent: score = 1 − ∏(1 − weight). From 0.6 on it is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from urllib.parse import unquote, urlsplit

from aggregator.model import Category, Content, Evidence, Outlet, Source
from aggregator.normalize.markup import words as plain_words
from aggregator.normalize.matcher import Matcher, compiled, occurring, with_ancestors
from aggregator.normalize.places import Mention, Word, is_country, mentions, named, words_of
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.text import tokens

_ENOUGH = 0.6
_OPERATOR, _TAG, _PATH, _DATELINE, _TITLE, _SUMMARY, _HOME = 1.0, 0.95, 0.9, 0.8, 0.7, 0.45, 0.2
_AMBIGUOUS, _CITY, _DEMONYM = 0.7, 1.0, 0.9
_SUMMARY_WORDS = 80
_DATELINE_TEXT = re.compile(
    r"^([A-ZÁÉÍÓÚÑÃÕÇÂÊÔ][A-ZÁÉÍÓÚÑÃÕÇÂÊÔ .'\-]{2,40}?)\s*(?:,\s[^–—\-.()]{1,30})?(?:\([^)]{1,30}\)\s*)?(?:[–—]|\.\s?[–—\-]|\s-\s)"
)
_LEADING = frozenset("world mundo news noticias section seccion internacional category tag topic topics".split())


@dataclass(frozen=True, slots=True)
class _Hint:
    """One reason: `kind` S1 … S7, `value` a section's slug or a code."""

    kind: str
    value: str
    rule: str
    raw: str
    weight: float


def classify(
    content: Content, categories: Sequence[Category], *, source: Source | None, outlet: Outlet, rules: Rules
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Evidence, ...]]:
    """(section slugs with their ancestors, ISO codes, evidence), sorted; `source` None: only what the entry says."""
    matcher = compiled(rules)
    title = _less(words_of(content.title), outlet.title)
    # 4 characters a word are few: a bound before the tokenizer, not a cut of what counts.
    summary = _less(words_of(plain_words(content.summary or content.text)[: _SUMMARY_WORDS * 12]), outlet.title)[
        :_SUMMARY_WORDS
    ]
    hints = [
        *_by_source(source),
        *_by_tags(matcher, categories),
        *_by_path(matcher, content.url),
        *_by_words(matcher, title, content.language, "title", _TITLE),
        *_by_words(matcher, summary, content.language, "summary", _SUMMARY),
        *_by_dateline(content.summary or content.text),
    ]
    hints += _at_home(hints, outlet)
    countries = _accepted(hint for hint in hints if hint.value in _codes(hints) and is_country(hint.value))
    excluded = _excluded(matcher, (*title, *summary), content.language)
    by_section = [hint for hint in _per_section(matcher, hints) if hint.kind == "S1" or hint.value not in excluded]
    sections = _accepted(by_section)
    evidence = (*_evidence("country", countries), *_evidence("section", sections))
    slugs = {ancestor for slug in sections for ancestor in with_ancestors(matcher, slug)}
    return tuple(sorted(slugs)), tuple(sorted(countries)), evidence


def _less(words: tuple[Word, ...], name: str) -> tuple[Word, ...]:
    """`words` without the outlet's own name: "La Nación Costa Rica" says nothing of Costa Rica."""
    own = tokens(name)
    if len(own) < 2 or len(words) <= len(own):
        return words
    folded = tuple(word.folded for word in words)
    for at in range(len(words) - len(own) + 1):
        if folded[at : at + len(own)] == own:
            return (*words[:at], *words[at + len(own) :])
    return words


def _by_source(source: Source | None) -> Iterator[_Hint]:
    if source:
        yield from (_Hint("S1", slug, "source", source.id, _OPERATOR) for slug in source.sections)


def _by_tags(matcher: Matcher, categories: Iterable[Category]) -> Iterator[_Hint]:
    for category in categories:
        for label in dict.fromkeys(_labels(category)):
            for slug in matcher.labels.get(label, ()):
                yield _Hint("S2", slug, "category", category.term, _TAG)
            code = named(label)
            if code:
                yield _Hint("S2", code, "category", category.term, _TAG)


def _labels(category: Category) -> Iterator[str]:
    """The whole term and label, and the parts of a path (`News > World > Latin America`)."""
    for text in (category.term, category.label):
        if text:
            yield " ".join(tokens(text))
            yield from (" ".join(tokens(part)) for part in re.split(r"\s*[>/,:|]\s*", text) if part != text)


def _by_path(matcher: Matcher, url: str | None) -> Iterator[_Hint]:
    if not url:
        return
    segments = [" ".join(tokens(unquote(segment))) for segment in urlsplit(url).path.split("/") if segment]
    for pattern, slug in matcher.paths:
        if any(tuple(segments[at : at + len(pattern)]) == pattern for at in range(len(segments))):
            yield _Hint("S3", slug, "path", "/".join(pattern), _PATH)
    # The last segment is the headline; what stands before it is the outlet's own order.
    for segment in segments[:-1] or segments[:1] * (len(segments) == 1 and "-" not in url.rpartition("/")[2]):
        for label in dict.fromkeys((segment, _trimmed(segment))):
            for slug in matcher.labels.get(label, ()):
                yield _Hint("S3", slug, "path", segment, _PATH)
            code = named(label) if label else None
            if code:
                yield _Hint("S3", code, "path", segment, _PATH)
    last = _trimmed(segments[-1]) if segments else ""
    code = named(last) if last and last != segments[-1] else None
    if code:
        yield _Hint("S3", code, "path", segments[-1], _PATH)


def _trimmed(segment: str) -> str:
    """`world latin america 58943252` → `latin america`."""
    words = segment.split()
    while words and words[0] in _LEADING:
        words.pop(0)
    while words and words[-1].isdigit():
        words.pop()
    return " ".join(words)


def _by_words(
    matcher: Matcher, words: Sequence[Word], language: str | None, where: str, weight: float
) -> Iterator[_Hint]:
    for mention in mentions(words):
        yield _Hint("S6", mention.code, where, mention.raw, weight * _share(mention))
    for slug, raw in occurring(matcher.keywords, words, language):
        yield _Hint("S6", slug, f"{where}-keyword", raw, weight)


def _share(mention: Mention) -> float:
    share = {"city": _CITY, "demonym": _DEMONYM}.get(mention.kind, 1.0)
    return share * _AMBIGUOUS if mention.ambiguous else share


def _by_dateline(markup: str) -> Iterator[_Hint]:
    """`BOGOTÁ, 3 Nov (Reuters) –`, `BUENOS AIRES.–`"""
    found = _DATELINE_TEXT.match(plain_words(markup[:400])) if markup else None
    if found:
        for mention in mentions(words_of(found[1].title())):
            yield _Hint("S6", mention.code, "dateline", found[1], _DATELINE)


def _at_home(hints: Sequence[_Hint], outlet: Outlet) -> list[_Hint]:
    """A local item without a place is about the outlet's country; where a place is named it only lends support."""
    if outlet.country is None or outlet.country.isdigit():
        return []
    alone = not _codes(hints)
    return [_Hint("S7", outlet.country, "outlet", outlet.id, _ENOUGH if alone else _HOME)]


def _codes(hints: Iterable[_Hint]) -> set[str]:
    return {hint.value for hint in hints if _is_code(hint.value)}


def _is_code(value: str) -> bool:
    return (len(value) == 2 and value.isupper()) or (len(value) == 3 and value.isdigit())


def _per_section(matcher: Matcher, hints: Iterable[_Hint]) -> Iterator[_Hint]:
    """What speaks for a country speaks for every section that holds it."""
    for hint in hints:
        if not _is_code(hint.value):
            yield hint
            continue
        for slug in matcher.codes.get(hint.value, ()):
            yield _Hint(hint.kind, slug, f"{hint.rule}:{hint.value}", hint.raw, hint.weight)


def _accepted(hints: Iterable[_Hint]) -> dict[str, list[_Hint]]:
    """value → the strongest hint of each kind, where together they are enough."""
    strongest: dict[str, dict[str, _Hint]] = {}
    for hint in hints:
        kinds = strongest.setdefault(hint.value, {})
        # Title and summary are one kind of evidence, but two places: each counts once.
        kind = f"{hint.kind}:{hint.rule.partition('-')[0].partition(':')[0]}"
        if kind not in kinds or hint.weight > kinds[kind].weight:
            kinds[kind] = hint
    return {
        value: list(kinds.values())
        for value, kinds in strongest.items()
        if 1 - prod(1 - hint.weight for hint in kinds.values()) >= _ENOUGH - 1e-9
    }


def _evidence(kind: str, accepted: dict[str, list[_Hint]]) -> Iterator[Evidence]:
    for value in sorted(accepted):
        for hint in accepted[value]:
            yield Evidence(
                kind=kind,
                value=value,
                rule=f"{hint.kind}:{hint.rule}",
                raw=hint.raw[:200],
                weight=round(hint.weight, 3),
                version=RULES_VERSION,
            )


def _excluded(matcher: Matcher, words: Sequence[Word], language: str | None) -> frozenset[str]:
    return frozenset(slug for slug, _ in occurring(matcher.excluded, words, language))
