"""What pydantic refused → problems in our words, each at its line and column."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Union

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.nearest import did_you_mean
from aggregator.config.tree import Path_, Place, Tree, dotted
from aggregator.errors import Problem

_SENTENCES = {
    "missing": "is required",
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "dict_type": "expected a map of ids",
    "mapping_type": "expected a map of keys",
    "model_type": "expected a map of keys",
    "model_attributes_type": "expected a map of keys",
    "list_type": "expected a list, such as [a, b]",
    "tuple_type": "expected a list, such as [a, b]",
}


def problem(place: Place, key: str, expected: str, *, warning: bool = False) -> Problem:
    """One thing wrong (or, as a `warning`, doubtful) at `place`."""
    return Problem(file=place.file, line=place.line, column=place.column, key=key, expected=expected, warning=warning)


def complain_of(error: ValidationError, tree: Tree, model: type[BaseModel]) -> None:
    """Add every error of `error` to the tree, where it stands in the files; nothing more is concluded from such a value."""
    for details in error.errors(include_url=False, include_input=True):
        path = _without_tags(details["loc"], tree)
        tree.faults.add(path)
        tree.problems.append(_problem(details, path, tree, model))
        if details["loc"][-1:] == ("[key]",):
            tree.unread.append(str(path[-1]))
        elif _may_define(path, details):
            tree.unread.append(tree.written(path))


def _may_define(path: Path_, details: ErrorDetails) -> bool:
    """Whether the refused value may hold names of ours: an unknown key, what should be a map or a list of them, an id."""
    if details["type"] == "extra_forbidden" or path[-1] == "id":
        return True
    return len(path) <= 4 and not isinstance(details["input"], dict)


def _problem(details: ErrorDetails, path: Path_, tree: Tree, model: type[BaseModel]) -> Problem:
    if details["type"] == "extra_forbidden":
        known = known_keys(model, path[:-1])
        hint = did_you_mean(str(path[-1]), known) or f"; known are {', '.join(known)}"
        return problem(tree.key_place(path), dotted(path), f"unknown key{hint}")
    if details["loc"][-1:] == ("[key]",):
        return problem(tree.key_place(path), dotted(path), details["msg"])
    return problem(_place(path, details["type"], tree), dotted(path), _sentence(details))


def _place(path: Path_, kind: str, tree: Tree) -> Place:
    """Of what lacks a key, its own name: that is where to add it."""
    if kind == "missing":
        return tree.keys.get(path[:-1]) or tree.place(path[:-1])
    if len(path) == 2 and path[0] not in ("site", "defaults"):
        return tree.key_place(path)
    return tree.place(path)


def _without_tags(loc: tuple[int | str, ...], tree: Tree) -> Path_:
    """pydantic's `loc` without the names of union members and `[key]`, which stand in no file."""
    path: Path_ = ()
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if part == "[key]" or (isinstance(part, str) and part.startswith("literal[")) or part == "PreferModel":
            continue
        if last or (*path, part) in tree.values or (*path, part) in tree.keys:
            path = (*path, part)
    return path if path in tree.values or path in tree.keys or not path else _trimmed(path, tree)


def _trimmed(path: Path_, tree: Tree) -> Path_:
    """A missing key keeps its name; what only a shorthand implies (`every: 5x` is its min and max) is its parent."""
    parent = tree.values.get(path[:-1])
    if parent and path[-1:] in (("min",), ("max",)) and path[:-1][-1:] == ("every",):
        return path[:-1]
    return path


def _sentence(details: ErrorDetails) -> str:
    context: Mapping[str, Any] = details.get("ctx") or {}
    kind = details["type"]
    if kind == "literal_error":
        words = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
        return f"expected one of {', '.join(words)}{did_you_mean(str(details['input']), words)}"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "at least" if kind == "greater_than_equal" else "at most"
        return f"expected a number of {bound} {context.get('ge', context.get('le'))}"
    if kind == "too_short":
        return "expected a list with something in it"
    return _SENTENCES.get(kind) or details["msg"]


def known_keys(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys that may stand at `path` of the files."""
    here: Any = model
    for part in path:
        here = _step(here, part)
    here = _model_in(here)
    return list(here.model_fields) if here else []


def _step(annotation: Any, part: str | int) -> Any:
    if inner := _model_in(annotation):
        field = inner.model_fields.get(str(part))
        return field.annotation if field else None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is dict:
        return arguments[1]
    return arguments[0] if origin is tuple else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that `annotation` is, or wraps by Annotated or a union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (Annotated, Union, types.UnionType):
        return next(filter(None, map(_model_in, typing.get_args(annotation))), None)
    return None
