"""An environment → the values in it that are settings, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings

from aggregator.errors import Problem

Origins = dict[str, str]
PREFIX = "AGGREGATOR_"
# What many platforms set for the one database of a container; ours goes before it.
_ALSO = {"database_url": "DATABASE_URL"}


def collect(
    environment: Mapping[str, str], settings: type[BaseSettings]
) -> tuple[dict[str, Any], Origins, list[Problem]]:
    """Values by field, their origins, and what is wrong: a file that cannot be read, or a value given twice.

    A variable that is there and empty counts as unset, as `docker compose` passes `${X:-}` on.
    """
    values: dict[str, Any] = {}
    origins: Origins = {}
    problems: list[Problem] = []
    for field in settings.model_fields:
        names = [f"{PREFIX}{field.upper()}", *([_ALSO[field]] if field in _ALSO else [])]
        for name in names:
            direct, file = environment.get(name), environment.get(f"{name}_FILE")
            if direct and file:
                problems.append(_wrong(f"{name}_FILE", f"expected one of {name} and {name}_FILE, not both"))
            elif direct:
                values[field], origins[field] = direct, f"environment {name}"
            elif file:
                try:
                    values[field] = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
                    origins[field] = f"file {name}_FILE"
                except (OSError, ValueError) as error:
                    reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
                    problems.append(_wrong(f"{name}_FILE", f"expected a file that can be read, not {file} ({reason})"))
            if direct or file:
                break
    return values, origins, problems


def _wrong(key: str, expected: str) -> Problem:
    return Problem(file="environment", line=0, column=0, key=key, expected=expected)
