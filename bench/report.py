"""Figures → a table for people or JSON for machines."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row: what was done, and each measure by its name with its unit (`sources/s`, `ms p95`)."""

    what: str
    measures: Mapping[str, float | int | str]


def show(name: str, figures: Sequence[Figure], *, as_json: bool) -> None:
    """Print the figures of benchmark `name`."""
    if as_json:
        print(json.dumps([{"bench": name, "what": one.what, **one.measures} for one in figures], indent=1))
        return
    print(f"\n{name}")
    for one in figures:
        print(f"  {one.what}")
        for measure, value in one.measures.items():
            print(f"    {_number(value):>12}  {measure}" if not isinstance(value, str) else f"    {measure}: {value}")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def spread(seconds: Sequence[float]) -> dict[str, float | int]:
    """Latencies as milliseconds: median, 95th percentile, worst."""
    ordered = sorted(one * 1000 for one in seconds)
    return {
        "ms median": round(statistics.median(ordered), 2),
        "ms p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "ms worst": round(ordered[-1], 2),
    }
