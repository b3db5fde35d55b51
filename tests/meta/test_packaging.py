"""What installs us says the same everywhere, and is locked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import aggregator

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", lock.read_text(), re.M))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_hashes_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "index" not in "".join(line for line in text.splitlines() if line.startswith("-"))
    entries = [part for part in re.split(r"\n(?=[a-z0-9])", text) if part.strip()]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []


def test_the_locks_agree_with_one_another() -> None:
    every = pins(ROOT / "requirements-dev.txt")
    for lock in LOCKS:
        assert {name: version for name, version in pins(lock).items() if every.get(name) != version} == {}


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[\[<>=~!; ]", one)[0].lower().replace(".", "-") for one in wanted}
    assert names - set(pins(ROOT / "requirements.txt")) == set()


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == aggregator.__version__
    assert f"## {aggregator.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_compose_starts_one_service_unless_a_profile_is_asked_for() -> None:
    services = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
    assert [name for name, service in services.items() if not service.get("profiles")] == ["aggregator"]
    assert {profile for service in services.values() for profile in service.get("profiles", ())} == {"cron", "postgres"}


def test_the_image_runs_without_root_and_knows_whether_it_is_well() -> None:
    final = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER 1000", final, re.M)
    assert re.search(r'^HEALTHCHECK .*CMD \["aggregator", "health"\]$', final, re.M)
    assert "pip install" not in final
    assert "--require-hashes" in (ROOT / "Dockerfile").read_text()
