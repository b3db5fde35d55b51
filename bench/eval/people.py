"""Pairs of names with what is known of each → how often `dedupe.same_person` decides as labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from aggregator.dedupe.people import Named, Same, same_person
from bench.eval.labelled import REQUIRED
from bench.eval.measures import share

KEYS = {"a": REQUIRED, "b": REQUIRED, "same": REQUIRED, "context": {}, "stratum": "", "why": ""}
_LABELS: dict[Same, bool | str] = {Same.YES: True, Same.NO: False, Same.SUGGEST: "suggest"}


def measure(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`{"accuracy": share, "by": {stratum: share}, "wrong_joins": number}`"""
    by: dict[str, list[bool]] = defaultdict(list)
    wrong_joins = 0
    for line in lines:
        said, _rule = judged(line)
        by[line.get("stratum", "")].append(said == line["same"])
        wrong_joins += said is True and line["same"] is not True
    right = sum(sum(those) for those in by.values())
    return {
        "accuracy": share(right, len(lines)),
        "wrong_joins": wrong_joins,
        "by": {stratum: share(sum(those), len(those)) for stratum, those in sorted(by.items())},
    }


def errors(lines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """A line for each pair that is judged otherwise than labelled."""
    for line in lines:
        said, rule = judged(line)
        if said != line["same"]:
            yield f"{said} ({rule}), labelled {line['same']}: {line['a']} | {line['b']} | {line.get('why', '')}"


def judged(line: dict[str, Any]) -> tuple[bool | str, str]:
    """The service's own answer, in the words of the labels, and its rule."""
    context = line.get("context") or {}
    judgement = same_person(
        _named(line["a"]),
        _named(line["b"]),
        outlet_names=context.get("outlet_names") or (),
        days_apart=context.get("gap_days", 0 if context.get("overlap_days") else None),
    )
    return _LABELS[judgement.same], judgement.rule


def _named(one: dict[str, Any]) -> Named:
    same_as = one.get("sameAs") or ()
    return Named(
        name=one["name"],
        outlet=one.get("outlet") or "",
        url=one.get("url") or None,
        same_as=(same_as,) if isinstance(same_as, str) else tuple(same_as),
        email=one.get("email") or None,
    )
