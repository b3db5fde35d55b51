"""Text with ${NAME} in it → the same with values of the environment; the values never stand in a message."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SECRET = re.compile(r"\$\{([^{}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def has_secret(text: str) -> bool:
    """Whether ${…} stands in `text`."""
    return "${" in text


def names_in(text: str) -> tuple[str, ...]:
    """The names between ${ and }; a malformed one as it stands."""
    return tuple(found[1] for found in _SECRET.finditer(text))


def malformed(text: str) -> str | None:
    """The first ${…} that is not a ${NAME}."""
    for found in _SECRET.finditer(text):
        if not found[0].endswith("}") or not _NAME.match(found[1]):
            return found[0]
    return None


def unset(text: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Names in `text` that the environment lacks or leaves empty."""
    return tuple(name for name in dict.fromkeys(names_in(text)) if not environment.get(name))


def fill(text: str, environment: Mapping[str, str]) -> str:
    """`text` with its secrets; an unset one stays as written."""
    return _SECRET.sub(lambda found: environment.get(found[1]) or found[0], text)


def example_of(text: str) -> str:
    """`text` with a word in place of each secret, to see whether the rest is well-formed."""
    return _SECRET.sub("secret", text)
