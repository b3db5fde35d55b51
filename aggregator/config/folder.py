"""A folder of YAML files → one tree, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from aggregator.config.nodes import Reader
from aggregator.config.tree import Tree, complain


def read_folder(folder: Path) -> Tree:
    """Every `*.yaml` of `folder`, in order of name, merged. What is wrong is in `problems`; nothing is raised."""
    tree = Tree()
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith(".")) if folder.is_dir() else []
    if not files:
        tree.unseen = True
        what = "no *.yaml file in this folder" if folder.is_dir() else "no such folder"
        complain(tree, str(folder), 1, 1, "configuration", f"{what}; `aggregator init {folder}` writes a first one")
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
        complain(tree, str(path), 1, 1, path.name, "is not read; name it *.yaml", warning=True)
    for path in files:
        _read_file(tree, path)
    return tree


def _read_file(tree: Tree, path: Path) -> None:
    name = str(path)
    text = _text_of(tree, path)
    if text is None:
        return
    tree.texts[name] = text
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.composer.warn_double_anchors = False  # YAML 1.2 §7.1 allows it
        root = yaml.compose(text)
        if root is not None and root.tag != "tag:yaml.org,2002:null":
            Reader(tree, name).merge(root)
    except (YAMLError, RecursionError, ValueError) as error:
        tree.unread.append(text)
        _complain_of_yaml(tree, name, text, error)


def _text_of(tree: Tree, path: Path) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        tree.unseen = True
        complain(tree, str(path), 1, 1, "file", f"expected one that can be read ({error.strerror})")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        line, column = _line_and_column(before, len(before))
        tree.unread.append(raw.decode("utf-8-sig", "replace"))
        complain(tree, str(path), line, column, "file", "expected text in UTF-8")
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
    complain(tree, name, line, column, "YAML", f"expected well-formed YAML ({' '.join(said.split())})")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
