"""Each channel's `where:` → checked, its errors at their place in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aggregator.config import codes
from aggregator.config.models import FileModel
from aggregator.config.problems import problem
from aggregator.config.tree import Path_, Place, Tree, dotted
from aggregator.errors import Problem, QueryError
from aggregator.query import Query, Vocabulary, check, parse


def query_problems(
    file: FileModel, source_ids: Collection[str], tree: Tree, known_authors: frozenset[str] | None
) -> Iterator[Problem]:
    """Errors and warnings of every `where:`; authors that the database may know are warnings while `known_authors` is None."""
    for slug, channel in file.channels.items():
        if channel.where is None or channel.removed:
            continue
        path: Path_ = ("channels", slug, "where")
        try:
            query = parse(channel.where)
            vocabulary = _vocabulary(tree, source_ids, query, known_authors)
            for warning in check(query, vocabulary):
                yield problem(tree.place(path), dotted(path), warning, warning=True)
        except QueryError as error:
            hint = f" (did you mean {error.suggestion}?)" if error.suggestion else ""
            place = place_in_scalar(tree, path, error.column - 1)
            yield problem(place, dotted(path), f"{error.message}{hint} (column {error.column} of the query)")
            continue
        for author in sorted(query.author_slugs() - set(file.authors)) if known_authors is None else ():
            yield problem(tree.place(path), dotted(path), f"author:{author} is not in this configuration", warning=True)


def _vocabulary(
    tree: Tree, source_ids: Collection[str], query: Query, known_authors: frozenset[str] | None
) -> Vocabulary:
    # As written: a section that has errors of its own is there all the same.
    sections, outlets, authors = (frozenset(tree.data.get(kind, ())) for kind in ("sections", "outlets", "authors"))
    database = query.author_slugs() if known_authors is None else known_authors
    return Vocabulary(
        sections=sections,
        outlets=outlets,
        sources=frozenset(source_ids),
        languages=codes.languages(),
        countries=codes.countries(),
        authors=authors | database,
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
