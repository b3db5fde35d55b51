"""A folder and an environment → a newsroom, or every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from aggregator.config.credentials import secret_problems
from aggregator.config.folder import read_folder
from aggregator.config.identifiers import source_ids
from aggregator.config.mapping import newsroom_of
from aggregator.config.models import FileModel
from aggregator.config.problems import problem, problems_of
from aggregator.config.queries import query_problems
from aggregator.config.references import dangling
from aggregator.config.repair import repaired
from aggregator.config.tree import Tree
from aggregator.errors import ConfigError, Problem
from aggregator.model import Newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The configuration, and what is doubtful in it, in reading order."""

    newsroom: Newsroom
    warnings: tuple[Problem, ...]


def load(
    folder: Path, *, environment: Mapping[str, str], strict_secrets: bool, known_authors: frozenset[str] | None = None
) -> Loaded:
    """Read, merge and check every *.yaml of `folder`; raises ConfigError with all that is wrong.

    An unset ${SECRET} is an error if `strict_secrets`, else a warning. `known_authors` are slugs of the database: given,
    an `author:slug` that neither it nor the configuration knows is an error, else a warning.
    """
    tree = read_folder(folder)
    found = list(tree.problems)
    file: FileModel | None
    try:
        file = FileModel.model_validate(tree.data)
    except ValidationError as error:
        found += problems_of(error, tree, FileModel)
        file = repaired(FileModel, tree.data)
    if file is None:
        raise _refused(found)
    ids, clashes = source_ids(file.outlets, tree)
    found += clashes
    found += secret_problems(file, tree, environment, strict=strict_secrets)
    if not tree.broken:  # else what a name means may stand in the file that could not be read
        found += dangling(file, tree)
        found += query_problems(file, ids.values(), tree, known_authors)
        found += _no_contact(file, tree)
    if any(not one.warning for one in found):
        raise _refused(found)
    newsroom = newsroom_of(file, ids, environment, digest=_digest(tree))
    return Loaded(newsroom=newsroom, warnings=_in_order(found))


def _refused(found: Iterable[Problem]) -> ConfigError:
    return ConfigError(*_in_order(found))


def _in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(sorted(found, key=lambda one: (one.file, one.line, one.column))))


def _no_contact(file: FileModel, tree: Tree) -> Iterable[Problem]:
    if file.site.contact is None:
        said = "without a mail address or URL here, each source is polled at most hourly"
        yield problem(tree.key_place(("site",)), "site.contact", said, warning=True)


def _digest(tree: Tree) -> str:
    """Of what the files say, not of where they lie."""
    parts = (f"{Path(file).name}\0{text}\0" for file, text in tree.texts.items())
    return hashlib.sha256("".join(parts).encode()).hexdigest()
