"""`docs/configuration.md` tells the truth: every key and setting stands in it, and its examples load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from aggregator.config import Settings, load, models

DOCS = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")


def keys() -> Iterator[tuple[str, str]]:
    for name, model in sorted(vars(models).items()):
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from ((name, key) for key in model.model_fields)


@pytest.mark.parametrize(("model", "key"), list(keys()))
def test_every_key_is_documented(model: str, key: str) -> None:
    assert f"`{key}`" in DOCS or f"{{{key}: " in DOCS, f"{key} of {model}"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    (row,) = re.findall(rf"^\| `AGGREGATOR_{name.upper()}` \| (.*?) \|", DOCS, re.M)
    defaults = {key: value for key, value, _ in Settings.read({}).describe()}
    assert row.strip("`") == (defaults[f"AGGREGATOR_{name.upper()}"] or "none")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"AGGREGATOR_([A-Z_]+)", DOCS))
    assert {name.removesuffix("_FILE").lower() for name in named} <= set(Settings.model_fields)


def test_the_examples_load_together(tmp_path: Path) -> None:
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", DOCS, re.S)):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    environment: dict[str, Any] = {"MERCOPRESS_TOKEN": "m", "LITHIUM_TOKEN": "l"}
    found = load(tmp_path, environment=environment, strict_secrets=True)
    assert not found.warnings
    assert [source.id for source in found.newsroom.sources] == ["mercopress", "mercopress-politics"]
    assert [channel.slug for channel in found.newsroom.channels] == ["lithium", "old-one"]


def test_the_example_of_an_error_is_what_is_said() -> None:
    assert "expected a time zone such as America/Bogota, not 'Bogotá' (did you mean America/Bogota?)" in DOCS
    with pytest.raises(ValueError, match=r"not 'Bogotá' \(did you mean America/Bogota\?\)"):
        models.SiteModel.model_validate({"timezone": "Bogotá"})
