"""A folder and an environment → a newsroom, or every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from aggregator.cadence.spans import span_words
from aggregator.config.credentials import secret_problems
from aggregator.config.folder import read_folder
from aggregator.config.identifiers import source_ids
from aggregator.config.mapping import every_of, newsroom_of
from aggregator.config.models import EveryModel, FileModel
from aggregator.config.names import Known, known_names
from aggregator.config.problems import complain_of, problem
from aggregator.config.queries import query_problems
from aggregator.config.references import contradictions, dangling
from aggregator.config.secrets import example_of
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.config.walk import ANY, words
from aggregator.errors import ConfigError, Problem
from aggregator.model import Newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The configuration, and what is doubtful in it, in reading order."""

    newsroom: Newsroom
    warnings: tuple[Problem, ...]


def load(
    folder: Path,
    *,
    environment: Mapping[str, str],
    strict_secrets: bool,
    known_authors: frozenset[str] | None = None,
    ports: Collection[int] = range(65536),
) -> Loaded:
    """Read, merge and check every *.yaml of `folder`; raises ConfigError with all that is wrong.

    An unset ${SECRET} is an error if `strict_secrets`, else a warning. `known_authors` are slugs of the database: given,
    an `author:slug` that neither it nor the configuration knows is an error, else a warning. A source on none of the `ports`
    is a warning.
    """
    tree = read_folder(folder)
    trees = (tree, *tree.twins)
    file, *_ = [_validated(one) for one in trees]
    known = known_names(tree)
    ids, clashes = source_ids(tree)
    found = [*tree.problems, *clashes, *contradictions(tree), *_no_contact(tree, known), *_closed_ports(tree, ports)]
    for one in trees:
        found += secret_problems(one, environment, strict=strict_secrets)
        found += dangling(one, known)
        found += query_problems(one, known, known_authors)
    if file is None or any(not one.warning for one in found):
        raise ConfigError(*_in_order(found))
    found += _unasked_intervals(file, tree)
    files = tuple((Path(name).name, text) for name, text in tree.texts.items())
    newsroom = replace(newsroom_of(file, ids, environment), digest=_digest(files), files=files)
    return Loaded(newsroom=newsroom, warnings=_in_order(found))


def _validated(tree: Tree) -> FileModel | None:
    """What stands in the files as a model; None, and a complaint for each fault, where it is none."""
    try:
        return FileModel.model_validate(tree.data)
    except ValidationError as error:
        complain_of(error, tree, FileModel)
        return None


def _in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(sorted(found, key=lambda one: (one.file, one.line, one.column))))


def _no_contact(tree: Tree, known: Known) -> Iterable[Problem]:
    if "contact" not in tree.data.get("site", {}) and not known.unread.may_define("contact"):
        said = "without a mail address or URL here, each source is polled at most hourly"
        yield problem(tree.key_place(("site",)), "site.contact", said, warning=True)


def _closed_ports(tree: Tree, ports: Collection[int]) -> Iterator[Problem]:
    for path, url in words(tree, "outlets", ANY, "sources", ANY, "url"):
        port = None if url.startswith("${") else urlsplit(example_of(url)).port
        if port is not None and port not in ports:
            said = f"port {port} is none of {', '.join(map(str, sorted(ports)))}, so this is never asked"
            yield problem(
                tree.place(path),
                dotted(path),
                f"{said}; AGGREGATOR_ALLOW_NETWORKS opens networks of your own",
                warning=True,
            )


def _unasked_intervals(file: FileModel, tree: Tree) -> Iterator[Problem]:
    """A bound beyond the other one, which nobody wrote there, leaves the clock nothing to choose."""
    defaults = file.defaults.every
    given: list[tuple[Path_, EveryModel | None]] = [(("defaults", "every"), defaults)]
    for id, outlet in file.outlets.items():
        given += [(("outlets", id, "sources", number, "every"), one.every) for number, one in enumerate(outlet.sources)]
    for path, own in given:
        if own and not (own.min and own.max) and (made := every_of(own, defaults)).fixed:
            there, other = ("min", "max") if own.min else ("max", "min")
            said = f"beside the default {other} this {there} makes a fixed interval of {span_words(made.min)}: write both bounds"
            yield problem(tree.place(path), dotted(path), said, warning=True)


def _digest(files: Iterable[tuple[str, str]]) -> str:
    """Of what the files say, not of where they lie."""
    return hashlib.sha256("".join(f"{name}\0{text}\0" for name, text in files).encode()).hexdigest()
