"""A folder → a small commented configuration in it, to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from aggregator.config.schema import schema_text
from aggregator.errors import ConfigError, Problem

_HERE = Path(__file__).parent


def starter(folder: Path) -> tuple[Path, ...]:
    """Write the starter configuration to `folder`, which is made if missing; the files written.

    Raises ConfigError where the folder has a configuration already: nothing is ever overwritten.
    """
    texts = {
        item.name: item.read_text(encoding="utf-8")
        for item in sorted(resources.files("aggregator.config").joinpath("template").iterdir(), key=lambda i: i.name)
        if item.name.endswith(".yaml")
    }
    texts["schema.json"] = schema_text()
    _refuse_existing(folder, texts)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
            written.append(folder / name)
    except OSError as error:
        raise _refused(folder, f"expected a folder that can be written to ({error.strerror})") from None
    return tuple(written)


def _refuse_existing(folder: Path, texts: dict[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise _refused(folder, "expected a folder, and this is a file")
    there = sorted(path.name for path in folder.glob("*.yaml")) or [name for name in texts if (folder / name).exists()]
    if there:
        raise _refused(folder, f"has {', '.join(there[:3])}{' …' if there[3:] else ''} already; nothing was written")


def _refused(folder: Path, expected: str) -> ConfigError:
    return ConfigError(Problem(file=str(folder), line=0, column=0, key="init", expected=expected))


def shipped() -> Path:
    """The folder of the configuration that the project ships: beside the package in a checkout, in it when installed."""
    packaged = _HERE / "shipped"
    return packaged if packaged.is_dir() else _HERE.parents[1] / "config"
