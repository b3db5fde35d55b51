"""What an entry shows → hints: each one reason why it belongs to a section or is about a country or region (sections.md §1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from aggregator.model import Category, Outlet, Source
from aggregator.normalize.gazetteer import rows
from aggregator.normalize.matcher import Matcher, occurring, whose
from aggregator.normalize.places import Word, is_country, mentions, named, within, words_of
from aggregator.text import tokens

OPERATOR, TAG, KEYWORD, EDITION, PATH, SLUG, DATELINE, TITLE, SUMMARY, LOCAL, HOME = (
    1.0, 0.95, 0.5, 0.4, 0.9, 0.6, 0.8, 0.7, 0.45, 0.6, 0.3,
)  # fmt: skip
_SHARE = {"name": 1.0, "city": 1.0, "region": 1.0, "demonym": 0.9, "actor": 0.95, "origin": 0.65}
_ACTORS = ("actor", "city", "demonym")
# Who gives an article more tags than these lists what it mentions.
_FEW_TAGS, _FEW_PLACES = 3, 3
_AMERICAS = "419"
_DATELINE_TEXT = re.compile(
    r"^([A-ZÁÉÍÓÚÑÃÕÇÂÊÔ][A-ZÁÉÍÓÚÑÃÕÇÂÊÔ .'\-]{2,40}?)\s*(?:,\s[^–—\-.()]{1,30})?(?:\([^)]{1,30}\)\s*)?"
    r"(?:[–—]|\.\s?[–—\-]|\s-\s)"
)
_LEADING = frozenset("world mundo news noticias section seccion internacional category tag topic topics".split())
_KICKER, _LONGEST_KICKER = "title-kicker", 40
_PARTS = re.compile(r"\s*[>/,:|()]\s*")
_INDEX = re.compile(
    r"^(?:index|default|story|article|noticia|nota|amp|ghtml|html?|php|aspx)(?: (?:html?|php|aspx|ghtml|shtml))?$"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind` is S0 … S7, `value` a section's slug, an ISO 3166 or an UN M49 code; an unsure one (a homonym) needs company."""

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


@dataclass(frozen=True, slots=True)
class Scene:
    """`home` is the outlet's country or that of its edition, `local` the country whose local news an article's address says it
    is."""

    home: str | None
    local: str | None


def scene_of(outlet: Outlet, url: str | None) -> Scene:
    segments = _segments(url)
    return Scene(home_of(outlet, url), _local(_trimmed(segments[-1])) if segments else None)


def pinned(matcher: Matcher, outlet: Outlet, url: str | None) -> dict[str, list[Hint]]:
    """S0: the operator's last word on an address or an outlet, by section."""
    return {
        slug: [Hint("S0", slug, "pin", pattern, OPERATOR)] for slug, pattern in whose(matcher.pinned, outlet.id, url)
    }


def by_source(source: Source | None) -> Iterator[Hint]:
    """S1: what the operator said."""
    if source:
        yield from (Hint("S1", slug, "source", source.id, OPERATOR) for slug in source.sections)


def by_tags(
    matcher: Matcher, categories: Sequence[Category], home: str | None = None, url: str | None = None
) -> list[Hint]:
    """S2: labels of our sections and names of places. Who gives many tags names what is mentioned, and which edition it is;
    so does who names home under a heading of news from abroad."""
    found: list[Hint] = []
    for category in categories:
        for label in _labels(category.term, category.label):
            found += [Hint("S2", slug, "category", category.term, TAG) for slug in matcher.labels.get(label, ())]
            code = named(label)
            if code:
                found.append(Hint("S2", code, "category", category.term, TAG))
            elif actor := named(label, _ACTORS):
                found.append(Hint("S2", actor, "keyword", category.term, KEYWORD))
    many = len(categories) > _FEW_TAGS or len({hint.value for hint in found if hint.is_code}) > _FEW_PLACES
    weights = {home: EDITION}
    if not many:
        abroad = not _headings("abroad").isdisjoint(_segments(url)[:-1])
        return [replace(one, weight=EDITION) if abroad and one.value == home else one for one in found]
    return [
        Hint("S2", hint.value, "keyword", hint.raw, weights.get(hint.value, KEYWORD)) if hint.is_code else hint
        for hint in found
    ]


