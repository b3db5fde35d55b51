"""What users can name stands in the docs, and what the docs name is there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from aggregator import errors, query
from aggregator.cli import cli
from aggregator.config import Settings, load
from aggregator.model import ChannelKind
from aggregator.publish import COLUMNS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def doc(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name: `db upgrade`."""

    def below(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(f"{prefix}{name} ", command)
            else:
                yield f"{prefix}{name}", command

    return below("", typer.main.get_command(cli))


def flags(command: Any) -> set[str]:
    named = {flag for parameter in command.params for flag in parameter.opts if flag.startswith("--")}
    return named - {"--help", "--json", "--limit", "--install-completion", "--show-completion"}


def test_every_command_stands_in_the_operators_docs() -> None:
    assert [name for name, _ in commands() if f"`aggregator {name}" not in doc("docs/operators.md")] == []


def test_every_flag_of_a_command_stands_in_the_operators_docs() -> None:
    missing = {
        f"{name} {flag}"
        for name, command in [("", typer.main.get_command(cli)), *commands()]
        for flag in flags(command)
        if flag not in doc("docs/operators.md")
    }
    assert missing == set()


def test_every_command_and_group_shows_an_example_in_its_help() -> None:
    top: Any = typer.main.get_command(cli)
    both = {**top.commands, **dict(commands())}
    assert [name for name, command in both.items() if "Example: " not in (command.help or "")] == []


def test_the_docs_name_no_command_that_is_not_there() -> None:
    known = {name.split()[0] for name, _ in commands()}
    named = {word for page in PAGES for word in re.findall(r"(?:`|^)aggregator ([a-z]+)", page.read_text(), re.M)}
    assert named - known == set()


def test_every_setting_stands_in_the_docs() -> None:
    names = [f"AGGREGATOR_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"| `{name}` |" not in doc("docs/configuration.md")] == []


def test_the_docs_name_no_setting_that_is_not_there() -> None:
    known = {f"AGGREGATOR_{name.upper()}" for name in Settings.model_fields} | {
        "AGGREGATOR_TEST_DATA",
        "AGGREGATOR_FEEDVALIDATOR",
        "AGGREGATOR_OTHER_PYTHON",
    }
    named = {word for page in PAGES for word in re.findall(r"AGGREGATOR_[A-Z_]+\b", page.read_text())}
    assert {name.removesuffix("_FILE") for name in named} - known == set()


def test_every_query_field_stands_in_the_docs() -> None:
    assert [field for field in query.FIELDS if f"| `{field}` |" not in doc("docs/queries.md")] == []
    assert [field for field in query.FIELDS if f"`{field}`" not in doc("docs/readers.md")] == []


def test_every_column_of_a_table_stands_in_the_docs() -> None:
    assert f"`{' '.join(COLUMNS)}`" in " ".join(doc("docs/http.md").split())


def test_every_example_query_of_the_readers_docs_is_understood() -> None:
    table = doc("docs/readers.md").partition("| write | to find |")[2].partition("\n\n")[0]
    examples = [
        example for row in table.strip().splitlines()[1:] for example in re.findall(r"`([^`]+)`", row.split("|")[1])
    ]
    assert examples
    assert all(query.parse(example) for example in examples if "field:" not in example)


def test_every_kind_of_channel_stands_in_the_readers_docs() -> None:
    assert [kind for kind in ChannelKind if f"`/{kind.folder}/" not in doc("docs/readers.md")] == []


def test_every_error_stands_in_the_developers_docs_and_in_the_tree() -> None:
    classes = [name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)]
    assert [name for name in classes if f"| `{name}` |" not in doc("docs/developers.md")] == []
    assert [name for name in classes if name not in (errors.__doc__ or "")] == []


def test_the_configuration_of_the_readme_is_valid(tmp_path: Path) -> None:
    (tmp_path / "readme.yaml").write_text(doc("README.md").partition("```yaml\n")[2].partition("```")[0])
    loaded = load(tmp_path, environment=os.environ, strict_secrets=True)
    assert [channel.slug for channel in loaded.newsroom.channels] == ["lithium"]


def test_every_make_target_of_the_docs_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", doc("Makefile"), re.M))
    named = {word for page in PAGES for word in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.M)}
    assert {"run", "test", "demo"} <= named <= targets


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name) if name else page
        assert there.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(there), f"{page.name} links to {target}"
