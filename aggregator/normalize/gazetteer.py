"""Names of places, peoples and of those who act for a country → one compiled table, made at first use and kept.

Names of countries come from CLDR (babel); capitals, cities, demonyms, institutions and people from tables of our own
(`data/places.tsv`, `subdivisions.tsv`, `actors.tsv`, `phrases.tsv`); further cities from GeoNames (`data/cities.tsv`); regions
from UN M49 (`data/regions.tsv`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from aggregator.text import fold

WORD = re.compile(r"[^\W_]+")
_LANGUAGES = ("en", "es", "pt", "fr")
# Names that are words, people or other places as well: they need company (sections.md §4).
_HOMONYMS = frozenset(
    {
        "chad", "dominica", "georgia", "granada", "guadalupe", "guinea", "jersey", "jordan", "macao", "mali", "malta",
        "martinica", "mauricio", "monaco", "niger", "oman", "palau", "saint martin", "samoa", "san bartolome", "san martin",
        "santa elena", "santa lucia", "chili", "togo", "tonga", "turkey", "guam", "gana", "maurice", "dominique", "grenade",
        "malte", "camaroes", "montenegro",
    }
)  # fmt: skip
# In es, pt and fr this island is a meeting; as a country name it is left out.
_NEVER = frozenset({"reunion", "salvador", "man", "territorio", "desconocido", "mundo", "world", "monde"})
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Place:
    """What a phrase means: `code` is ISO 3166 or UN M49, empty where it names no place; `kind` is name | city | actor |
    demonym | region; an ambiguous one needs company; `capitals`: an acronym, to be printed as one; `others` are codes of
    further countries with such a name: at home it is theirs."""

    code: str
    kind: str
    ambiguous: bool
    capitals: bool = False
    others: tuple[str, ...] = ()

    @property
    def needs_capital(self) -> bool:
        """Whether only what is printed as a name means it: peoples and regions need not be."""
        return bool(self.code) and self.kind not in ("demonym", "region")


# First word of a phrase → second word → how many words to try, longest first.
Lengths = dict[str, dict[str, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`phrases` by all their words; `lengths` of them, and of those that may be printed `small`; `stems` begin demonyms, and
    `heads` are the first letters of stems."""

    phrases: dict[tuple[str, ...], Place]
    lengths: Lengths
    small: Lengths
    stems: dict[str, Place]
    heads: frozenset[str]


@cache
def gazetteer() -> Gazetteer:
    """The whole table. What is written by hand wins over CLDR, and both over GeoNames."""
    phrases: dict[tuple[str, ...], Place] = {}
    stems: dict[str, Place] = {}
    for words, place in _cldr():
        phrases.setdefault(words, place)
    _add_by_hand(phrases, stems)
    for code, terms in rows("cities.tsv"):
        _add(phrases, code, "city", terms, weak=True, made=True)
    heads = frozenset(stem[:_SHORTEST_STEM] for stem in stems)
    small = (words for words, place in phrases.items() if not place.needs_capital)
    return Gazetteer(phrases, _lengths(phrases), _lengths(small), stems, heads)


def _lengths(phrases: Iterable[tuple[str, ...]]) -> Lengths:
    lengths: Lengths = {}
    for first, second, *more in sorted((words for words in phrases if len(words) > 1), key=len, reverse=True):
        held = lengths.setdefault(first, {})
        held[second] = tuple(dict.fromkeys((*held.get(second, ()), len(more) + 2)))
    return lengths


def _add_by_hand(phrases: dict[tuple[str, ...], Place], stems: dict[str, Place]) -> None:
    for code, names, cities, demonyms in _columns("places.tsv", 4):
        _add(phrases, code, "name", names)
        _add(phrases, code, "city", cities)
        _add_demonyms(code, demonyms, phrases, stems)
    for code, cities, demonyms in _columns("subdivisions.tsv", 3):
        if len(code) == 2:  # others are states that only say where a city is
            _add(phrases, code, "city", cities, weak=True)
            _add_demonyms(code, demonyms, phrases, stems)
    for code, terms in rows("actors.tsv"):
        _add(phrases, code, "actor", terms, weak=True)
    for code, terms in rows("phrases.tsv"):
        _add(phrases, "" if code == "-" else code, "region" if code == "-" or code.isdigit() else "name", terms)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What may begin with a word: it `alone`, phrases by their second word and length, longest first, and `people`."""

    alone: Place | None
    longer: dict[str, tuple[int, ...]]
    people: Place | None

    @property
    def names_people(self) -> bool:
        return self.people is not None or (self.alone is not None and self.alone.kind == "demonym")


def beginning(folded: str, *, small: bool = False) -> Beginning | None:
    """What may begin with a folded word, which is printed `small` or not; most begin nothing."""
    known = gazetteer()
    alone, longer = known.phrases.get((folded,)), (known.small if small else known.lengths).get(folded, {})
    if small and alone and alone.needs_capital:
        alone = None
    people = None
    if folded[:_SHORTEST_STEM] in known.heads:
        stems = (known.stems.get(folded[:length]) for length in range(_SHORTEST_STEM, len(folded) + 1))
        people = next(filter(None, stems), None)
    return Beginning(alone, longer, people) if alone or longer or people else None


@cache
def within(code: str) -> frozenset[str]:
    """A region and all regions and countries in it; a country is itself."""
    inside = _regions().get(code, ())
    return frozenset({code}).union(*(within(member) for member in inside))


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    return {code: tuple(members.split()) for code, members in (row[:2] for row in rows("regions.tsv"))}


def rows(name: str) -> list[list[str]]:
    """The lines of a table of ours, cut at tabs."""
    text = files("aggregator.normalize.data").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _columns(name: str, count: int) -> Iterator[tuple[str, ...]]:
    return (tuple([*row, *[""] * count][:count]) for row in rows(name))


def _add(
    phrases: dict[tuple[str, ...], Place], code: str, kind: str, terms: str, *, weak: bool = False, made: bool = False
) -> None:
    """`weak`: what is there already stays, unless this one is sure of it and not `made` by a program; an ambiguous
    one is added to what is there."""
    for term in filter(None, terms.split("|")):
        words = _split(term)
        name = term.strip("?.")
        place = Place(code, kind, term.endswith("?"), capitals=name.isupper() and name.isascii())
        held = phrases.get(words)
        if held and held.code and held.code != code and place.ambiguous:
            phrases[words] = replace(held, others=tuple(dict.fromkeys((*held.others, code))))
        elif held and held.ambiguous and held.code and not place.ambiguous and not made:
            phrases[words] = replace(place, others=tuple(dict.fromkeys((*held.others, held.code))))
        elif words and not (weak and held):
            phrases[words] = place


def _add_demonyms(code: str, terms: str, phrases: dict[tuple[str, ...], Place], stems: dict[str, Place]) -> None:
    for term in filter(None, terms.split("|")):
        words, place = _split(term), Place(code, "demonym", "?" in term)
        if "=" in term or len(words) > 1:
            phrases[words] = place
            phrases.setdefault((*words[:-1], words[-1] + "s"), place)
        elif words:
            stems[words[0]] = place


def _cldr() -> Iterator[tuple[tuple[str, ...], Place]]:
    from babel import Locale  # 35 ms, and 70 more for the first locale: only where text is read

    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            words = _split(str(name))
            joined = " ".join(words)
            if not words or joined in _NEVER or (code.isdigit() and code not in ("005", "013", "029", "419")):
                continue
            if len(code) == 2 and code not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
                yield words, Place(code, "name", joined in _HOMONYMS)


def _split(term: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in WORD.findall(term))