def by_path(matcher: Matcher, url: str | None) -> Iterator[Hint]:
    """S3: the segments of the address; the last one is the headline, the others are the outlet's own order."""
    segments = _segments(url)
    for at, first in enumerate(segments):
        for pattern, slug in matcher.paths.get(first, ()):
            if segments[at : at + len(pattern)] == pattern:
                yield Hint("S3", slug, "path", "/".join(pattern), PATH)
    *headings, headline = segments or ("",)
    for segment in headings:
        for label in dict.fromkeys((segment, _trimmed(segment))):
            yield from (Hint("S3", slug, "path", segment, PATH) for slug in matcher.labels.get(label, ()))
            code = named(label) if label else None
            if code:
                yield Hint("S3", code, "path", segment, PATH)
            elif actor := named(label, _ACTORS):
                yield Hint("S3", actor, "path", segment, SLUG)
    if headline:
        yield from _by_headline(headline)


def _by_headline(segment: str) -> Iterator[Hint]:
    """`world-latin-america-58943252` is a heading; of `nicaragua-coronavirus-ortega` the words count like a title's."""
    heading = _trimmed(segment)
    code = named(heading) or _local(heading) if heading and heading != segment else None
    if code:
        yield Hint("S3", code, "path", segment, PATH)
        return
    words = [_titled(word) for word in segment.split()[:20]]
    for mention in mentions(words):
        if not mention.ambiguous and mention.kind in ("name", "demonym"):
            yield Hint("S6", mention.code, "title-address", mention.raw, SLUG)


def _local(heading: str) -> str | None:
    """`uk england birmingham` is what happens there, whatever peoples it is about: a country, and a part of it."""
    country, _, part = heading.partition(" ")
    code, of = named(country), named(part.partition(" ")[0], ("city", "name"))
    return code if code and code == of else None


@lru_cache(maxsize=32_768)
def _titled(word: str) -> Word:
    return Word(printed=word.title(), folded=word)


def by_words(
    matcher: Matcher, words: Sequence[Word], language: str | None, where: str, weight: float, scene: Scene
) -> Iterator[Hint]:
    """S6: places and keywords in the words of the title or the summary; a name that home has too is nobody's alone. Of what
    happens at some place of a country, peoples and regions say who it happens to."""
    home = scene.home
    for mention in mentions(words):
        elsewhere = scene.local not in (None, mention.code) and mention.kind in ("demonym", "region")
        share = weight * _SHARE["origin" if elsewhere else mention.kind]
        sure = not mention.ambiguous and mention.kind != "origin" and home not in mention.others
        for code in (mention.code, *(() if sure else mention.others)):
            yield Hint("S6", code, where, mention.raw, share, sure)
    for slug, raw in occurring(matcher.keywords, words, language):
        yield Hint("S6", slug, f"{where}-keyword", raw, weight)


def by_kicker(title: str) -> Iterator[Hint]:
    """S6: `Costa Rica: the court confirms` says where it is, whatever heading it stands under."""
    kicker, colon, _ = title.partition(":")
    code = named(kicker, ("name", "city")) if colon and len(kicker) <= _LONGEST_KICKER else None
    if code:
        yield Hint("S6", code, _KICKER, kicker, DATELINE)


def by_dateline(text: str) -> Iterator[Hint]:
    """S6: `BOGOTÁ, 3 Nov (Reuters) –`, `BUENOS AIRES.–` at the head of plain text."""
    found = _DATELINE_TEXT.match(text[:200])
    if found:
        for mention in mentions(words_of(found[1].title())):
            yield Hint("S6", mention.code, "dateline", found[1], DATELINE, not mention.ambiguous)


