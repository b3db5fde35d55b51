"""Words → the countries and regions that they name: countries, capitals, large cities, demonyms in en, es, pt and fr.

Names come from CLDR (babel), capitals, cities, institutions and demonyms from a table of our own (`data/places.tsv`), regions
from UN M49 (`data/regions.tsv`). Everything is compiled at first use and kept: importing this costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from aggregator.text import fold

_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = ("en", "es", "pt", "fr")
# Names that are words, people or other places as well: they need company (sections.md §4).
_HOMONYMS = frozenset(
    {
        "bonaire", "chad", "dominica", "georgia", "granada", "guadalupe", "guinea", "jersey", "jordan", "macao", "mali", "malta",
        "martinica", "mauricio", "monaco", "niger", "oman", "palau", "saint martin", "samoa", "san bartolome", "san martin",
        "santa elena", "santa lucia", "chili", "togo", "tonga", "turkey",
    }
)  # fmt: skip
# In es, pt and fr this island is a meeting; as a country name it is left out.
_NEVER = frozenset({"reunion", "salvador", "man", "territorio", "desconocido", "mundo", "world", "monde"})
# Longest match first: these use up words that would name a place otherwise. A code says what is meant, none says nothing.
_PHRASES = {
    "419": "latin america|latin american|latin americans|latinoamerica|hispanoamerica|america latina|amerique latine|latam|"
    "latinoamericano|latinoamericana|latinoamericanos|latinoamericanas|latino americano|latino americana|latino americanos|"
    "latino americaine|latino americain|celac|cepal",
    "005": "south america|south american|south americans|sudamerica|suramerica|america del sur|america do sul|amerique du sud|"
    "sudamericano|sudamericana|sudamericanos|sudamericanas|suramericano|suramericana|sul americano|sul americana|sul americanos|"
    "sul americanas|sud americain|sud americaine|mercosur|mercosul|cono sur|cone sul|conmebol|copa sudamericana",
    "013": "central america|central american|central americans|centroamerica|centroamericano|centroamericana|centroamericanos|"
    "america central|amerique centrale|northern triangle|triangulo norte",
    "029": "caribbean|caribe|caribeno|caribena|caribenos|caribenha|caribenho|caraibes|caraibe|caricom|antilles|antillas|antilhas|"
    "west indies",
    "": "african american|african americans|american airlines|american idol|american football|new york times|washington post|"
    "wall street journal|santiago bernabeu|paris hilton|michael jordan|jordan peterson|air jordan|san jose sharks|lima ohio|"
    "gulf of mexico|golfo de mexico|indian ocean|oceano indico|indian express|indian wells|french open|english channel|"
    "guinea pig|george washington|denzel washington|copa america|buenos dias|"
    "santiago abascal|santiago caputo|santiago pena|jose san martin|san martin|indiana jones|el nuevo herald|panama papers|"
    "cuba gooding|little haiti|little havana|havana syndrome|sindrome de la habana|red hot chili peppers|chili peppers|"
    "brazil nut|spanish language|spanish flu|gripe espanola|german shepherd|french fries|mexico beach|la habana vieja",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as printed and folded."""

    printed: str
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """`code` is ISO 3166 or UN M49; `kind` is name | city | demonym | region; `start` counts words."""

    code: str
    kind: str
    ambiguous: bool
    raw: str
    start: int


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    kind: str
    ambiguous: bool
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """`phrases`: first word → (all words, place), longest first; `stems` are beginnings of demonyms."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], _Place], ...]]
    stems: dict[str, _Place]


def words_of(text: str) -> tuple[Word, ...]:
    """The words of plain text, in order."""
    return tuple(_word(word) for word in _WORD.findall(text))


@lru_cache(maxsize=32_768)
def _word(printed: str) -> Word:
    """News repeats its words: folding each once is a third of the time."""
    return Word(printed=printed, folded=fold(printed))


def mentions(words: Sequence[Word]) -> Iterator[Mention]:
    """Longest match first, left to right; names of places must be capitalised, demonyms need not be."""
    gazetteer, at = _gazetteer(), 0
    while at < len(words):
        found = _phrase(gazetteer, words, at)
        if found is None:
            place, length = _demonym(gazetteer, words[at]), 1
        else:
            place, length = found
        if place and place.code:
            raw = " ".join(word.printed for word in words[at : at + length])
            yield Mention(code=place.code, kind=place.kind, ambiguous=place.ambiguous, raw=raw, start=at)
        at += length


def named(label: str) -> str | None:
    """The code that a whole label (a category, a segment of a path) names, if that is all it says and it is no homonym."""
    found = list(mentions(tuple(Word(printed=word.upper(), folded=word) for word in fold(label).split()[:6])))
    if len(found) != 1 or found[0].kind not in ("name", "region") or found[0].ambiguous:
        return None
    return found[0].code if len(found[0].raw.split()) == len(fold(label).split()) else None


@cache
def within(code: str) -> frozenset[str]:
    """A region and all regions and countries in it; a country is itself."""
    inside = _regions().get(code, ())
    return frozenset({code}).union(*(within(member) for member in inside))


def is_country(code: str) -> bool:
    return not code.isdigit()


def _phrase(gazetteer: _Gazetteer, words: Sequence[Word], at: int) -> tuple[_Place, int] | None:
    for phrase, place in gazetteer.phrases.get(words[at].folded, ()):
        here = words[at : at + len(phrase)]
        if tuple(word.folded for word in here) != phrase:
            continue
        if place.code and not _printed_as_name(here, place):
            continue
        return place, len(phrase)
    return None


def _printed_as_name(here: Sequence[Word], place: _Place) -> bool:
    if place.kind in ("demonym", "region"):
        return True
    if place.capitals:
        return all(word.printed.isupper() for word in here)
    # "El Salvador" is a country, "el salvador" and "El salvador de la tarde" are not.
    return not any(word.printed[0].islower() for word in here if len(word.printed) > 3 or word is here[0])


def _demonym(gazetteer: _Gazetteer, word: Word) -> _Place | None:
    folded = word.folded
    for length in range(4, len(folded) + 1):
        place = gazetteer.stems.get(folded[:length])
        if place:
            return place
    return None


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    return {code: tuple(members.split()) for code, members in (row[:2] for row in _rows("regions.tsv"))}


def _rows(name: str) -> list[list[str]]:
    text = files("aggregator.normalize.data").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _gazetteer() -> _Gazetteer:
    phrases: dict[tuple[str, ...], _Place] = {}
    stems: dict[str, _Place] = {}
    for words, place in _cldr():
        phrases.setdefault(words, place)
    for code, *columns in _rows("places.tsv"):
        for kind, column in zip(("name", "city"), columns, strict=False):
            for term in filter(None, column.split("|")):
                words = _split(term)
                phrases[words] = _Place(code, kind, "?" in term, capitals=term.strip("?.").isupper())
        for term in filter(None, columns[2].split("|") if len(columns) > 2 else ()):
            _add_demonym(code, term, phrases, stems)
    for code, line in _PHRASES.items():
        for term in line.split("|"):
            phrases[_split(term)] = _Place(code, "region", False)
    by_first: dict[str, list[tuple[tuple[str, ...], _Place]]] = {}
    for words, place in sorted(phrases.items(), key=lambda item: (-len(item[0]), item[0])):
        by_first.setdefault(words[0], []).append((words, place))
    return _Gazetteer({first: tuple(rows) for first, rows in by_first.items()}, stems)


def _add_demonym(code: str, term: str, phrases: dict[tuple[str, ...], _Place], stems: dict[str, _Place]) -> None:
    words, place = _split(term), _Place(code, "demonym", "?" in term)
    if "=" in term or len(words) > 1:
        phrases[words] = place
        phrases.setdefault((*words[:-1], words[-1] + "s"), place)
    elif words:
        stems[words[0]] = place


def _cldr() -> Iterator[tuple[tuple[str, ...], _Place]]:
    from babel import Locale  # 35 ms, and 70 more for the first locale: only where text is read

    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            words = _split(str(name))
            joined = " ".join(words)
            if not words or joined in _NEVER or (code.isdigit() and code not in ("005", "013", "029", "419")):
                continue
            if len(code) == 2 and code not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
                yield words, _Place(code, "name", joined in _HOMONYMS)


def _split(term: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(term))
