"""Statements that every poll runs: built once, for to build one costs four times what it costs to run it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from inspect import signature
from typing import Any

from sqlalchemy import Executable, bindparam

# What `Connection.execute` takes: a statement, and what is bound to it.
Bound = tuple[Executable, dict[str, Any]]


def prepared(build: Callable[..., Executable]) -> Callable[..., Bound]:
    """`build` makes a statement of placeholders, once; called with values by name, it gives the statement with these.

    A placeholder has the type of the column that it is compared with or set to; given to `in_` it stands for a list.
    """
    statement = cache(lambda: build(**{name: bindparam(f"b_{name}") for name in signature(build).parameters}))

    @wraps(build)
    def bound(**values: Any) -> Bound:
        return statement(), {f"b_{name}": value for name, value in values.items()}

    return bound
