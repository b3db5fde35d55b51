"""A folder of YAML files → one tree of plain values that knows where each stood, and what cannot be read.

Files are composed, not constructed: the node graph gives line and column of every key and value, and lets us name
both places of a key that is defined twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from aggregator.config.nearest import did_you_mean
from aggregator.config.scalars import scalar_value
from aggregator.errors import Problem

Path_ = tuple[str | int, ...]

# What is merged key by key (`site`, `defaults`) or id by id (the others) across files.
SECTIONS = ("site", "defaults", "outlets", "sections", "authors", "channels")
_MAX_VALUES = 1_000_000  # aliases that expand to more are an attack or an accident


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
    broken: bool = False  # a file could not be read: what it defines is unknown, not missing

    def place(self, path: Path_) -> Place:
        """Where `path` stands, or its nearest parent that does."""
        for end in range(len(path), 0, -1):
            found = self.values.get(path[:end]) or self.keys.get(path[:end])
            if found:
                return found
        return Place(file=next(iter(self.texts), "configuration"), line=1, column=1)

    def key_place(self, path: Path_) -> Place:
        """Where the key of `path` stands, or whatever is nearest."""
        return self.keys.get(path) or self.place(path)


def read_folder(folder: Path) -> Tree:
    """Every `*.yaml` of `folder`, in order of name, merged. What is wrong is in `problems`; nothing is raised."""
    tree = Tree()
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith(".")) if folder.is_dir() else []
    if not files:
        what = "no *.yaml file in this folder" if folder.is_dir() else "no such folder"
        _complain(tree, str(folder), 1, 1, "configuration", f"{what}; `aggregator init {folder}` writes a first one")
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
        _complain(tree, str(path), 1, 1, path.name, "is not read; name it *.yaml", warning=True)
    for path in files:
        _read_file(tree, path)
    return tree


def _read_file(tree: Tree, path: Path) -> None:
    name = str(path)
    text = _text_of(tree, path)
    if text is None:
        tree.broken = True
        return
    tree.texts[name] = text
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        if root is not None and root.tag != "tag:yaml.org,2002:null":
            _Reader(tree, name).merge(root)
    except (YAMLError, RecursionError, ValueError) as error:
        tree.broken = True
        _complain_of_yaml(tree, name, text, error)


def _text_of(tree: Tree, path: Path) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        _complain(tree, str(path), 1, 1, path.name, f"a file that can be read ({error.strerror})")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        line, column = _line_and_column(before, len(before))
        _complain(tree, str(path), line, column, path.name, "text in UTF-8")
        return None


def _complain_of_yaml(tree: Tree, name: str, text: str, error: Exception) -> None:
    line = column = 1
    if isinstance(error, MarkedYAMLError) and (mark := error.problem_mark or error.context_mark):
        line, column = mark.line + 1, mark.column + 1
        said = " ".join(str(part) for part in (error.problem, error.context) if part)
    elif isinstance(error, ReaderError):
        line, column = _line_and_column(text, error.position if isinstance(error.position, int) else 0)
        said = "a control character is not allowed here"
    elif isinstance(error, RecursionError):
        said = "nested too deeply"
    else:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
    _complain(tree, name, line, column, "YAML", f"expected well-formed YAML ({' '.join(said.split())})")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _complain(tree: Tree, file: str, line: int, column: int, key: str, expected: str, *, warning: bool = False) -> None:
    tree.problems.append(Problem(file=file, line=line, column=column, key=key, expected=expected, warning=warning))


class _Reader:
    """Takes one file's nodes into the tree."""

    def __init__(self, tree: Tree, file: str) -> None:
        self._tree, self._file = tree, file
        self._open: set[int] = set()
        self._count = 0

    def merge(self, root: Node) -> None:
        if not isinstance(root, MappingNode):
            return self._say(root, "configuration", f"expected keys such as {', '.join(SECTIONS)}")
        for name, key, value in self._pairs(root, ()):
            if name not in SECTIONS:
                self._say(key, name, f"unknown key{did_you_mean(name, SECTIONS)}; known are {', '.join(SECTIONS)}")
            elif isinstance(value, MappingNode):
                self._merge_section(name, key, value)
            elif value.tag != "tag:yaml.org,2002:null":
                self._say(value, name, "expected a map of keys")
        return None

    def _merge_section(self, name: str, key: Node, mapping: MappingNode) -> None:
        self._tree.keys.setdefault((name,), self._place(key))
        target = self._tree.data.setdefault(name, {})
        by_id = name not in ("site", "defaults")
        for id, id_key, value in self._pairs(mapping, (name,)):
            path = (name, id)
            if first := self._tree.keys.get(path):
                self._say_twice(id_key, path, first)
                continue
            self._tree.keys[path] = self._place(id_key)
            taken = self._take(value, path)
            if taken is not None:
                target[id] = taken
            elif by_id:  # `mercopress:` with nothing behind it lacks its keys, it is not absent
                target[id] = {}

    def _take(self, node: Node, path: Path_) -> Any:
        self._count += 1
        if self._count > _MAX_VALUES or id(node) in self._open:
            raise YAMLError("aliases that contain themselves or expand without end")
        self._tree.values[path] = self._place(node)
        if isinstance(node, ScalarNode):
            return scalar_value(node)
        self._open.add(id(node))
        taken: Any = None
        if isinstance(node, SequenceNode):
            taken = [self._take(item, (*path, number)) for number, item in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            taken = self._take_mapping(node, path)
        self._open.discard(id(node))
        return taken

    def _take_mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        taken: dict[str, Any] = {}
        seen: dict[str, Place] = {}
        for name, key, value in self._pairs(node, path):
            here = self._place(key)
            if name in seen:
                self._say_twice(key, (*path, name), seen[name])
                continue
            seen[name] = self._tree.keys[(*path, name)] = here
            if (entry := self._take(value, (*path, name))) is not None:
                taken[name] = entry  # a key with nothing behind it is as good as absent
        return taken

    def _pairs(self, node: MappingNode, path: Path_) -> list[tuple[str, Node, Node]]:
        """Key, key's node and value; what `<<` brings comes last and never overrides (YAML merge keys)."""
        own: list[tuple[str, Node, Node]] = []
        brought: list[tuple[str, Node, Node]] = []
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                brought += self._brought(value, path)
            elif isinstance(key, ScalarNode):
                own.append((str(key.value), key, value))
            else:
                self._say(key, dotted(path) or "configuration", "expected a word as key")
        names = {name for name, _, _ in own}
        for pair in brought:
            if pair[0] not in names:
                names.add(pair[0])
                own.append(pair)
        return own

    def _brought(self, value: Node, path: Path_) -> list[tuple[str, Node, Node]]:
        if id(value) in self._open:
            raise YAMLError("aliases that contain themselves")
        self._open.add(id(value))
        brought: list[tuple[str, Node, Node]] = []
        if isinstance(value, MappingNode):
            brought = self._pairs(value, path)
        elif isinstance(value, SequenceNode):
            brought = [pair for item in value.value for pair in self._brought(item, path)]
        else:
            self._say(value, dotted((*path, "<<")), "expected a map, such as *defaults")
        self._open.discard(id(value))
        return brought

    def _place(self, node: Node) -> Place:
        mark, end = node.start_mark, node.end_mark
        return Place(
            file=self._file, line=mark.line + 1, column=mark.column + 1, start=mark.index, end=end.index if end else 0
        )

    def _say(self, node: Node, key: str, expected: str) -> None:
        place = self._place(node)
        _complain(self._tree, place.file, place.line, place.column, key, expected)

    def _say_twice(self, node: Node, path: Path_, first: Place) -> None:
        self._say(node, dotted(path), f"is defined twice, first at {first.file}:{first.line}:{first.column}")


def dotted(path: Path_) -> str:
    """`("outlets", "x", "sources", 0)` → `outlets.x.sources[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
