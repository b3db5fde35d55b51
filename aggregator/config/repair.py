"""Data that the models refuse → the same with a stand-in for each fault, so that the checks that come later say theirs too.

The result is for finding further problems alone; it never becomes a configuration.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aggregator.config.tree import Path_

M = TypeVar("M", bound=BaseModel)

_PASSES = 4
# What a thing cannot be without; a channel can when it is removed.
_STAND_INS: dict[str, dict[str, Any]] = {
    "outlets": {"title": "?", "url": "https://stand-in.invalid/"},
    "sections": {"title": "?"},
    "authors": {"name": "?"},
    "channels": {"removed": True},
}


def repaired(model: type[M], data: dict[str, Any]) -> M | None:
    """`data` as a model, without what is wrong in it; None where that is beyond repair."""
    data = copy.deepcopy(data)
    for _ in range(_PASSES):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for details in error.errors(include_url=False, include_input=False):
                _mend(data, _existing(data, details["loc"]), missing=details["type"] == "missing")
    return None


def _existing(data: Any, loc: tuple[int | str, ...]) -> Path_:
    """The part of pydantic's `loc` that is there in `data`."""
    path: Path_ = ()
    for part in loc:
        here = data
        if isinstance(here, dict) and part in here:
            data = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            data = here[part]
        else:
            continue
        path = (*path, part)
    return path


def _mend(data: dict[str, Any], path: Path_, *, missing: bool) -> None:
    """Give a thing what it lacks; drop any other value that is wrong, with the list it is in."""
    kind = str(path[0]) if path else ""
    if len(path) == 4 and path[2] == "sources" and isinstance(path[3], int):
        data[kind][path[1]]["sources"][path[3]] = _source(path)
    elif len(path) == 5 and path[4] == "url" and path[2] == "sources":
        data[kind][path[1]]["sources"][path[3]]["url"] = _source(path)["url"]
    elif len(path) == 2 and kind in _STAND_INS:
        whole = data[kind][path[1]]
        kept = whole if missing and isinstance(whole, dict) else {}
        data[kind][path[1]] = _STAND_INS[kind] | kept
    elif len(path) == 3 and path[2] in _STAND_INS.get(kind, ()):
        data[kind][path[1]][path[2]] = _STAND_INS[kind][str(path[2])]
    elif path:
        _drop(data, path)


def _source(path: Path_) -> dict[str, Any]:
    return {"url": f"https://stand-in.invalid/{path[1]}/{path[3]}", "id": f"stand-in-{path[3]}"}


def _drop(data: Any, path: Path_) -> None:
    while path and isinstance(path[-1], int):
        path = path[:-1]
    for part in path[:-1]:
        if not isinstance(data, (dict, list)):
            return
        data = data[part]  # type: ignore[index]
    if isinstance(data, dict):
        data.pop(path[-1], None)
