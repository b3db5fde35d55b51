"""Words → the countries and regions that they name: countries, cities, demonyms, and who acts for them, in en, es, pt and fr."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from aggregator.normalize.gazetteer import Beginning, Place, beginning, gazetteer, rows, within
from aggregator.normalize.names import is_given
from aggregator.text import fold

__all__ = ["Mention", "Text", "Word", "is_country", "mentions", "named", "titled", "within", "words_of"]
_TOKEN = re.compile(r"[^\W_]+,?")


_PARTICLES = frozenset("de del la las los el y e i da do das dos du des of the and et en au aux a".split())


class Word(NamedTuple):
    """A word as printed and folded; `comma` says whether one follows, `begins` which names may begin here."""

    printed: str
    folded: str
    comma: bool = False
    begins: Beginning | None = None


class Text(NamedTuple):
    """Words in order, and folded once for all who look for phrases in them."""

    words: tuple[Word, ...]
    folded: tuple[str, ...]

    @classmethod
    def of(cls, words: tuple[Word, ...]) -> Text:
        return cls(words, tuple([word.folded for word in words]))


class Mention(NamedTuple):
    """`code` is ISO 3166 or UN M49; `kind` is name | city | actor | demonym | origin | region, where `origin` is a people
    that somebody comes from; `start` and `length` count words; `others` are the codes of its namesakes."""

    code: str
    kind: str
    ambiguous: bool
    raw: str
    start: int
    length: int
    others: tuple[str, ...] = ()


def words_of(text: str, most: int = -1) -> tuple[Word, ...]:
    """The words of plain text, in order; of at most so many stretches between spaces."""
    chunks = text.split(None, most)
    return tuple([word for chunk in (chunks if most < 0 else chunks[:most]) for word in _words(chunk)])


@lru_cache(maxsize=65_536)
def _words(chunk: str) -> tuple[Word, ...]:
    """News repeats its words: to fold each and look it up once is most of the work."""
    return tuple([_word(printed) for printed in _TOKEN.findall(chunk)])


def _word(printed: str) -> Word:
    bare = printed.rstrip(",")
    folded = fold(bare)
    return Word(bare, folded, bare != printed, beginning(folded))


@lru_cache(maxsize=65_536)
def titled(folded: str) -> Word:
    """A word of an address, as a headline in capitals would have it."""
    return Word(folded.title(), folded, begins=beginning(folded))


def mentions(words: Sequence[Word]) -> list[Mention]:
    """Longest match first, left to right; names of places must be capitalised, demonyms need not be."""
    found: list[Mention] = []
    for mention in _found(words):
        # "Lima, Ohio": the second says where the first is.
        if (
            found
            and found[-1].kind == "city"
            and mention.code != found[-1].code
            and _located(words, found[-1], mention)
        ):
            found.pop()
        found.append(mention)
    return found


def _located(words: Sequence[Word], city: Mention, by: Mention) -> bool:
    end = city.start + city.length
    return by.start == end and words[end - 1].comma and by.kind in ("name", "city") and not by.code.isdigit()


def _found(words: Sequence[Word]) -> Iterator[Mention]:
    free = 0
    for at in [at for at, word in enumerate(words) if word.begins]:
        begins = words[at].begins
        if at < free or not begins:
            continue
        length, place = _longest(words, at, begins)
        if place and place.code:
            yield _mention(words, at, length, place)
        free = at + length


def _longest(words: Sequence[Word], at: int, begins: Beginning) -> tuple[int, Place | None]:
    """How many words name what."""
    if begins.longer and at + 1 < len(words):
        for count in begins.longer.get(words[at + 1].folded, ()):
            here = words[at : at + count]
            place = gazetteer().phrases.get(tuple([word.folded for word in here])) if len(here) == count else None
            if place and (not place.code or _printed_as_name(here, place)):
                return count, place
    alone = begins.alone
    if alone and (not alone.code or _printed_as_name(words[at : at + 1], alone)):
        return 1, alone
    return 1, begins.people


def _mention(words: Sequence[Word], at: int, length: int, place: Place) -> Mention:
    raw = " ".join(word.printed for word in words[at : at + length])
    found = Mention(place.code, place.kind, place.ambiguous, raw, at, length, place.others)
    if place.kind == "demonym" and any(
        word.folded in _trades() for word in (*words[max(at - 1, 0) : at], *words[at + length : at + length + 1])
    ):
        return found._replace(kind="origin")
    if place.kind == "city" and length == 1 and at and _is_first_name(words[at - 1]):
        return found._replace(ambiguous=True)  # "Esteban Santiago"
    return found


def _is_first_name(word: Word) -> bool:
    """Or the `De` of a surname."""
    named = is_given(word.folded) or word.printed in ("De", "Da", "Dos", "Di")
    return word.printed[:1].isupper() and not word.comma and named


@lru_cache(maxsize=16_384)
def named(label: str, kinds: tuple[str, ...] = ("name", "region")) -> str | None:
    """The code that a whole label (a category, a segment of a path) names, if that is all it says and it is no homonym."""
    words = [Word(word.upper(), word, begins=beginning(word)) for word in fold(label).split()[:6]]
    found = mentions(words)
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
