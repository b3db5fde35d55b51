"""What stands behind a name of a place → where that is: "Lima, Ohio", "Paris, Ont.", "Filadélfia, no Tocantins"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from aggregator.normalize.gazetteer import Place, rows
from aggregator.normalize.wording import Word
from aggregator.text import fold

_WITHIN = frozenset("in en em no na dans l au".split())
_MOST_WITHIN, _LONGEST_STATE = 2, 3
_BEFORE_TOWNS = frozenset("in near of from outside at en de em desde cerca perto a".split())
_IN_LISTS = frozenset("and or y e o u ou et".split())
# States that are countries too: between commas alone they say where a country's namesake is ("Lebanon, Georgia, votes").
_COUNTRIES_TOO = frozenset({"georgia", "geórgia", "géorgie"})


class State(NamedTuple):
    """A state or province as printed behind a town: an abbreviation has its full stop, a postal code its `capitals`."""

    code: str
    stop: bool
    capitals: bool
    country_too: bool


def state_behind(words: Sequence[Word], start: int, length: int, place: Place) -> tuple[str, int]:
    """(country, how many words say so) where a state of the United States or a province of Canada stands behind a name of a city
    or country; ("", 0) where none does, or where it is one more of a list: "Canada, Mexico, Texas"."""
    at = start + length
    if place.kind not in ("city", "name") or not words[at - 1].comma:
        return "", 0
    skipped = particles(words, at)
    found = _state(words, at + skipped)
    if found is None:
        return "", 0
    state, count = found
    end = at + skipped + count
    if place.kind == "city" or skipped or _is_of_town(words, start, end, state):
        return state.code, skipped + count
    return "", 0


def particles(words: Sequence[Word], at: int) -> int:
    """How many words of "in the", "en", "dans l'" stand here."""
    count = 0
    while count < _MOST_WITHIN and at + count < len(words) and words[at + count].printed in _WITHIN:
        count += 1
    return count


def is_closed(words: Sequence[Word], end: int) -> bool:
    """Whether what ends before `end` is set off by what is behind it."""
    return end >= len(words) or bool(words[end - 1].tail)


def _is_of_town(words: Sequence[Word], start: int, end: int, state: State) -> bool:
    """Whether a name of a country with a state behind it is a town's."""
    listed = end < len(words) and not words[end - 1].comma and words[end].folded in _IN_LISTS
    if listed or (start and words[start - 1].comma and words[start - 1].begins):
        return False
    if state.country_too:
        return words[end - 1].comma
    return is_closed(words, end) or (start > 0 and words[start - 1].folded in _BEFORE_TOWNS)


def _state(words: Sequence[Word], at: int) -> tuple[State, int] | None:
    for count in range(_LONGEST_STATE, 0, -1):
        here = words[at : at + count]
        state = _states().get(" ".join([word.folded for word in here])) if len(here) == count else None
        if state and here[0].printed[0].isupper() and _is_printed_so(here, state):
            return state, count
    return None


def _is_printed_so(here: Sequence[Word], state: State) -> bool:
    if state.capitals:
        return here[0].printed.isupper()
    return not state.stop or here[-1].tail.startswith(".")


@cache
def _states() -> dict[str, State]:
    rows_of = (row[:2] for row in rows("subdivisions.tsv") if row[0] in ("US-", "CA-"))
    return {
        fold(name).replace(".", " ").strip(): State(
            country[:2], name.endswith("."), name.isupper() and "." not in name, name in _COUNTRIES_TOO
        )
        for country, names in rows_of
        for name in names.split("|")
    }
