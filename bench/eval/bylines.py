"""Printed bylines → how often `normalize.split_byline` names exactly the labelled authors, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from aggregator.model import Credit
from aggregator.normalize import split_byline
from bench.eval.labelled import REQUIRED
from bench.eval.measures import share

KEYS = {"byline": "", "authors": REQUIRED, "lang": "", "outlet": "", "stratum": ""}


def measure(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`{"exact": share, "by": {stratum: share}}`: (name, kind) of each; beside it those with role and place right too."""
    by: dict[str, list[bool]] = defaultdict(list)
    by_language: dict[str, list[bool]] = defaultdict(list)
    roles = places = 0
    for line in lines:
        said = credited(line)
        right = _names(said) == _labelled(line)
        by[line.get("stratum", "")].append(right)
        by_language[line.get("lang", "")].append(right)
        roles += right and [one.role or "" for one in said] == [one.get("role") or "" for one in line["authors"]]
        places += right and [one.place or "" for one in said] == [one.get("place") or "" for one in line["authors"]]
    return {
        "exact": share(sum(sum(those) for those in by.values()), len(lines)),
        "with_roles": share(roles, len(lines)),
        "with_places": share(places, len(lines)),
        "by": {name: share(sum(those), len(those)) for name, those in sorted(by.items())},
        "by_language": {name: share(sum(those), len(those)) for name, those in sorted(by_language.items())},
    }


def errors(lines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """A line for each byline that is read otherwise than labelled."""
    for line in lines:
        said = _names(credited(line))
        if said != _labelled(line):
            yield f"{line['byline']!r} ({line.get('outlet', '')}, {line.get('lang', '')}): {said}, labelled {_labelled(line)}"


def credited(line: dict[str, Any]) -> tuple[Credit, ...]:
    """The service's own answer."""
    language = None if line.get("lang") in (None, "", "und") else line["lang"]
    return split_byline(line["byline"], outlet_title=line.get("outlet") or "", language=language)


def _names(said: Iterable[Credit]) -> list[tuple[str, str]]:
    return [(credit.name, credit.kind) for credit in said]


def _labelled(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["name"], one["kind"]) for one in line["authors"]]
