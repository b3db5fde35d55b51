"""The configuration as plain values that know where each stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aggregator.errors import Problem

Path_ = tuple[str | int, ...]

# What is merged key by key (`site`, `defaults`) or id by id (the others) across files.
SECTIONS = ("site", "defaults", "outlets", "sections", "authors", "channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands, 1-based; `start` and `end` are offsets into the file's text."""

    file: str
    line: int
    column: int
    start: int = 0
    end: int = 0


@dataclass(slots=True, kw_only=True)
class Tree:
    """`data` as plain values; `keys` and `values` say where each path stands; `texts` are the files as read."""

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)
    values: dict[Path_, Place] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faults: set[Path_] = field(default_factory=set)  # whose values the models refused: nothing follows from them
    unread: list[str] = field(
        default_factory=list
    )  # text that was not taken up: what it defines is unknown, not missing
    unseen: bool = False  # not even the text of some file could be read
    twins: list[Tree] = field(default_factory=list)  # each what is defined a second time: refused, and looked into too

    def place(self, path: Path_) -> Place:
        """Where `path` stands, or its nearest parent that does."""
        for end in range(len(path), 0, -1):
            found = self.values.get(path[:end]) or self.keys.get(path[:end])
            if found:
                return found
        return Place(file=next(iter(self.texts), "configuration"), line=1, column=1)

    def twin(self) -> Tree:
        """An empty tree for what this one has already: of the same files, complaining at the same place."""
        self.twins.append(Tree(texts=self.texts, problems=self.problems, unread=self.unread))
        return self.twins[-1]

    def written(self, path: Path_) -> str:
        """The text of the value at `path`, as it stands in its file."""
        place = self.values.get(path)
        return self.texts.get(place.file, "")[place.start : place.end] if place else ""

    def key_place(self, path: Path_) -> Place:
        """Where the key of `path` stands, or whatever is nearest."""
        return self.keys.get(path) or self.place(path)


def complain(tree: Tree, file: str, line: int, column: int, key: str, expected: str, *, warning: bool = False) -> None:
    """Add a problem to the tree."""
    tree.problems.append(Problem(file=file, line=line, column=column, key=key, expected=expected, warning=warning))


def dotted(path: Path_) -> str:
    """`("outlets", "x", "sources", 0)` → `outlets.x.sources[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
