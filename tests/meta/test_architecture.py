"""The layers hold, the core is pure, and the house rules that a machine can read are kept."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(ROOT.glob("aggregator/**/*.py"))


def test_imports_point_downward_and_the_core_does_no_io() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_turns_into_what(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_feedparser_is_imported_in_one_place() -> None:
    assert importers("feedparser") == {"parse/xml.py"}


def test_feedgen_is_imported_in_publish_alone() -> None:
    assert {name.split("/")[0] for name in importers("feedgen")} == {"publish"}


def test_only_the_composition_root_reads_the_clock() -> None:
    readers = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    }
    assert readers == {"app.py"}


def test_no_module_is_named_for_what_nobody_knows() -> None:
    banned = {"utils", "util", "helpers", "common", "base", "manager", "misc"}
    assert {path for path in MODULES if {path.stem, path.parent.name} & banned} == set()


@pytest.mark.parametrize(
    ("imported", "spared"),
    [
        ("aggregator.cli", {"aiohttp", "pydantic", "sqlalchemy", "structlog"}),
        ("aggregator.app", {"aiohttp", "apscheduler", "fastapi", "feedparser", "pebble", "trafilatura", "uvicorn"}),
    ],
)
def test_no_command_waits_for_imports_that_it_does_not_need(imported: str, spared: set[str]) -> None:
    code = f"import sys, {imported}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert spared & set(done.stdout.split()) == set()


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "aggregator/__init__.py"])
def test_a_newcomer_is_told_what_each_module_is_for(page: str) -> None:
    beside = {
        path.stem for path in (ROOT / "aggregator").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    named = set(re.findall(r"\w+", (ROOT / page).read_text(encoding="utf-8")))
    assert beside - {"__init__", "__main__"} - named == set()


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in MODULES:
        yield path.relative_to(ROOT / "aggregator").as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def importers(package: str) -> set[str]:
    """The modules that import `package`."""

    def imported(node: ast.AST) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []

    return {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if any(one.split(".")[0] == package for one in imported(node))
    }
