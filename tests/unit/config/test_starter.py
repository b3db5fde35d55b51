"""`aggregator init` writes a configuration that loads, and never overwrites one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aggregator.config import load, schema, starter
from aggregator.errors import ConfigError


def test_the_starter_loads_and_has_one_of_everything(tmp_path: Path) -> None:
    written = starter(tmp_path / "new" / "config")
    found = load(tmp_path / "new" / "config", environment={}, strict_secrets=True)
    newsroom = found.newsroom
    assert [warning.key for warning in found.warnings] == ["site.contact"]
    assert len(newsroom.sources) == 3
    assert newsroom.sections
    assert newsroom.authors
    assert newsroom.channels
    assert {path.name for path in written} >= {"site.yaml", "schema.json"}


def test_the_starter_names_its_schema_and_brings_it(tmp_path: Path) -> None:
    starter(tmp_path)
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == schema()
    for path in tmp_path.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")


@pytest.mark.parametrize("name", ["site.yaml", "other.yaml", "schema.json"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"has {name} already; nothing was written"):
        starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_in_the_way_says_so(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="expected a folder, and this is a file"):
        starter(tmp_path / "config")
