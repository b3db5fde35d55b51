"""Sources without an id → their default ids: the outlet's, then outlet-lastpathwords."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from aggregator.config.problems import problem
from aggregator.config.secrets import example_of, has_secret
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.config.walk import ANY, found, words
from aggregator.errors import Problem
from aggregator.text import tokens
from aggregator.urls import request_address

_SOURCE = ("outlets", ANY, "sources", ANY)
# Keys of an outlet that hold no sources, whatever is wrong with them.
_NO_SOURCES = ("title", "url", "country", "language")
# Path segments that say "a feed" and not which one; also the suffixes of such segments.
_GENERIC = frozenset({"rss", "rss091", "rss2", "feed", "feeds", "atom", "xml", "rdf", "json", "index", "outboundfeeds"})
_SUFFIXES = (".rss", ".xml", ".atom", ".json", ".rdf", ".html", ".php", ".aspx")


def source_ids(tree: Tree) -> tuple[dict[Path_, str], list[Problem]]:
    """An id for each source by its path in the files, and a problem for each id or address that two sources have."""
    ids = dict(wanted_ids(tree))
    return ids, [*_same_ids(ids, tree), *_same_urls(tree)]


def wanted_ids(tree: Tree) -> Iterator[tuple[Path_, str]]:
    """The id of each source, its own or the default one, where that much of it could be read."""
    return ((path, id) for path, id in _ids(tree) if id)


def unnamed(tree: Tree) -> Iterator[str]:
    """Outlets with sources of which no id could be read."""
    for path in tree.faults:
        if path[0] == "outlets" and (len(path) == 2 or (len(path) == 3 and path[2] not in _NO_SOURCES)):
            yield str(path[1])
    yield from (str(path[1]) for path, id in _ids(tree) if not id)


def _ids(tree: Tree) -> Iterator[tuple[Path_, str | None]]:
    own, urls = (dict(words(tree, *_SOURCE, key)) for key in ("id", "url"))
    for path in _sources(tree):
        number = path[3]
        if (*path, "id") in tree.faults or not isinstance(number, int):
            yield path, None
        elif (*path, "id") in own:
            yield path, own[*path, "id"]
        else:
            url = urls.get((*path, "url"))
            yield path, default_id(str(path[1]), number, url) if url or number == 0 else None


def _sources(tree: Tree) -> Iterator[Path_]:
    """Paths of all sources, those with faults too."""
    for path, sources in found(tree, "outlets", ANY, "sources"):
        yield from ((*path, number) for number in range(len(sources)) if isinstance(sources, list))


def _same_ids(ids: dict[Path_, str], tree: Tree) -> Iterator[Problem]:
    first: dict[str, Path_] = {}
    for path, id in ids.items():
        other = first.setdefault(id, path)
        if other is not path:
            own = (*path, "id") in tree.values
            advice = "" if own else "; give this one an id of its own"
            here = tree.place((*path, "id" if own else "url"))
            yield problem(here, f"{dotted(path)}.id", f"{id} is {_at(tree, other)} already{advice}")


def _same_urls(tree: Tree) -> Iterator[Problem]:
    first: dict[str, Path_] = {}
    for path, url in words(tree, *_SOURCE, "url"):
        other = first.setdefault(request_address(url), path)
        if other is not path:
            yield problem(tree.place(path), dotted(path), f"this address is {_at(tree, other[:-1])} already")


def _at(tree: Tree, path: Path_) -> str:
    place = tree.place(path)
    return f"{dotted(path)} at {place.file}:{place.line}:{place.column}"


def default_id(outlet_id: str, number: int, url: str | None) -> str:
    """The outlet's id for its first source; for the others with the last words of the path that mean something."""
    if number == 0 or url is None:
        return outlet_id
    parts = urlsplit(example_of(url) if has_secret(url) else url)
    segments = [_words(segment) for segment in reversed(parts.path.split("/"))]
    words = next((segment for segment in segments if segment), "") or "-".join(tokens(parts.hostname or ""))
    return f"{outlet_id}-{words}"[:100].rstrip("-")


def _words(segment: str) -> str:
    name = unquote(segment)
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    words = tokens(name)
    return "" if set(words) <= _GENERIC else "-".join(words)
