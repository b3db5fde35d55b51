"""Words → the countries and regions that they name: countries, cities, demonyms, and who acts for them, in en, es, pt and fr."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from aggregator.normalize.gazetteer import Place, beginning, gazetteer, rows, within
from aggregator.normalize.names import is_given
from aggregator.text import fold

__all__ = ["Mention", "Word", "is_country", "mentions", "named", "within", "words_of"]
_TOKEN = re.compile(r"[^\W_]+,?")


_PARTICLES = frozenset("de del la las los el y e i da do das dos du des of the and et en au aux a".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as printed and folded; `comma` says whether one follows."""

    printed: str
    folded: str
    comma: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """`code` is ISO 3166 or UN M49; `kind` is name | city | actor | demonym | origin | region, where `origin` is a people
    that somebody comes from; `start` and `length` count words; `others` are the codes of its namesakes."""

    code: str
    kind: str
    ambiguous: bool
    raw: str
    start: int
    length: int
    others: tuple[str, ...] = ()


def words_of(text: str) -> tuple[Word, ...]:
    """The words of plain text, in order."""
    return tuple(_word(word) for word in _TOKEN.findall(text))


@lru_cache(maxsize=32_768)
def _word(printed: str) -> Word:
    """News repeats its words: folding each once is a third of the time."""
    bare = printed.rstrip(",")
    return Word(printed=bare, folded=fold(bare), comma=bare != printed)


def mentions(words: Sequence[Word]) -> Iterator[Mention]:
    """Longest match first, left to right; names of places must be capitalised, demonyms need not be."""
    last: Mention | None = None
    for mention in _found(words):
        # "Lima, Ohio": the second says where the first is.
        if last and not (last.kind == "city" and mention.code != last.code and _located(words, last, mention)):
            yield last
        last = mention
    if last:
        yield last


def _located(words: Sequence[Word], city: Mention, by: Mention) -> bool:
    end = city.start + city.length
    return by.start == end and words[end - 1].comma and by.kind in ("name", "city") and not by.code.isdigit()


def _found(words: Sequence[Word]) -> Iterator[Mention]:
    phrases = gazetteer().phrases
    folded = [word.folded for word in words]
    at, end = 0, len(folded)
    while at < end:
        lengths, people = beginning(folded[at])
        length, place = 1, None
        for count in lengths:
            if at + count > end:
                continue
            place = phrases.get(tuple(folded[at : at + count]))
            if place and (not place.code or _printed_as_name(words[at : at + count], place)):
                length = count
                break
            place = None
        place = place or people
        if place and place.code:
            yield _mention(words, at, length, place)
        at += length


def _mention(words: Sequence[Word], at: int, length: int, place: Place) -> Mention:
    raw = " ".join(word.printed for word in words[at : at + length])
    found = Mention(
        code=place.code,
        kind=place.kind,
        ambiguous=place.ambiguous,
        raw=raw,
        start=at,
        length=length,
        others=place.others,
    )
    if place.kind == "demonym" and any(
        word.folded in _trades() for word in (*words[max(at - 1, 0) : at], *words[at + length : at + length + 1])
    ):
        return replace(found, kind="origin")
    if place.kind == "city" and length == 1 and at and _is_first_name(words[at - 1]):
        return replace(found, ambiguous=True)  # "Esteban Santiago"
    return found


def _is_first_name(word: Word) -> bool:
    """Or the `De` of a surname."""
    named = is_given(word.folded) or word.printed in ("De", "Da", "Dos", "Di")
    return word.printed[:1].isupper() and not word.comma and named


@lru_cache(maxsize=16_384)
def named(label: str, kinds: tuple[str, ...] = ("name", "region")) -> str | None:
    """The code that a whole label (a category, a segment of a path) names, if that is all it says and it is no homonym."""
    words = tuple(Word(printed=word.upper(), folded=word) for word in fold(label).split()[:6])
    found = list(mentions(words))
    if len(found) != 1 or found[0].kind not in kinds or found[0].ambiguous:
        return None
    return found[0].code if found[0].length == len(fold(label).split()) else None


def is_country(code: str) -> bool:
    return not code.isdigit()


def _printed_as_name(here: Sequence[Word], place: Place) -> bool:
    if place.kind in ("demonym", "region"):
        return True
    if place.capitals:
        return all(word.printed.isupper() for word in here)
    # "El Salvador" is a country, "el salvador" and "El salvador de la tarde" are not; "Río de la Plata" has its particles.
    return not any(word.printed[0].islower() for word in here if word is here[0] or word.folded not in _PARTICLES)


@cache
def _trades() -> frozenset[str]:
    """What somebody is by trade: a nationality beside it says where they come from, not where it happened."""
    return frozenset(word for (line,) in rows("trades.txt") for word in line.split())
