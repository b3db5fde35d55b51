"""What an entry shows → hints: each one reason why it belongs to a section or is about a country or region (sections.md §1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from aggregator.model import Category, Outlet, Source
from aggregator.normalize.addresses import segments, trimmed
from aggregator.normalize.matcher import Matcher, occurring, whose
from aggregator.normalize.places import Text, mentions, named, only, titled, words_of
from aggregator.normalize.points import country_at
from aggregator.normalize.scenes import Scene, headings_of, local_of
from aggregator.text import tokens

OPERATOR, TAG, KEYWORD, EDITION, PATH, SLUG, DATELINE, TITLE, SUMMARY, BODY, LOCAL, HOME = (
    1.0, 0.95, 0.5, 0.4, 0.9, 0.6, 0.8, 0.7, 0.45, 0.3, 0.6, 0.3,
)  # fmt: skip
_SHARE = {"name": 1.0, "city": 1.0, "region": 1.0, "demonym": 0.9, "actor": 0.95, "origin": 0.65, "guest": 0.9}
_ACTORS = ("actor", "city", "demonym")
# Who gives an article more tags than these lists what it mentions.
FEW_TAGS, _FEW_PLACES = 3, 3
_DATELINE_TEXT = re.compile(
    r"^([A-ZÁÉÍÓÚÑÃÕÇÂÊÔ][A-ZÁÉÍÓÚÑÃÕÇÂÊÔ .'\-]{2,40}?)\s*(?:,\s[^–—\-.()]{1,30})?(?:\([^)]{1,30}\)\s*)?"
    r"(?:[–—]|\.\s?[–—\-]|\s-\s)"
)
KICKER, POINT, _LONGEST_KICKER = "title-kicker", "point", 40
_PARTS = re.compile(r"\s*[>/,:|()]\s*")


class Hint(NamedTuple):
    """`kind` is S0 … S7, `value` a section's slug, an ISO 3166 or an UN M49 code; an unsure one (a homonym) needs company;
    `town` where it has the name of one, `guest` where it is somebody of a people."""

    kind: str
    value: str
    rule: str
    raw: str
    weight: float
    sure: bool = True
    town: bool = False
    guest: bool = False

    @property
    def is_code(self) -> bool:
        """Slugs are lower case; country codes are two capitals, regions three digits."""
        return is_code(self.value)

    @property
    def where(self) -> str:
        """The first word of the rule: title-address and title-keyword are of the title."""
        return self.rule.partition("-")[0]


@lru_cache(maxsize=4_096)
def is_code(value: str) -> bool:
    return (len(value) == 2 and value.isupper()) or (len(value) == 3 and value.isdigit())


def pinned(matcher: Matcher, outlet: Outlet, url: str | None) -> dict[str, list[Hint]]:
    """S0: the operator's last word on an address or an outlet, by section."""
    return {
        slug: [Hint("S0", slug, "pin", pattern, OPERATOR)] for slug, pattern in whose(matcher.pinned, outlet.id, url)
    }


def by_source(source: Source | None) -> list[Hint]:
    """S1: what the operator said."""
    return [Hint("S1", slug, "source", source.id, OPERATOR) for slug in source.sections] if source else []


def by_tags(
    matcher: Matcher, categories: Sequence[Category], home: str | None = None, url: str | None = None
) -> list[Hint]:
    """S2: labels of our sections and names of places. Who gives many tags names what is mentioned, and which edition it is;
    so does who names home under a heading of news from abroad."""
    found: list[Hint] = []
    for category in categories:
        for label in _labels(category.term, category.label):
            found += [Hint("S2", slug, "category", category.term, TAG) for slug in matcher.labels.get(label, ())]
            if code := named(label):
                found.append(Hint("S2", code, "category", category.term, TAG))
            elif actor := named(label, _ACTORS):
                found.append(Hint("S2", actor, "keyword", category.term, KEYWORD))
    many = len(categories) > FEW_TAGS or len({hint.value for hint in found if hint.is_code}) > _FEW_PLACES
    if many:
        return [
            hint._replace(rule="keyword", weight=EDITION if hint.value == home else KEYWORD) if hint.is_code else hint
            for hint in found
        ]
    abroad = bool(found) and not headings_of("abroad").isdisjoint(segments(url)[:-1])
    return [one._replace(weight=EDITION) if abroad and one.value == home else one for one in found]


def by_point(point: str | None) -> Iterator[Hint]:
    """S2: where on the map the entry says that it is; beside a border that is half an answer."""
    if point and (found := country_at(point)):
        code, clear = found
        yield Hint("S2", code, POINT, point, PATH if clear else KEYWORD)


