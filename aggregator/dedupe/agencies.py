"""A printed name → the agency that it means in every outlet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from aggregator.text import fold, one_line


def agency(name: str) -> str | None:
    """The identifier of an agency; None for whatever may be one outlet's own."""
    return _agencies().get(one_line(fold(name)).strip(" ."))


def agency_names() -> frozenset[str]:
    """All names of agencies, folded."""
    return frozenset(_agencies())


@cache
def _agencies() -> dict[str, str]:
    text = files("aggregator.dedupe.data").joinpath("agencies.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {fold(name): id for id, names in rows for name in names.split("|")}
