"""A category that maps to nothing → the section that it most likely is."""

from __future__ import annotations

from difflib import get_close_matches

from aggregator.model import Category
from aggregator.normalize.hints import by_tags
from aggregator.normalize.matcher import Matcher, compiled, occurring
from aggregator.normalize.places import mentions, words_of
from aggregator.normalize.rules import Rules
from aggregator.text import tokens

_ALIKE = 0.86


def speaks(category: str, rules: Rules) -> bool:
    """Whether a category says anything by these rules: a section or a place."""
    return bool(by_tags(compiled(rules), [Category(term=category)]))


def section_for(category: str, rules: Rules) -> tuple[str, str] | None:
    """(slug, why): a label inside it, or around it, a word of a section, or a label spelled nearly so; else the section of the
    one country it names."""
    matcher, words = compiled(rules), tokens(category)
    joined = " ".join(words)
    for label, slugs in sorted(matcher.labels.items(), key=lambda item: -len(item[0])):
        if len(label) > 3 and f" {label} " in f" {joined} ":
            return slugs[0], f"“{label}” is in it"
    for label, slugs in matcher.labels.items():
        if len(joined) > 3 and f" {joined} " in f" {label} ":
            return slugs[0], f"it is in “{label}”"
    for slug, keyword in occurring(matcher.keywords, words, None):
        return slug, f"it has the word “{keyword}”"
    near = get_close_matches(joined, matcher.labels, 1, cutoff=_ALIKE)
    if near:
        return matcher.labels[near[0]][0], f"it is spelled like “{near[0]}”"
    return _place(category, matcher)


def _place(category: str, matcher: Matcher) -> tuple[str, str] | None:
    named = {mention.code: mention.raw for mention in mentions(words_of(category.title())) if not mention.ambiguous}
    if len(named) != 1:
        return None
    ((code, raw),) = named.items()
    # The narrowest section that holds the country.
    holding = sorted(
        matcher.codes.get(code, ()), key=lambda slug: sum(slug in slugs for slugs in matcher.codes.values())
    )
    return (holding[0], f"it names {raw}") if holding else None
