"""A pattern of keys → what stands there in the files, whatever else is wrong around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aggregator.config.tree import Path_, Tree

ANY = "*"  # in a pattern: every key of a map, every number of a list


def found(tree: Tree, *pattern: str) -> Iterator[tuple[Path_, Any]]:
    """Each value at a path like `pattern`, but for those that the models refused."""
    return (one for one in _below(tree.data, (), pattern) if one[0] not in tree.faults)


def words(tree: Tree, *pattern: str) -> Iterator[tuple[Path_, str]]:
    """The texts among `found`, as the models read them; at each place one text or a list of them."""
    for path, value in (*found(tree, *pattern), *found(tree, *pattern, ANY)):
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            yield path, str(value).strip()


def _below(value: Any, path: Path_, pattern: tuple[str, ...]) -> Iterator[tuple[Path_, Any]]:
    if not pattern:
        yield path, value
        return
    step, *rest = pattern
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items()) if step == ANY else [(step, value[step])] if step in value else []
    elif isinstance(value, list) and step == ANY:
        inner = list(enumerate(value))
    for key, part in inner:
        yield from _below(part, (*path, key), tuple(rest))
