"""Content and its tags → our sections and the countries it is about, each with the evidence (sections.md).

Kinds of evidence: the operator's word on an address or an outlet (S0, beats all), what they said of the source (S1), the
source's own tags (S2), the path of the address (S3), the words of title and summary (S6), the outlet's country where
nothing else names a place (S7). Within a kind the strongest counts; kinds are independent: score = 1 − ∏(1 − weight).
From 0.6 on it is so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import prod

from aggregator.model import Category, Content, Evidence, Outlet, Source
from aggregator.normalize import hints as clues
from aggregator.normalize.hints import Hint
from aggregator.normalize.markup import words as plain_words
from aggregator.normalize.matcher import Matcher, compiled, occurring, whose, with_ancestors
from aggregator.normalize.places import Word, is_country, words_of
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.text import tokens

_ENOUGH = 0.6
_SUMMARY_WORDS = 80
_MOST_EVIDENCE = 2


def classify(
    content: Content, categories: Sequence[Category], *, source: Source | None, outlet: Outlet, rules: Rules
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Evidence, ...]]:
    """(section slugs with their ancestors, ISO codes, evidence), sorted; `source` None: only what the entry says."""
    matcher = compiled(rules)
    # A bound before the tokenizer: words of more than 12 characters are few.
    said = plain_words(content.summary or content.text)[: _SUMMARY_WORDS * 12]
    title, summary = _spoken(content.title, outlet), _spoken(said, outlet)[:_SUMMARY_WORDS]
    scene = clues.scene_of(outlet, content.url)
    home = scene.home
    hints = [
        *clues.by_source(source),
        *clues.by_tags(matcher, categories, home, content.url),
        *clues.by_path(matcher, content.url),
        *clues.by_words(matcher, title, content.language, "title", clues.TITLE, scene),
        *clues.by_words(matcher, summary, content.language, "summary", clues.SUMMARY, scene),
        *clues.by_kicker(content.title),
        *clues.by_dateline(said),
    ]
    hints = clues.supported([*hints, *clues.at_home(hints, outlet, home, categories, content.url)])
    countries = _accepted(hint for hint in hints if hint.is_code and is_country(hint.value))
    excluded = frozenset(slug for slug, _ in occurring(matcher.excluded, (*title, *summary), content.language))
    sections = _accepted(
        hint for hint in _per_section(matcher, hints) if hint.kind == "S1" or hint.value not in excluded
    )
    sections |= clues.pinned(matcher, outlet, content.url)
    barred = {slug for slug, _ in whose(matcher.barred, outlet.id, content.url)}
    sections = {slug: reasons for slug, reasons in sections.items() if slug not in barred}
    slugs = {ancestor for slug in sections for ancestor in with_ancestors(matcher, slug)} - barred
    evidence = (*_evidence("country", countries), *_evidence("section", sections))
    return tuple(sorted(slugs)), tuple(sorted(countries)), evidence


def _spoken(text: str, outlet: Outlet) -> tuple[Word, ...]:
    # "US$ 300 millones" is money of many countries.
    return _less(words_of(text.replace("US$", "$")), outlet.title)


def _less(words: tuple[Word, ...], name: str) -> tuple[Word, ...]:
    """`words` without the outlet's own name: "La Nación Costa Rica" says nothing of Costa Rica."""
    own = _words(name)
    folded = tuple(word.folded for word in words)
    if len(own) < 2 or len(words) <= len(own) or own[0] not in folded:
        return words
    for at in range(len(words) - len(own) + 1):
        if folded[at : at + len(own)] == own:
            return (*words[:at], *words[at + len(own) :])
    return words


@lru_cache(maxsize=4_096)
def _words(name: str) -> tuple[str, ...]:
    return tokens(name)


def _per_section(matcher: Matcher, hints: Iterable[Hint]) -> Iterator[Hint]:
    """What speaks for a country speaks for every section that holds it."""
    for hint in hints:
        if not hint.is_code:
            yield hint
            continue
        for slug in matcher.codes.get(hint.value, ()):
            yield Hint(hint.kind, slug, f"{hint.rule}:{hint.value}", hint.raw, hint.weight)


def _accepted(hints: Iterable[Hint]) -> dict[str, list[Hint]]:
    """value → the strongest hint of each kind, where together they are enough."""
    strongest: dict[str, dict[str, Hint]] = {}
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


def _evidence(kind: str, accepted: dict[str, list[Hint]]) -> Iterator[Evidence]:
    for value in sorted(accepted):
        # The strongest are enough to say why: a row is stored for each.
        for hint in sorted(accepted[value], key=lambda hint: -hint.weight)[:_MOST_EVIDENCE]:
            yield Evidence(
                kind=kind,
                value=value,
                rule=f"{hint.kind}:{hint.rule}",
                raw=hint.raw[:200],
                weight=round(hint.weight, 3),
                version=RULES_VERSION,
            )
