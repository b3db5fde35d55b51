"""Each channel's `where:` → checked, its errors at their place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.config import codes
from aggregator.config.names import Known
from aggregator.config.problems import problem
from aggregator.config.references import removed
from aggregator.config.tree import Path_, Place, Tree, dotted
from aggregator.config.walk import ANY, words
from aggregator.errors import Problem, QueryError
from aggregator.query import Vocabulary, findings, parse


def query_problems(tree: Tree, known: Known, known_authors: frozenset[str] | None) -> Iterator[Problem]:
    """Errors and warnings of every `where:`; authors that the database may know are warnings while `known_authors` is None."""
    for path, where in words(tree, "channels", ANY, "where"):
        if not removed(tree, path):
            yield from (_problem(tree, path, finding) for finding in _findings(where, known, known_authors))


def _findings(where: str, known: Known, known_authors: frozenset[str] | None) -> Iterator[QueryError | str]:
    try:
        query = parse(where)
    except QueryError as error:
        yield error
        return
    asked = query.author_slugs()
    yield from findings(query, _vocabulary(known, asked if known_authors is None else known_authors))
    for author in sorted(asked) if known_authors is None else ():
        if author not in known.authors:
            yield f"author:{author} is not in this configuration"


def _problem(tree: Tree, path: Path_, finding: QueryError | str) -> Problem:
    if isinstance(finding, str):
        return problem(tree.place(path), dotted(path), finding, warning=True)
    hint = f" (did you mean {finding.suggestion}?)" if finding.suggestion else ""
    said = f"{finding.message}{hint} (column {finding.column} of the query)"
    return problem(place_in_scalar(tree, path, finding.column - 1), dotted(path), said)


def _vocabulary(known: Known, database: frozenset[str]) -> Vocabulary:
    return Vocabulary(
        sections=known.sections,
        outlets=known.outlets,
        sources=known.sources,
        languages=codes.languages(),
        countries=codes.countries(),
        authors=known.authors.with_more(database),
    )


def place_in_scalar(tree: Tree, path: Path_, offset: int) -> Place:
    """Where the character `offset` of the value at `path` stands in its file.

    YAML folds, indents and quotes, but keeps the order of what is not white space: the n-th such character of the value
    is the n-th of the scalar as written, past its indicator. With escapes in it, the scalar's start must do.
    """
    start = tree.place(path)
    source = tree.texts.get(start.file, "")[start.start : start.end]
    value = str(_value(tree, path)).strip()  # as the model reads it
    head = 0
    if source[:1] in ("|", ">"):
        head = source.find("\n") + 1
    elif source[:1] in ("'", '"'):
        head, source = 1, source[:-1]
    written = source[head:]
    if not source or (source[0] == '"' and "\\" in written):
        return start
    wanted = sum(not c.isspace() for c in value[:offset])
    at = head + _position(written, wanted, doubled="'" if source[0] == "'" else None)
    before = tree.texts[start.file][: start.start + at]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Place(file=start.file, line=line, column=column)


def _position(written: str, wanted: int, *, doubled: str | None) -> int:
    """The offset of the `wanted`-th character that is not white space; past the last one, the end of the words."""
    seen, at = 0, 0
    while at < len(written):
        if not written[at].isspace():
            if seen == wanted:
                return at
            seen += 1
            at += doubled is not None and written[at : at + 2] == doubled * 2
        at += 1
    return len(written.rstrip())


def _value(tree: Tree, path: Path_) -> object:
    value: object = tree.data
    for part in path:
        value = value[part] if isinstance(value, (dict, list)) else ""  # type: ignore[index]
    return value
