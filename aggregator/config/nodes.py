"""One file's node graph → the tree.

Files are composed, not constructed: the node graph gives line and column of every key and value, and lets us name
both places of a key that is defined twice.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.nearest import did_you_mean
from aggregator.config.scalars import scalar_value
from aggregator.config.tree import SECTIONS, Path_, Place, Tree, complain, dotted
from aggregator.text import xml_legal

_MAX_VALUES = 1_000_000  # aliases that expand to more are an attack or an accident


class Reader:
    """Takes one file's nodes into the tree."""

    def __init__(self, tree: Tree, file: str) -> None:
        self._tree, self._file = tree, file
        self._open: set[int] = set()
        self._count = 0

    def merge(self, root: Node) -> None:
        if not isinstance(root, MappingNode):
            self._pass_by(root)
            return self._say(root, "configuration", f"expected keys such as {', '.join(SECTIONS)}")
        seen: dict[str, Place] = {}
        for name, key, value in self._pairs(root, ()):
            if name in seen:
                self._say_twice(key, (name,), seen[name])
            seen.setdefault(name, self._place(key))
            if name not in SECTIONS:
                self._pass_by(value)
                self._say(key, name, f"unknown key{did_you_mean(name, SECTIONS)}; known are {', '.join(SECTIONS)}")
            elif isinstance(value, MappingNode):
                self._merge_section(name, key, value)
            elif value.tag != "tag:yaml.org,2002:null":
                self._pass_by(value)
                self._say(value, name, "expected a map of keys")
        return None

    def _merge_section(self, name: str, key: Node, mapping: MappingNode) -> None:
        self._tree.keys.setdefault((name,), self._place(key))
        for id, id_key, value in self._pairs(mapping, (name,)):
            if first := self._tree.keys.get((name, id)):
                self._say_twice(id_key, (name, id), first)
                self._take_apart(name, id, id_key, value)
            else:
                self._take_id(name, id, id_key, value)

    def _take_apart(self, name: str, id: str, key: Node, value: Node) -> None:
        """What is defined twice goes to a tree of its own, so that its other faults are said too."""
        whole, self._tree = self._tree, self._tree.twin()
        self._tree.keys[name,] = whole.keys[name,]
        self._take_id(name, id, key, value)
        self._tree = whole

    def _take_id(self, name: str, id: str, key: Node, value: Node) -> None:
        self._tree.keys[name, id] = self._place(key)
        target = self._tree.data.setdefault(name, {})
        taken = self._take(value, (name, id))
        if taken is not None:
            target[id] = taken
        elif name not in ("site", "defaults"):  # `mercopress:` with nothing behind it lacks its keys, it is not absent
            target[id] = {}

    def _take(self, node: Node, path: Path_) -> Any:
        self._count += 1
        if self._count > _MAX_VALUES or id(node) in self._open:
            raise YAMLError("aliases that contain themselves or expand without end")
        self._tree.values[path] = self._place(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        self._open.add(id(node))
        taken: Any = None
        if isinstance(node, SequenceNode):
            taken = [self._take(item, (*path, number)) for number, item in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            taken = self._take_mapping(node, path)
        self._open.discard(id(node))
        return taken

    def _scalar(self, node: ScalarNode, path: Path_) -> Any:
        """An escape such as "\\ud800" can make what no feed can carry (XML 1.0 §2.2)."""
        value = scalar_value(node)
        if isinstance(value, str) and xml_legal(value) != value:
            self._say(node, dotted(path), "expected text without control characters")
            return xml_legal(value)
        return value

    def _take_mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        taken: dict[str, Any] = {}
        seen: dict[str, Place] = {}
        for name, key, value in self._pairs(node, path):
            here = self._place(key)
            if name in seen:
                self._say_twice(key, (*path, name), seen[name])
                self._pass_by(value, path)
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
                self._pass_by(key)
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
            self._pass_by(value)
            self._say(value, dotted((*path, "<<")), "expected a map, such as *defaults")
        self._open.discard(id(value))
        return brought

    def _place(self, node: Node) -> Place:
        mark, end = node.start_mark, node.end_mark
        return Place(
            file=self._file, line=mark.line + 1, column=mark.column + 1, start=mark.index, end=end.index if end else 0
        )

    def _pass_by(self, node: Node, path: Path_ = ()) -> None:
        """Not taken up, though it may define names; those of sources may begin with the outlet's."""
        place = self._place(node)
        self._tree.unread += [self._tree.texts[self._file][place.start : place.end], *map(str, path[1:2])]

    def _say(self, node: Node, key: str, expected: str) -> None:
        place = self._place(node)
        complain(self._tree, place.file, place.line, place.column, key, expected)

    def _say_twice(self, node: Node, path: Path_, first: Place) -> None:
        self._say(node, dotted(path), f"is defined twice, first at {first.file}:{first.line}:{first.column}")
