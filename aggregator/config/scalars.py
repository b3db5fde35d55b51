"""A YAML scalar → a Python value, by the core schema of YAML 1.2 (`NO` is a word, `010` is ten)."""

from __future__ import annotations

from ruamel.yaml.nodes import ScalarNode


def scalar_value(node: ScalarNode) -> str | int | float | bool | None:
    """Null, booleans and numbers by their tag; everything else, dates included, as written."""
    kind = str(node.tag).rpartition(":")[2]
    text = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return _integer(text)
    if kind == "float":
        return _float(text)
    return text


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    try:
        return int(digits, 0) if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else int(digits)
    except ValueError:  # a sexagesimal or a number beyond `int`'s limit of digits: a word to us
        return text


def _float(text: str) -> float | str:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return text
