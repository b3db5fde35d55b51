"""${NAME} in url, headers and token → problems where one is malformed or unset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aggregator.config import secrets, values
from aggregator.config.problems import problem
from aggregator.config.references import removed
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.config.walk import ANY, words
from aggregator.errors import Problem

_PLACES = (
    ("defaults", "headers", ANY),
    ("outlets", ANY, "sources", ANY, "url"),
    ("outlets", ANY, "sources", ANY, "headers", ANY),
    ("channels", ANY, "token"),
)


def secret_problems(tree: Tree, environment: Mapping[str, str], *, strict: bool) -> Iterator[Problem]:
    """A malformed ${…} is an error; one that is unset is an error if `strict`, else a warning. Values are never shown."""
    for path, text in (one for pattern in _PLACES for one in words(tree, *pattern)):
        if removed(tree, path):
            continue
        if broken := secrets.malformed(text):
            yield problem(tree.place(path), dotted(path), f"expected a secret as ${{NAME}}, not {broken}")
            continue
        for name in secrets.unset(text, environment):
            said = f"the environment variable {name} is not set"
            yield problem(tree.place(path), dotted(path), said, warning=not strict)
        if secrets.has_secret(text) and not secrets.unset(text, environment):
            yield from (problem(tree.place(path), dotted(path), said) for said in _filled(path, text, environment))


def _filled(path: Path_, text: str, environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong once the secrets are in, without saying them."""
    filled = secrets.fill(text, environment)
    if not filled.isprintable():
        yield "a secret has a line break or a control character in it"
    elif path[-1] == "url":
        try:
            values.url(filled)
        except ValueError as error:
            yield f"with its secrets filled in: {error}"
