"""Words → the countries and regions that they name: countries, cities, demonyms, and who acts for them, in en, es, pt and fr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from aggregator.normalize.gazetteer import Beginning, Place, beginning, gazetteer, within
from aggregator.normalize.locating import is_closed, particles, state_behind
from aggregator.normalize.names import is_given
from aggregator.normalize.peoples import is_namesake, is_somebody, is_state, trades
from aggregator.normalize.wording import Text, Word, titled, words_of
from aggregator.text import fold

__all__ = ["Mention", "Text", "Word", "is_country", "mentions", "named", "only", "titled", "within", "words_of"]
_STREETS = frozenset(
    "avenida av avda calle rua rue jiron pasaje bulevar boulevard plaza praca colegio escuela escola liceo hotel edificio cine "
    "teatro barrio bairro colonia urbanizacion parque hospital clinica metro".split()
)
_ROADS = frozenset("Street Avenue Road Lane Boulevard".split())
# "Paso Canoas" is not Canoas.
_BEGINNINGS = frozenset(
    "paso puerto puente villa san santa santo sao monte cerro valle vale rio punta isla laguna loma rancho pozo campo barra "
    "porto ponte morro lago fort port mount lake saint st nueva nuevo nova novo alto".split()
)
_PARTICLES = frozenset("de del la las los le les el y e i da do das dos du des of the and et en au aux a".split())


class Mention(NamedTuple):
    """`code` is ISO 3166 or UN M49; `kind` is name | city | actor | demonym | origin | guest | region, where `origin` is a people
    that somebody comes from, and `guest` one of them, who may be elsewhere; `start` and `length` count words; `others` are the
    codes of its namesakes."""

    code: str
    kind: str
    ambiguous: bool
    raw: str
    start: int
    length: int
    others: tuple[str, ...] = ()


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
    """Behind a comma: "Lima, Ohio", and "Filadélfia, no Tocantins," where it is set off."""
    end = city.start + city.length
    if not words[end - 1].comma or by.kind not in ("name", "city") or by.code.isdigit():
        return False
    return by.start == end or (by.start == end + particles(words, end) and is_closed(words, by.start + by.length))


def _found(words: Sequence[Word]) -> Iterator[Mention]:
    free = 0
    for at in [at for at, word in enumerate(words) if word.begins]:
        begins = words[at].begins
        if at < free or not begins:
            continue
        length, place = _longest(words, at, begins)
        if place and place.code and not (_is_address(words, at, length, place) or is_namesake(words, at, length)):
            country, more = state_behind(words, at, length, place)
            yield _mention(words, at, length, Place(country, "city", False) if country else place)
            length += more
        free = at + length


def _is_address(words: Sequence[Word], at: int, length: int, place: Place) -> bool:
    """ "avenida Colombia", "calle República de Perú", "Peru Street terrace": streets and schools named after places."""
    if place.kind not in ("city", "name", "demonym") or not words[at].printed[0].isupper():
        return False
    before = [word.folded for word in words[max(at - 3, 0) : at]]
    if before[-2:-1] == ["republica"] or before[-1:] == ["republica"]:
        before = before[: before.index("republica")]
    if before and before[-1] in _STREETS:
        return True
    behind = words[at + length : at + length + 2]
    return bool(behind) and behind[0].printed in _ROADS and not any(word.printed[0].isupper() for word in behind[1:])


def _longest(words: Sequence[Word], at: int, begins: Beginning) -> tuple[int, Place | None]:
    """How many words name what."""
    if begins.longer and at + 1 < len(words):
        for count in begins.longer.get(words[at + 1].folded, ()):
            here = words[at : at + count]
            place = gazetteer().phrases.get(tuple([word.folded for word in here])) if len(here) == count else None
            if place and _printed_as_name(here, place):
                return count, place
    alone = begins.alone
    if alone and _printed_as_name(words[at : at + 1], alone):
        return 1, alone
    return 1, begins.people


def _mention(words: Sequence[Word], at: int, length: int, place: Place) -> Mention:
    here = words[at : at + length]
    found = Mention(
        place.code, place.kind, place.ambiguous, " ".join([word.printed for word in here]), at, length, place.others
    )
    begins = here[0].begins
    people = place.kind == "demonym" or (length == 1 and begins is not None and begins.names_people)
    beside = {word.folded for word in _beside(words, at, length)}
    if (people and not beside.isdisjoint(trades())) or "born" in beside:
        return found._replace(kind="origin")
    if place.kind == "demonym" and is_somebody(words, at, length):
        return found._replace(kind="guest")
    if place.kind == "city" and length == 1 and at and _is_part_of_name(words, at - 1):
        return found._replace(ambiguous=True)  # "Esteban Santiago"
    if place.kind == "name" and place.ambiguous and is_state(words, at, length):
        return found._replace(ambiguous=False)
    return found


def _beside(words: Sequence[Word], at: int, length: int) -> Sequence[Word]:
    return (*words[max(at - 1, 0) : at], *words[at + length : at + length + 1])


def _is_part_of_name(words: Sequence[Word], at: int) -> bool:
    """Behind a given name, the `De` of a surname, both ("Leila de Lima"), or what longer names of places begin with."""
    word = words[at]
    if word.printed in ("de", "da", "do", "di") and at:
        word = words[at - 1]
        return word.printed[:1].isupper() and is_given(word.folded)
    named = is_given(word.folded) or word.folded in _BEGINNINGS or word.printed in ("De", "Da", "Dos", "Di")
    return word.printed[:1].isupper() and not word.comma and named


def named(label: str, kinds: tuple[str, ...] = ("name", "region")) -> str | None:
    """The code that a whole label (a category, a segment of a path) names, if that is all it says and it is no homonym."""
    mention = only(label)
    return mention.code if mention and mention.kind in kinds and not mention.ambiguous else None


@lru_cache(maxsize=32_768)
def only(label: str) -> Mention | None:
    """What a whole label names, whatever its capitals, if that is all it says."""
    folded = fold(label).split()
    words = [Word(word.upper(), word, begins=beginning(word)) for word in folded[:6]]
    found = mentions(words)
    return found[0] if len(found) == 1 and found[0].length == len(folded) else None


def is_country(code: str) -> bool:
    return not code.isdigit()


def _printed_as_name(here: Sequence[Word], place: Place) -> bool:
    if not place.needs_capital:
        return True
    if place.capitals:
        return all(word.printed.isupper() for word in here)
    # "El Salvador" is a country, "el salvador" and "El salvador de la tarde" are not; "Río de la Plata" has its particles,
    # "République dominicaine" its adjective.
    first, *more = here
    small = len(here) > 2 or not any(word.printed[0].islower() and not _is_small(word) for word in more)
    return small and not first.printed[0].islower()


def _is_small(word: Word) -> bool:
    return word.folded in _PARTICLES or (word.begins is not None and word.begins.names_people)
