"""What an entry shows → hints: each one reason why it belongs to a section or is about a country or region (sections.md §1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aggregator.model import Category, Outlet, Source
from aggregator.normalize.markup import words as plain_words
from aggregator.normalize.matcher import Matcher, occurring
from aggregator.normalize.places import Mention, Word, mentions, named, words_of
from aggregator.text import fold, tokens

OPERATOR, TAG, MANY_TAGS, PATH, SLUG, DATELINE, TITLE, SUMMARY, LOCAL, HOME = (
    1.0,
    0.95,
    0.5,
    0.9,
    0.6,
    0.8,
    0.7,
    0.45,
    0.6,
    0.3,
)
_SHARE = {"city": 1.0, "demonym": 0.9}
_DATELINE_TEXT = re.compile(
    r"^([A-ZÁÉÍÓÚÑÃÕÇÂÊÔ][A-ZÁÉÍÓÚÑÃÕÇÂÊÔ .'\-]{2,40}?)\s*(?:,\s[^–—\-.()]{1,30})?(?:\([^)]{1,30}\)\s*)?"
    r"(?:[–—]|\.\s?[–—\-]|\s-\s)"
)
_LEADING = frozenset("world mundo news noticias section seccion internacional category tag topic topics".split())
# Headings of news from elsewhere: what stands under them is not about the outlet's own country.
_ABROAD = frozenset(
    "internacional internacionales international world mundo monde global multinacionales exterior planeta".split()
) | {"el mundo", "world news", "noticias del mundo", "noticias internacionales"}


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind` is S1 … S7, `value` a section's slug, an ISO 3166 or an UN M49 code; an unsure one (a homonym) needs company."""

    kind: str
    value: str
    rule: str
    raw: str
    weight: float
    sure: bool = True

    @property
    def is_code(self) -> bool:
        """Slugs are lower case; country codes are two capitals, regions three digits."""
        return (len(self.value) == 2 and self.value.isupper()) or (len(self.value) == 3 and self.value.isdigit())


def by_source(source: Source | None) -> Iterator[Hint]:
    """S1: what the operator said."""
    if source:
        yield from (Hint("S1", slug, "source", source.id, OPERATOR) for slug in source.sections)


def by_tags(matcher: Matcher, categories: Sequence[Category]) -> list[Hint]:
    """S2: labels of our sections and names of places. Who tags many countries mentions them."""
    found: list[Hint] = []
    for category in categories:
        for label in dict.fromkeys(_labels(category)):
            found += [Hint("S2", slug, "category", category.term, TAG) for slug in matcher.labels.get(label, ())]
            code = named(label)
            if code:
                found.append(Hint("S2", code, "category", category.term, TAG))
    many = len({hint.value for hint in found if hint.is_code}) > 3
    return [Hint("S2", hint.value, hint.rule, hint.raw, MANY_TAGS) if many and hint.is_code else hint for hint in found]


def by_path(matcher: Matcher, url: str | None) -> Iterator[Hint]:
    """S3: the segments of the address; the last one is the headline, the others are the outlet's own order."""
    segments = _segments(url)
    for pattern, slug in matcher.paths:
        if any(tuple(segments[at : at + len(pattern)]) == pattern for at in range(len(segments))):
            yield Hint("S3", slug, "path", "/".join(pattern), PATH)
    for segment in segments[:-1]:
        for label in dict.fromkeys((segment, _trimmed(segment))):
            yield from (Hint("S3", slug, "path", segment, PATH) for slug in matcher.labels.get(label, ()))
            code = named(label) if label else None
            if code:
                yield Hint("S3", code, "path", segment, PATH)
    if segments:
        yield from _by_headline(segments[-1])


def _by_headline(segment: str) -> Iterator[Hint]:
    """`world-latin-america-58943252` is a heading; of `nicaragua-coronavirus-ortega` the words count like a title's."""
    heading = _trimmed(segment)
    code = named(heading) if heading and heading != segment else None
    if code:
        yield Hint("S3", code, "path", segment, PATH)
        return
    words = tuple(Word(printed=word.title(), folded=word) for word in fold(segment).split()[:20])
    for mention in mentions(words):
        if not mention.ambiguous and mention.kind in ("name", "demonym"):
            yield Hint("S6", mention.code, "title-address", mention.raw, SLUG)


def by_words(
    matcher: Matcher, words: Sequence[Word], language: str | None, where: str, weight: float
) -> Iterator[Hint]:
    """S6: places and keywords in the words of the title or the summary."""
    for mention in mentions(words):
        yield Hint("S6", mention.code, where, mention.raw, weight * _share(mention), not mention.ambiguous)
    for slug, raw in occurring(matcher.keywords, words, language):
        yield Hint("S6", slug, f"{where}-keyword", raw, weight)


def by_dateline(markup: str) -> Iterator[Hint]:
    """S6: `BOGOTÁ, 3 Nov (Reuters) –`, `BUENOS AIRES.–`"""
    found = _DATELINE_TEXT.match(plain_words(markup[:400])) if markup else None
    if found:
        for mention in mentions(words_of(found[1].title())):
            yield Hint("S6", mention.code, "dateline", found[1], DATELINE, not mention.ambiguous)


def at_home(hints: Sequence[Hint], outlet: Outlet, categories: Iterable[Category], url: str | None) -> list[Hint]:
    """S7: a local item without a place is about the outlet's country; where a place is named this only lends support."""
    if outlet.country is None or outlet.country.isdigit():
        return []
    headings = {*_segments(url)[:-1], *(" ".join(tokens(category.term)) for category in categories)}
    if headings & _ABROAD:
        return []
    alone = not any(hint.is_code for hint in hints)
    return [Hint("S7", outlet.country, "outlet", outlet.id, LOCAL if alone else HOME)]


def supported(hints: Sequence[Hint]) -> list[Hint]:
    """Homonyms stay only where something sure names the same country (sections.md §4)."""
    sure = {hint.value for hint in hints if hint.sure}
    return [hint for hint in hints if hint.sure or hint.value in sure]


def _share(mention: Mention) -> float:
    return _SHARE.get(mention.kind, 1.0)


def _labels(category: Category) -> Iterator[str]:
    """The whole term and label, and the parts of a path (`News > World > Latin America`)."""
    for text in (category.term, category.label):
        if text:
            yield " ".join(tokens(text))
            yield from (" ".join(tokens(part)) for part in re.split(r"\s*[>/,:|]\s*", text) if part != text)


def _segments(url: str | None) -> list[str]:
    return [" ".join(tokens(unquote(segment))) for segment in urlsplit(url).path.split("/") if segment] if url else []


def _trimmed(segment: str) -> str:
    """`world latin america 58943252` → `latin america`."""
    words = segment.split()
    while words and words[0] in _LEADING:
        words.pop(0)
    while words and words[-1].isdigit():
        words.pop()
    return " ".join(words)
