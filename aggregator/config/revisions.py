"""A configuration elsewhere or as it was: a folder, a file, a git revision → its files by name; files → a newsroom."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aggregator.config.loading import load
from aggregator.errors import AggregatorError
from aggregator.model import Newsroom


def files_of(place: Path) -> dict[str, str] | None:
    """The YAML files of a folder, or one file; None where nothing is."""
    if not place.exists():
        return None
    paths = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    return {path.name: path.read_text(encoding="utf-8-sig") for path in paths if not path.name.startswith(".")}


def files_at(folder: Path, revision: str) -> dict[str, str] | None:
    """The YAML files of `folder` at a git revision; None where git knows no such one, or is not there."""
    if _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") is None:
        return None
    names = (_git(folder, "ls-tree", "--name-only", revision, "./") or "").splitlines()
    wanted = [name for name in names if name.endswith(".yaml") and not name.startswith(".")]
    return {name: _git(folder, "show", f"{revision}:./{name}") or "" for name in wanted}


def newsroom_from(files: Mapping[str, str], *, called: str, environment: Mapping[str, str]) -> Newsroom:
    """What the files configure. Raises ConfigError where they are no configuration, AggregatorError where there are none."""
    if not files:
        raise AggregatorError(f"{called} has no *.yaml file of a configuration")
    with tempfile.TemporaryDirectory(prefix="aggregator-plan-") as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / Path(file).name).write_text(text, encoding="utf-8")
        return load(folder, environment=environment, strict_secrets=False).newsroom


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False, timeout=30
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
