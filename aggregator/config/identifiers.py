"""Sources without an id → their default ids: the outlet's, then outlet-lastpathwords."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from aggregator.config.models import OutletModel
from aggregator.config.problems import problem
from aggregator.config.secrets import example_of, has_secret
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.errors import Problem
from aggregator.text import tokens

# Path segments that say "a feed" and not which one; also the suffixes of such segments.
_GENERIC = frozenset({"rss", "rss091", "rss2", "feed", "feeds", "atom", "xml", "rdf", "json", "index", "outboundfeeds"})
_SUFFIXES = (".rss", ".xml", ".atom", ".json", ".rdf", ".html", ".php", ".aspx")


def source_ids(outlets: dict[str, OutletModel], tree: Tree) -> tuple[dict[Path_, str], list[Problem]]:
    """An id for each source by its path in the files, and a problem for each id or address that two sources have."""
    ids: dict[Path_, str] = {}
    problems: list[Problem] = []
    first: dict[str, Path_] = {}
    by_url: dict[str, Path_] = {}
    for path, id, url in _named(outlets):
        ids[path] = id
        here = tree.place((*path, "id")) if (*path, "id") in tree.values else tree.place((*path, "url"))
        if other := first.get(id):
            advice = "" if (*path, "id") in tree.values else "; give this one an id of its own"
            problems.append(problem(here, f"{dotted(path)}.id", f"{id} is {_at(tree, other)} already{advice}"))
        first.setdefault(id, path)
        if same := by_url.get(url):
            at = tree.place((*path, "url"))
            problems.append(problem(at, f"{dotted(path)}.url", f"this address is {_at(tree, same)} already"))
        by_url.setdefault(url, path)
    return ids, problems


def _at(tree: Tree, path: Path_) -> str:
    place = tree.place(path)
    return f"{dotted(path)} at {place.file}:{place.line}:{place.column}"


def _named(outlets: dict[str, OutletModel]) -> Iterator[tuple[Path_, str, str]]:
    for outlet_id, outlet in outlets.items():
        for number, source in enumerate(outlet.sources):
            path: Path_ = ("outlets", outlet_id, "sources", number)
            yield path, source.id or default_id(outlet_id, number, source.url), source.url


def default_id(outlet_id: str, number: int, url: str) -> str:
    """The outlet's id for its first source; for the others with the last words of the path that mean something."""
    if number == 0:
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
