"""JSON and a JSON Schema (the part of draft 7 that JSON Feed's uses) → what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "boolean": bool,
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Each fault with its path."""
    if reference := schema.get("$ref"):
        yield from faults(value, _resolved(reference, root), root, at)
    if (wanted := schema.get("type")) and not isinstance(value, TYPES[wanted]):
        yield f"{at}: not {wanted}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    for part in schema.get("allOf", ()):
        yield from faults(value, part, root, at)
    if "anyOf" in schema and all(any(True for _ in faults(value, part, root, at)) for part in schema["anyOf"]):
        yield f"{at}: none of anyOf"
    if isinstance(value, dict):
        yield from _members(value, schema, root, at)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{at}[{number}]")
    if isinstance(value, str):
        yield from _form(value, schema.get("format"), at)


def _resolved(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _members(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    if len(value) < schema.get("minProperties", 0):
        yield f"{at}: too empty"
    for name, member in value.items():
        rules = [rule for key, rule in schema.get("properties", {}).items() if key == name]
        rules += [rule for key, rule in schema.get("patternProperties", {}).items() if re.search(key, name)]
        for rule in rules:
            yield from faults(member, rule, root, f"{at}.{name}")
        if not rules and schema.get("additionalProperties") is False:
            yield f"{at}: {name} is not allowed"


def _form(value: str, form: str | None, at: str) -> Iterator[str]:
    if form == "uri" and (not urlsplit(value).scheme or re.search(r"\s", value)):
        yield f"{at}: {value!r} is no URI"
    if form == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        yield f"{at}: {value!r} has no offset"
