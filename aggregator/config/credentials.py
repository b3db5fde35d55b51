"""${NAME} in url, headers and token → problems where one is malformed or unset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aggregator.config import secrets, values
from aggregator.config.models import FileModel
from aggregator.config.problems import problem
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.errors import Problem


def secret_problems(file: FileModel, tree: Tree, environment: Mapping[str, str], *, strict: bool) -> Iterator[Problem]:
    """A malformed ${…} is an error; one that is unset is an error if `strict`, else a warning. Values are never shown."""
    for path, text in _texts(file):
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


def _texts(file: FileModel) -> Iterator[tuple[Path_, str]]:
    yield from _headers(("defaults",), file.defaults.headers)
    for id, outlet in file.outlets.items():
        for number, source in enumerate(outlet.sources):
            path: Path_ = ("outlets", id, "sources", number)
            yield (*path, "url"), source.url
            yield from _headers(path, source.headers)
    for slug, channel in file.channels.items():
        if channel.token and not channel.removed:
            yield from ((("channels", slug, "token"), token) for token in channel.token)


def _headers(path: Path_, headers: dict[str, str] | None) -> Iterator[tuple[Path_, str]]:
    for name, value in (headers or {}).items():
        yield (*path, "headers", name), value