def at_home(
    hints: Sequence[Hint], outlet: Outlet, home: str | None, categories: Sequence[Category], url: str | None
) -> list[Hint]:
    """S7: what names no place is about the outlet's country, and so is what stands under a domestic heading; elsewhere it
    only lends support. Nothing under headings of news from abroad."""
    if home is None:
        return []
    headings = set(_segments(url)[:-1])
    if len(categories) <= _FEW_TAGS:
        headings |= {" ".join(tokens(category.term)) for category in categories}
    if headings & _headings("abroad"):
        return []
    domestic = bool(headings & _headings("domestic")) and not headings & _headings("anywhere")
    # An edition for another country carries the world's news too, unless it is tagged as that country's.
    named = {hint.value for hint in hints if hint.is_code}
    tagged = {hint.value for hint in hints if hint.kind == "S2"}
    alone = (not named if home == outlet.country else tagged & named == named == {home}) and not headings & _headings(
        "anywhere"
    )
    elsewhere = any(hint.rule == _KICKER and hint.value != home for hint in hints)
    return [Hint("S7", home, "outlet", outlet.id, LOCAL if alone or (domestic and not elsewhere) else HOME)]


def home_of(outlet: Outlet, url: str | None) -> str | None:
    """The outlet's own country: that of the edition where its address or the outlet's name says so ("brasil.elpais.com")."""
    edition = _edition(_host_and_path(url)[0].partition(".")[0], outlet.title)
    return edition or (outlet.country if outlet.country and not outlet.country.isdigit() else None)


@lru_cache(maxsize=4_096)
def _edition(label: str, title: str) -> str | None:
    code = named(label) if len(label) > 3 else None
    if code is None:
        places = {
            mention.code for mention in mentions(words_of(title)) if mention.kind == "name" and not mention.ambiguous
        }
        code = places.pop() if len(places) == 1 else None
    return code if code and not code.isdigit() else None


def supported(hints: Sequence[Hint]) -> list[Hint]:
    """Homonyms stay only where something sure names the same country (sections.md §4), and the words for a region unless all
    that is named lies in a region beside it: Honduras has a Caribbean coast. A heading gives way to words for more than it."""
    sure = {hint.value for hint in hints if hint.sure}
    named = [hint for hint in hints if hint.sure and hint.is_code and hint.kind != "S7"]
    countries = {hint.value for hint in named if is_country(hint.value)}
    said = {hint.value for hint in named if hint.kind == "S6"}
    parts = {part for region in said if region.isdigit() for part in within(region) if part.isdigit()} - said
    return [
        hint
        for hint in hints
        if (hint.sure or hint.value in sure)
        and not (hint.kind == "S6" and hint.value.isdigit() and _beside(hint.value, countries))
        and not (hint.kind == "S3" and hint.value in parts)
    ]


def _beside(region: str, countries: set[str]) -> bool:
    return bool(countries) and countries.isdisjoint(within(region)) and countries <= within(_AMERICAS)


@lru_cache(maxsize=16_384)  # an outlet's tags are few, and the news of the day has its own
def _labels(term: str, label: str | None) -> tuple[str, ...]:
    """The whole term and label, and the parts of a path (`News > World > Latin America`)."""
    found: list[str] = []
    for text in filter(None, (term, label)):
        # `News > World > Latin America`, `Barcelona (Spain)`
        found += [" ".join(tokens(part)) for part in (text, *_PARTS.split(text)) if part]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1_024)  # asked twice for each entry
def _segments(url: str | None) -> tuple[str, ...]:
    """The words of each segment of the path; the last is that with the headline, not `index.html` or a number behind it."""
    if not url:
        return ()
    segments = [_words(segment) for segment in _host_and_path(url)[1].split("/") if segment]
    while len(segments) > 1 and (_INDEX.match(segments[-1]) or segments[-1].replace(" ", "").isdigit()):
        segments.pop()
    return tuple(segments)


@lru_cache(maxsize=1_024)
def _host_and_path(url: str | None) -> tuple[str, str]:
    """Empty for what is no address."""
    try:
        parts = urlsplit(url or "")
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


@lru_cache(maxsize=32_768)  # an outlet's headings are few
def _words(segment: str) -> str:
    return " ".join(tokens(unquote(segment)))


def _trimmed(segment: str) -> str:
    """`world latin america 58943252` → `latin america`."""
    words = segment.split()
    while words and words[0] in _LEADING:
        words.pop(0)
    while words and words[-1].isdigit():
        words.pop()
    return " ".join(words)


@cache
def _headings(kind: str) -> frozenset[str]:
    """abroad: of news from elsewhere; anywhere: of what happens nowhere in particular; domestic: of the own country."""
    return frozenset(next(terms for name, terms in rows("headings.tsv") if name == kind).split("|"))
