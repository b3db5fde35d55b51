"""Content and its tags → our sections and the countries it is about, each with the evidence (sections.md).

Kinds of evidence: the operator's word on an address or an outlet (S0, beats all), what they said of the source (S1), the
source's own tags (S2), the path of the address (S3), the words of title and summary (S6), the outlet's country where
nothing else names a place (S7). Within a kind the strongest counts; kinds are independent: score = 1 − ∏(1 − weight).
From 0.6 on it is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from aggregator.model import Category, Content, Evidence, Outlet, Source
from aggregator.normalize import hints as clues
from aggregator.normalize.hints import Hint, is_code
from aggregator.normalize.markup import words as plain_words
from aggregator.normalize.matcher import Matcher, compiled, occurring, whose, with_ancestors
from aggregator.normalize.places import Text, is_country, words_of
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.normalize.scenes import Scene, scene_of
from aggregator.normalize.weighing import accepted, at_home, doubtful, per_section, strongest, supported, without_guests
from aggregator.text import tokens

_SUMMARY_WORDS, _BODY_WORDS = 80, 200
_BODY = 8_000  # characters of markup
_MOST_EVIDENCE = 2


def classify(
    content: Content,
    categories: Sequence[Category],
    *,
    source: Source | None,
    outlet: Outlet,
    rules: Rules,
    point: str | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Evidence, ...]]:
    """(section slugs with their ancestors, ISO codes, evidence), sorted; `source` None: only what the entry says; `point`:
    where it says that it is."""
    matcher = compiled(rules)
    # Bounds before the tokenizers: words of more than 12 characters are few, and so is text of which most is markup.
    said = plain_words((content.summary or content.text)[:_BODY])[: _SUMMARY_WORDS * 12]
    title, summary = _spoken(content.title, outlet), _spoken(said, outlet, _SUMMARY_WORDS)
    excluded = frozenset(
        slug for text in (title, summary) for slug, _ in occurring(matcher.excluded, text.folded, content.language)
    )
    scene = scene_of(outlet, content.url)
    hints = [
        *clues.by_source(source),
        *clues.by_point(point),
        *_hints(matcher, content, categories, (title, summary), scene),
    ]
    hints += clues.by_dateline(said)
    hints = without_guests(hints, None if scene.abroad else scene.home)
    if content.text and (doubts := doubtful(hints)):
        body = plain_words(content.text[:_BODY])
        hints += clues.by_body(_spoken(body, outlet, _BODY_WORDS), doubts)
    hints += at_home(hints, outlet, scene.home, categories, content.url)
    found = strongest(supported(hints))
    countries = dict(accepted({code: found[code] for code in found if is_code(code) and is_country(code)}))
    sections = dict(accepted(per_section(matcher, found, excluded))) | clues.pinned(matcher, outlet, content.url)
    barred = {slug for slug, _ in whose(matcher.barred, outlet.id, content.url)}
    sections = {slug: sections[slug] for slug in sorted(sections) if slug not in barred}
    slugs = {ancestor for slug in sections for ancestor in with_ancestors(matcher, slug)} - barred
    evidence = (*_evidence("country", countries), *_evidence("section", sections))
    return tuple(sorted(slugs)), tuple(countries), evidence


def _hints(
    matcher: Matcher, content: Content, categories: Sequence[Category], texts: tuple[Text, Text], scene: Scene
) -> list[Hint]:
    title, summary = texts
    return [
        *clues.by_tags(matcher, categories, scene.home, content.url),
        *clues.by_path(matcher, content.url, title),
        *clues.by_words(matcher, title, content.language, "title", clues.TITLE, scene),
        *clues.by_words(matcher, summary, content.language, "summary", clues.SUMMARY, scene),
        *clues.by_kicker(content.title, scene),
    ]


def _spoken(text: str, outlet: Outlet, most: int = -1) -> Text:
    # "US$ 300 millones" is money of many countries.
    words = words_of(text.replace("US$", "$") if "US$" in text else text, most)
    return _less(Text.of(words), _words(outlet.title))


def _less(text: Text, own: tuple[str, ...]) -> Text:
    """`text` without the outlet's own name: "La Nación Costa Rica" says nothing of Costa Rica."""
    words, folded = text
    if 2 <= len(own) < len(words) and own[0] in folded:
        for at in range(len(words) - len(own) + 1):
            if folded[at : at + len(own)] == own:
                return Text((*words[:at], *words[at + len(own) :]), (*folded[:at], *folded[at + len(own) :]))
    return text


@lru_cache(maxsize=4_096)
def _words(name: str) -> tuple[str, ...]:
    return tokens(name)


def _evidence(kind: str, accepted: dict[str, list[Hint]]) -> Iterator[Evidence]:
    for value, hints in accepted.items():
        # The strongest are enough to say why: a row is stored for each.
        for hint in hints[:_MOST_EVIDENCE]:
            of = f"{hint.kind}:{hint.rule}"
            yield Evidence(
                kind=kind,
                value=value,
                rule=of if hint.value == value else f"{of}:{hint.value}",
                raw=hint.raw[:200],
                weight=round(hint.weight, 3),
                version=RULES_VERSION,
            )
