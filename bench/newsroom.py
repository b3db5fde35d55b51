"""A number of synthetic sources → a configuration folder that polls them on the bench's origin."""

from __future__ import annotations

from pathlib import Path

from bench.made_up import SECTIONS, author

AUTHORS = 20


def address(source: int) -> str:
    """Each source has a host of its own in 127.0.0.0/8, so that politeness towards one host does not rule the figures."""
    return f"127.{1 + source // 62_500}.{source // 250 % 250}.{1 + source % 250}"


def write(folder: Path, *, sources: int, port: int, kind: str) -> None:
    """Write the configuration of `sources` outlets of one source each; `kind` is the origin's: with validators or without."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(
        "site: {title: Bench, url: 'http://localhost:8000', contact: bench@localhost}\ndefaults: {republish: full}\n"
    )
    outlets = ["outlets:"]
    for source in range(sources):
        base = f"http://{address(source)}:{port}"
        outlets.append(f"  outlet-{source}: {{title: Outlet {source}, url: '{base}', language: es, country: PE, "
                       f"sources: [{{url: '{base}/{kind}/{source}.xml'}}]}}")  # fmt: skip
    (folder / "sources.yaml").write_text("\n".join(outlets) + "\n")
    sections = [f"  {slug}: {{title: {slug}, categories: [{slug}]}}" for slug in SECTIONS]
    (folder / "sections.yaml").write_text("\n".join(["sections:", *sections]) + "\n")
    names = [author(number) for number in range(AUTHORS)]
    authors = [f"  author-{number}: {{name: {name}}}" for number, name in enumerate(names)]
    (folder / "authors.yaml").write_text("\n".join(["authors:", *authors]) + "\n", encoding="utf-8")
