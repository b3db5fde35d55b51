"""Names that one thing uses of another → a problem for each that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aggregator.config.models import AuthorModel, FileModel, PreferModel, SourceOptions
from aggregator.config.nearest import did_you_mean
from aggregator.config.problems import problem
from aggregator.config.tree import Path_, Tree, dotted
from aggregator.errors import Problem
from aggregator.text import fold, one_line


def dangling(file: FileModel, tree: Tree) -> list[Problem]:
    """Every reference to a section or an outlet that is not there, parents in a circle, and names that mean two authors."""
    return [*_sections(file, tree), *_outlets(file, tree), *_circles(file, tree), *_same_names(file.authors, tree)]


def _missing(names: Iterable[str], kind: str, path: Path_, tree: Tree) -> Iterator[Problem]:
    known = tree.data.get(f"{kind}s", {})  # as written: one that has errors of its own is there all the same
    for number, name in enumerate(names):
        if name not in known:
            at = (*path, number) if (*path, number) in tree.values else path
            yield problem(tree.place(at), dotted(at), f"no {kind} has the id {name}{did_you_mean(name, known)}")


def _sections(file: FileModel, tree: Tree) -> Iterator[Problem]:
    users: list[tuple[Path_, SourceOptions]] = [(("defaults",), file.defaults)]
    for id, outlet in file.outlets.items():
        users += ((("outlets", id, "sources", number), source) for number, source in enumerate(outlet.sources))
    for path, options in users:
        yield from _missing(options.sections or (), "section", (*path, "sections"), tree)
    for slug, section in file.sections.items():
        if section.parent is not None:
            yield from _missing((section.parent,), "section", ("sections", slug, "parent"), tree)


def _outlets(file: FileModel, tree: Tree) -> Iterator[Problem]:
    for slug, section in file.sections.items():
        for key, whose in (("pin", section.pin), ("bar", section.bar)):
            # A number keeps its place in the list; an address names nothing of ours.
            for number, name in enumerate(whose):
                if "://" not in name:
                    yield from _missing((name,), "outlet", ("sections", slug, key, number), tree)
    for slug, author in file.authors.items():
        yield from _missing(author.outlets, "outlet", ("authors", slug, "outlets"), tree)
    for slug, channel in file.channels.items():
        if isinstance(channel.stories, PreferModel) and not channel.removed:
            path: Path_ = ("channels", slug, "stories", "prefer")
            yield from _missing(channel.stories.prefer, "outlet", path, tree)


def _circles(file: FileModel, tree: Tree) -> Iterator[Problem]:
    for slug in file.sections:
        above: list[str] = [slug]
        while (section := file.sections.get(above[-1])) and section.parent and section.parent not in above:
            above.append(section.parent)
        if section and section.parent == slug:
            path: Path_ = ("sections", slug, "parent")
            yield problem(tree.place(path), dotted(path), f"{' → '.join([*above, slug])} is a circle")


def _same_names(authors: dict[str, AuthorModel], tree: Tree) -> Iterator[Problem]:
    """A name or alias that means two authors in one outlet (or everywhere) means nobody."""
    bearers: dict[tuple[str, str], tuple[str, Path_]] = {}
    for slug, author in authors.items():
        forms: list[tuple[Path_, str]] = [(("authors", slug, "name"), author.name)]
        forms += ((("authors", slug, "aliases", number), alias) for number, alias in enumerate(author.aliases))
        for path, form in forms:
            for outlet in author.outlets or ("*",):
                other, there = bearers.setdefault((fold(one_line(form)), outlet), (slug, path))
                if other != slug:
                    place = tree.place(there)
                    where = f"{place.file}:{place.line}:{place.column}"
                    yield problem(tree.place(path), dotted(path), f"{form} means {other} already, at {where}")
                    break
