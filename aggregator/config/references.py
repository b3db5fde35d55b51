"""Names that one thing uses of another → a problem for each that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.config.names import Known, Names
from aggregator.config.nearest import did_you_mean
from aggregator.config.problems import problem
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.config.walk import ANY, found, words
from aggregator.errors import Problem
from aggregator.text import fold, one_line

# Where the files name a section or an outlet.
_SECTIONS: tuple[tuple[str, ...], ...] = (
    ("defaults", "sections"),
    ("outlets", ANY, "sources", ANY, "sections"),
    ("sections", ANY, "parent"),
)
_OUTLETS: tuple[tuple[str, ...], ...] = (
    ("sections", ANY, "pin"),
    ("sections", ANY, "bar"),
    ("authors", ANY, "outlets"),
    ("channels", ANY, "stories", "prefer"),
)


def dangling(tree: Tree, known: Known) -> Iterator[Problem]:
    """Every reference to a section or an outlet that is certainly not there."""
    for pattern in _SECTIONS:
        yield from _missing(tree, pattern, "section", known.sections)
    for pattern in _OUTLETS:
        yield from _missing(tree, pattern, "outlet", known.outlets)


def contradictions(tree: Tree) -> Iterator[Problem]:
    """Parents in a circle, names that mean two authors, and former slugs that are somebody's."""
    yield from _circles(tree)
    yield from _same_names(tree)
    for kind in ("sections", "channels"):
        yield from _still_in_use(tree, kind)


def _missing(tree: Tree, pattern: tuple[str, ...], kind: str, names: Names) -> Iterator[Problem]:
    for path, name in words(tree, *pattern):
        # An address names nothing of ours, and of a channel that is removed the rest is idle.
        if name and "://" not in name and name not in names and not removed(tree, path):
            yield problem(tree.place(path), dotted(path), f"no {kind} has the id {name}{did_you_mean(name, names)}")


def removed(tree: Tree, path: Path_) -> bool:
    """Whether `path` is part of a channel that is no more."""
    return path[0] == "channels" and tree.data["channels"][str(path[1])].get("removed") is True


def _circles(tree: Tree) -> Iterator[Problem]:
    parents = {str(path[1]): parent for path, parent in words(tree, "sections", ANY, "parent")}
    for slug in parents:
        above = [slug]
        while (parent := parents.get(above[-1])) and parent not in above:
            above.append(parent)
        if parent == slug:
            path: Path_ = ("sections", slug, "parent")
            yield problem(tree.place(path), dotted(path), f"{' → '.join([*above, slug])} is a circle")


def _same_names(tree: Tree) -> Iterator[Problem]:
    """A name or alias that means two authors in one outlet (or everywhere) means nobody."""
    outlets: dict[str, list[str]] = {}
    for path, outlet in words(tree, "authors", ANY, "outlets"):
        outlets.setdefault(str(path[1]), []).append(outlet)
    bearers: dict[tuple[str, str], Path_] = {}
    forms = [*words(tree, "authors", ANY, "name"), *words(tree, "authors", ANY, "aliases")]
    order = {slug: number for number, slug in enumerate(tree.data.get("authors", ()))}
    for path, form in sorted(forms, key=lambda one: order[str(one[0][1])]):
        slug = str(path[1])
        if ("authors", slug, "outlets") in tree.faults:  # where it is meant is not known
            continue
        for outlet in outlets.get(slug) or ("*",):
            there = bearers.setdefault((fold(one_line(form)), outlet), path)
            if there[1] != slug:
                said = f"{form} means {there[1]} already, at {_where(tree, there)}"
                yield problem(tree.place(path), dotted(path), said)
                break


def _still_in_use(tree: Tree, kind: str) -> Iterator[Problem]:
    """A former slug that has a place of its own, or that two had, forwards nowhere."""
    heirs: dict[str, Path_] = {str(path[1]): path for path, _ in found(tree, kind, ANY)}
    for path, slug in words(tree, kind, ANY, "formerly"):
        there = heirs.setdefault(slug, path)
        if there != path:
            yield problem(
                tree.place(path), dotted(path), f"{slug} is {dotted(there)} already, at {_where(tree, there)}"
            )


def _where(tree: Tree, path: Path_) -> str:
    place = tree.place(path)
    return f"{place.file}:{place.line}:{place.column}"
