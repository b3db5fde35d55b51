"""Hints → which of them stand, and what they say together (sections.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from aggregator.model import Category, Outlet
from aggregator.normalize.addresses import segments
from aggregator.normalize.hints import FEW_TAGS, HOME, KICKER, LOCAL, Hint
from aggregator.normalize.matcher import Matcher
from aggregator.normalize.places import is_country, within
from aggregator.normalize.scenes import headings_of
from aggregator.text import tokens

_ENOUGH = 0.6
_AMERICAS = "419"
# By kind of evidence and where it stood, the strongest hint: title and summary are one kind, but two places.
Strongest = dict[tuple[str, str], Hint]


def without_guests(hints: Sequence[Hint], home: str | None) -> list[Hint]:
    """A Venezuelan who dies in Madrid is no news of Venezuela: somebody's country counts where no other is named, and the outlet
    is at home in none."""
    places = {hint.value for hint in hints if hint.sure and not hint.guest and hint.is_code}
    countries = {value for value in places if is_country(value)}
    elsewhere = bool(countries) or home is not None
    return [hint for hint in hints if not hint.guest or hint.value in countries or not elsewhere]


def at_home(
    hints: Sequence[Hint], outlet: Outlet, home: str | None, categories: Sequence[Category], url: str | None
) -> list[Hint]:
    """S7: what names no place is about the outlet's country, and so is what stands under a domestic heading; elsewhere it
    only lends support. Nothing under headings of news from abroad."""
    if home is None:
        return []
    headings = set(segments(url)[:-1])
    if len(categories) <= FEW_TAGS:
        headings |= {" ".join(tokens(category.term)) for category in categories}
    if headings & headings_of("abroad"):
        return []
    anywhere = bool(headings & headings_of("anywhere"))
    domestic = not anywhere and bool(headings & headings_of("domestic"))
    # The name of some town without company is somebody's. An edition for another country carries the world's news too,
    # unless it is tagged as that country's.
    sure = _sure(hints)
    named = {hint.value for hint in hints if hint.is_code and (hint.value in sure or not hint.town)}
    tagged = {hint.value for hint in hints if hint.kind == "S2"}
    alone = not anywhere and (not named if home == outlet.country else tagged & named == named == {home})
    elsewhere = any(hint.rule == KICKER and hint.value != home for hint in hints)
    return [Hint("S7", home, "outlet", outlet.id, LOCAL if alone or (domestic and not elsewhere) else HOME)]


def doubtful(hints: Iterable[Hint]) -> frozenset[str]:
    """The countries that homonyms alone speak for."""
    return frozenset({hint.value for hint in hints if not hint.sure}) - {hint.value for hint in hints if hint.sure}


def supported(hints: Sequence[Hint]) -> list[Hint]:
    """Homonyms stay only where something sure, or another of them, names the same country (sections.md §4), and the words for a
    region unless all that is named lies in a region beside it: Honduras has a Caribbean coast. A heading gives way to words for
    more than it."""
    sure = _sure(hints)
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


def _sure(hints: Sequence[Hint]) -> set[str]:
    return {hint.value for hint in hints if hint.sure} | _together(hints)


def _together(hints: Sequence[Hint]) -> set[str]:
    """Of countries that homonyms alone speak for, those that two different ones do, where no other country is named."""
    if any(hint.sure and hint.is_code and hint.kind != "S7" and is_country(hint.value) for hint in hints):
        return set()
    towns: dict[str, set[str]] = {}
    for hint in hints:
        if hint.town:
            towns.setdefault(hint.value, set()).add(hint.raw)
    most = max(map(len, towns.values()), default=0)
    likely = {value for value, names in towns.items() if len(names) == most}
    return likely if most > 1 and len(likely) == 1 else set()


def _beside(region: str, countries: set[str]) -> bool:
    return bool(countries) and countries.isdisjoint(within(region)) and countries <= within(_AMERICAS)


def strongest(hints: Iterable[Hint]) -> dict[str, Strongest]:
    """value → the strongest hint of each kind."""
    found: dict[str, Strongest] = {}
    for hint in hints:
        _keep(found.setdefault(hint.value, {}), hint)
    return found


def per_section(matcher: Matcher, found: dict[str, Strongest], excluded: frozenset[str]) -> dict[str, Strongest]:
    """What speaks for a country speaks for every section that holds it; against what is excluded only the operator counts."""
    sections: dict[str, Strongest] = {}
    for value, kinds in found.items():
        for slug in _slugs(matcher, value, kinds):
            held = sections.setdefault(slug, {})
            for hint in kinds.values():
                if slug not in excluded or hint.kind == "S1":
                    _keep(held, hint)
    return sections


def _slugs(matcher: Matcher, value: str, kinds: Strongest) -> Iterable[str]:
    return matcher.codes.get(value, ()) if next(iter(kinds.values())).is_code else (value,)


def _keep(held: Strongest, hint: Hint) -> None:
    kind = (hint.kind, hint.where)
    if kind not in held or hint.weight > held[kind].weight:
        held[kind] = hint


def accepted(found: dict[str, Strongest]) -> Iterator[tuple[str, list[Hint]]]:
    """The values for which there is enough, with what speaks for them, strongest first."""
    for value in sorted(found):
        hints = found[value].values()
        if prod([1 - hint.weight for hint in hints]) <= 1 - _ENOUGH + 1e-9:
            yield value, sorted(hints, key=_lightness)


def _lightness(hint: Hint) -> float:
    return -hint.weight
