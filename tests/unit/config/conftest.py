"""A folder of YAML written by a test, and what loading it says."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.config import Loaded, load
from aggregator.errors import ConfigError

SITE = "site: {contact: ops@example.org}\n"

Write = Callable[..., Path]
Refused = Callable[..., list[str]]
Load = Callable[..., Loaded]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files (`a="…"` is a.yaml) to a folder that has a site already, and give the folder."""

    def write(**files: str) -> Path:
        folder = tmp_path / "config"
        folder.mkdir(exist_ok=True)
        for name, text in ({"zz-site": SITE} | files).items():
            (folder / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def loaded(write: Write) -> Load:
    def loaded(environment: dict[str, str] | None = None, **files: str) -> Loaded:
        return load(write(**files), environment=environment or {}, strict_secrets=True)

    return loaded


@pytest.fixture
def refused(write: Write) -> Refused:
    """Every error of the files, each as `FILE:LINE:COLUMN: key: expected` with the folder left out."""

    def refused(environment: dict[str, str] | None = None, *, strict: bool = True, **files: str) -> list[str]:
        folder = write(**files)
        with pytest.raises(ConfigError) as caught:
            load(folder, environment=environment or {}, strict_secrets=strict)
        return [str(one).removeprefix(f"{folder}/").replace(f"{folder}/", "") for one in caught.value.problems]

    return refused
