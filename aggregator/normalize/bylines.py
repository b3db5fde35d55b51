"""Bylines as printed → credits: each person, organisation and desk once, in order, with role and place (authors.md §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from aggregator.model import Byline, Credit
from aggregator.normalize.byline_cleaning import LONGEST, cleaned
from aggregator.normalize.byline_parts import SUFFIX, Part, parts_of
from aggregator.normalize.byline_scripts import with_semicolons
from aggregator.normalize.byline_tidying import tidied
from aggregator.normalize.contacts import holds_address
from aggregator.normalize.names import is_own, kind_of, spelled
from aggregator.normalize.titles import plain
from aggregator.text import fold, fold_name, one_line, tokens

_MOST = 30
_EDGES = ' ,;:-–—/"“”«»‹›'
_ROLES = {
    "photographer": "photographer",
    "fotografo": "photographer",
    "illustrator": "illustrator",
    "ilustrador": "illustrator",
    "video": "video",
    "editor": "editor",
}


def credits_of(
    bylines: Iterable[Byline],
    *,
    outlet_title: str,
    language: str | None,
    known: Mapping[str, str],
    parted: bool = False,
) -> tuple[Credit, ...]:
    """All credits of an entry's bylines; a link stays with a byline that names one. `known` are folded configured names and
    aliases with their kind: such a line is one name, whatever stands in it, and so is each where they were `parted` before."""
    found: dict[str, Credit] = {}
    for byline in bylines:
        printed = one_line(plain(byline.name[:LONGEST]))
        kind = known.get(" ".join(tokens(printed))) or (kind_of(printed, outlet_title) if parted else None)
        if kind and printed:
            named: tuple[Credit, ...] = (Credit(name=cleaned(printed) or printed, kind=kind),)
        else:
            named = split_byline(byline.name, outlet_title=outlet_title, language=language)
        for credit in named:
            found.setdefault(fold_name(credit.name), _traced(credit, byline, printed) if len(named) == 1 else credit)
    return tuple(found.values())[:_MOST]


def _traced(credit: Credit, byline: Byline, printed: str) -> Credit:
    """With the author's page, portrait and address, and the line as printed: an alias may be written for that."""
    names = (fold(printed),) if fold(printed) != fold(credit.name) else ()
    url = None if byline.url and holds_address(byline.url) else byline.url
    return replace(credit, url=url, image=byline.image, email=byline.email, names=names)


@lru_cache(maxsize=4_096)  # a newsroom's people sign every day
def split_byline(raw: str, *, outlet_title: str = "", language: str | None = None) -> tuple[Credit, ...]:
    """Whom a printed line names. Nothing for an e-mail alone, a placeholder, or how a picture was obtained."""
    text = cleaned(raw)
    text = text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text
    if not text:
        return ()
    whole = _is_one_name(text, outlet_title)
    found: dict[tuple[str, str], Credit] = {}
    line = text if whole else with_semicolons(tidied(text, outlet_title), language)
    for part in (Part(text=text),) if whole else parts_of(line, outlet_title, language):
        credit = _credit(part, outlet_title, language)
        if credit:
            found.setdefault((fold_name(credit.name), credit.kind), credit)
    return _without_own(tuple(found.values()), outlet_title, text)


def _is_one_name(text: str, outlet: str) -> bool:
    """Names that hold separators: the outlet's own, "Staff and agencies"."""
    return (
        is_own(text, outlet) or fold(text) == fold(outlet) or fold(text) in ("staff and agencies", "staff and agency")
    )


def _credit(part: Part, outlet: str, language: str | None) -> Credit | None:
    text = _trimmed(part.text)
    kind = "person" if part.handle and text else kind_of(text, outlet)
    if kind is None:
        return None
    name = text if part.handle else spelled(text, outlet, language)
    if kind == "desk":
        name = name[:1].upper() + name[1:]
    role = _ROLES.get(fold(part.role), part.role) if part.role else None
    return Credit(name=name, kind=kind, role=role, place=part.place) if name else None


def _trimmed(text: str) -> str:
    """Without the line's punctuation; the full stop of an initial or of `Jr.` belongs to the name."""
    text = text.strip(_EDGES)
    last = text.split()[-1] if text.split() else ""
    return text if SUFFIX.match(last) or re.search(r"(?:^|[\s.])\w\.$", text) else text.rstrip(" .").strip(_EDGES)


def _without_own(found: tuple[Credit, ...], outlet: str, text: str) -> tuple[Credit, ...]:
    """The outlet beside a person says nothing, unless it is named as another author: "The Times and Mason Trinca"."""
    if not any(credit.kind == "person" for credit in found):
        return found
    first = found[0]
    if is_own(first.name, outlet) and re.match(rf"{re.escape(first.name)}\s+(?:and|y|e|et)\s", text, re.I):
        return found
    return tuple(credit for credit in found if credit.kind != "organisation" or not is_own(credit.name, outlet))
