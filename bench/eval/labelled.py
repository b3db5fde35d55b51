"""Files of labelled lines → objects that have every key an evaluation reads, whatever else their makers wrote into them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# In the keys of an evaluation: must be there, and not be null.
REQUIRED: Any = ...


class LabelledLineError(Exception):
    """A line that cannot be measured: which one, and why."""


def labelled(files: Iterable[Path], keys: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of all files, in order. What is absent or null is as `keys` has it; unknown keys stay."""
    seen: set[str] = set()
    for file in files:
        try:
            # Not splitlines(): JSON may hold U+2028 and its like within a line.
            lines = file.read_text("utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise LabelledLineError(f"{file}: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                whole = _whole(line, keys, f"{file}:{number}")
                # Ids of two files may be the same; a line without one is named by its place.
                whole["id"] = id if (id := str(whole.get("id", ""))) and id not in seen else f"{file}:{number}"
                seen.add(whole["id"])
                yield whole


def _whole(line: str, keys: Mapping[str, Any], place: str) -> dict[str, Any]:
    try:
        stated = json.loads(line)
    except ValueError as error:
        raise LabelledLineError(f"{place}: {error}") from error
    if not isinstance(stated, dict):
        raise LabelledLineError(f"{place}: expected a JSON object")
    given = {key: value for key, value in stated.items() if value is not None}
    if missing := [key for key, value in keys.items() if value is REQUIRED and key not in given]:
        raise LabelledLineError(f"{place}: has no {missing[0]!r}")
    return {**keys, **given}
