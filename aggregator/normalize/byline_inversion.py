"""Names with the surname first, as a list of pieces between commas → the names as they are spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.normalize.byline_roles import ROLE
from aggregator.normalize.byline_tidying import is_place
from aggregator.normalize.names import is_given, is_own, kind_of, known_organisation
from aggregator.text import fold

_INITIALS = re.compile(r"^(?:[^\W\d_]\.?|[^\W\d_]{2}\.)(?:[\s\-]?(?:[^\W\d_](?:\.|$|(?=[\s\-]))|[^\W\d_]{2}\.)){0,3}$")
_ARTICLES = ("le", "la", "el", "les", "the")


def is_surname_first(pieces: list[str], outlet: str) -> bool:
    """`Apellido, Nombre`, once or for all of a list: each second piece is initials, or given names behind a lone surname."""
    if not pieces or len(pieces) % 2:
        return False
    return all(_is_pair(first, second, outlet) for first, second in zip(pieces[::2], pieces[1::2], strict=True))


def _is_pair(surname: str, given: str, outlet: str) -> bool:
    name = given.partition("‹")[0].strip()
    if fold(name) in _ARTICLES or fold(surname) in ("agence", "agencia"):
        return True
    if _INITIALS.match(name) and not known_organisation(fold(name)):
        return True
    if (
        is_place(surname)
        or ROLE.match(given)
        or known_organisation(fold(surname))
        or is_own(surname, outlet)
        or is_own(name, outlet)
    ):
        return False
    words = name.split()
    if len(surname.split()) == 1:
        return len(words) <= 2 and (is_given(words[0]) or kind_of(name, outlet) != "organisation" or len(words) == 1)
    return len(words) == 1 and is_given(name)


def given_first(pieces: list[str]) -> Iterator[str]:
    for surname, given in zip(pieces[::2], pieces[1::2], strict=True):
        name, marker, role = given.partition("‹")
        name = name.strip()
        if fold(surname) in ("agence", "agencia"):
            yield name
            continue
        if _INITIALS.match(name) and name.islower():  # "jiang, x.": the printer's small letters
            name = name.upper()
        if "." not in surname and " " not in surname:  # "de Leon" is printed as it should be
            surname = surname[:1].upper() + surname[1:]
        yield f"{name} {surname}" + (f" {marker}{role}" if marker else "")