def by_path(matcher: Matcher, url: str | None, title: Text) -> list[Hint]:
    """S3: the segments of the address; the last one is the headline, the others are the outlet's own order."""
    parts = segments(url)
    found = [
        Hint("S3", slug, "path", "/".join(pattern), PATH)
        for at, first in enumerate(parts)
        for pattern, slug in matcher.paths.get(first, ())
        if parts[at : at + len(pattern)] == pattern
    ]
    for segment in parts[:-1]:
        found += _by_heading(matcher, segment)
    return [*found, *_by_headline(matcher, parts[-1], title)] if parts else found


def _by_heading(matcher: Matcher, segment: str) -> Iterator[Hint]:
    labels, places = _heading(segment)
    for label in labels:
        for slug in matcher.labels.get(label, ()):
            yield Hint("S3", slug, "path", segment, PATH)
    yield from places


@lru_cache(maxsize=32_768)  # an outlet's headings are few
def _heading(segment: str) -> tuple[tuple[str, ...], tuple[Hint, ...]]:
    """What a segment may be called, and the places that it names."""
    labels = tuple(dict.fromkeys((segment, trimmed(segment))))
    named_so = ((named(label), named(label, _ACTORS)) for label in labels)
    places = ((code or actor, PATH if code else SLUG) for code, actor in named_so)
    return labels, tuple(Hint("S3", code, "path", segment, weight) for code, weight in places if code)


def _by_headline(matcher: Matcher, segment: str, title: Text) -> list[Hint]:
    """`world-latin-america-58943252` is a heading; of `nicaragua-coronavirus-ortega` the words count like a title's, which
    itself says more of those that it has: "Lima, Ohio" is `lima-ohio` there."""
    heading = trimmed(segment)
    if heading and heading != segment:
        slugs = matcher.labels.get(heading, ())
        code = named(heading) or local_of(heading)
        if code or slugs:
            return [Hint("S3", value, "path", segment, PATH) for value in (code, *slugs) if value]
    words = segment.split()[:20]
    return [
        Hint("S6", mention.code, "title-address", mention.raw, SLUG)
        for mention in mentions([titled(word) for word in words])
        if not mention.ambiguous
        and mention.kind in ("name", "demonym")
        and not all(word in title.folded for word in words[mention.start : mention.start + mention.length])
    ]


def by_words(
    matcher: Matcher, text: Text, language: str | None, where: str, weight: float, scene: Scene
) -> Iterator[Hint]:
    """S6: places and keywords in the words of the title or the summary; a name that home has too is nobody's alone. Of what
    happens at some place of a country, peoples and regions say who it happens to."""
    home = None if scene.abroad else scene.home
    for mention in mentions(text.words):
        elsewhere = scene.local not in (None, mention.code) and mention.kind in ("demonym", "guest", "region")
        share = weight * _SHARE["origin" if elsewhere else mention.kind]
        sure = not mention.ambiguous and mention.kind != "origin" and home not in mention.others
        for code in (mention.code, *mention.others)[: 1 if sure else None]:
            guest = mention.kind in ("guest", "origin")
            yield Hint("S6", code, where, mention.raw, share, sure, mention.kind == "city", guest)
    for slug, raw in occurring(matcher.keywords, text.folded, language):
        yield Hint("S6", slug, f"{where}-keyword", raw, weight)


def by_body(text: Text, doubtful: frozenset[str]) -> Iterator[Hint]:
    """S6: what the text names surely of that which title and summary may have meant: "near Kingston", and Jamaica below."""
    named = {mention.code: mention for mention in mentions(text.words) if not mention.ambiguous}
    for code in doubtful & named.keys():
        yield Hint("S6", code, "text", named[code].raw, BODY)


def by_kicker(title: str, scene: Scene) -> Iterator[Hint]:
    """S6: `Costa Rica: the court confirms` says where it is, whatever heading it stands under."""
    kicker, colon, _ = title.partition(":")
    mention = only(kicker) if colon and len(kicker) <= _LONGEST_KICKER else None
    at_home = mention is not None and not scene.abroad and scene.home in mention.others
    if mention and mention.kind in ("name", "city") and not mention.ambiguous and not at_home:
        yield Hint("S6", mention.code, KICKER, kicker, DATELINE)


def by_dateline(text: str) -> Iterator[Hint]:
    """S6: `BOGOTÁ, 3 Nov (Reuters) –`, `BUENOS AIRES.–` at the head of plain text."""
    found = _DATELINE_TEXT.match(text[:200])
    if found:
        for mention in mentions(words_of(found[1].title())):
            yield Hint("S6", mention.code, "dateline", found[1], DATELINE, not mention.ambiguous)


@lru_cache(maxsize=16_384)  # an outlet's tags are few, and the news of the day has its own
def _labels(term: str, label: str | None) -> tuple[str, ...]:
    """The whole term and label, and the parts of a path (`News > World > Latin America`)."""
    found: list[str] = []
    for text in filter(None, (term, label)):
        # `News > World > Latin America`, `Barcelona (Spain)`
        found += [" ".join(tokens(part)) for part in (text, *_PARTS.split(text)) if part]
    return tuple(dict.fromkeys(found))
