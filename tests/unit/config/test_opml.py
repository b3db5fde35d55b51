"""Another reader's outlines become a file that loads."""

from __future__ import annotations

from pathlib import Path

from aggregator.config import load
from aggregator.config.opml import sources_yaml
from aggregator.model import Newsroom
from aggregator.publish import Outline

OUTLINES = (
    Outline(
        text="News",
        children=(
            Outline(text="One", xml_url="https://one.example/rss", html_url="https://one.example/", language="es"),
            Outline(text="One, a", xml_url="https://one.example/a/notas"),
            Outline(text="One, b", xml_url="https://one.example/b/notas"),
        ),
    ),
    Outline(text="None", xml_url="https://none.example/rss"),
)


def test_what_is_imported_loads_with_an_id_for_each_source(tmp_path: Path) -> None:
    text, count = sources_yaml(OUTLINES, Newsroom())
    (tmp_path / "imported.yaml").write_text(text, encoding="utf-8")
    newsroom = load(tmp_path, environment={}, strict_secrets=True).newsroom
    assert count == len(newsroom.sources) == 4
    assert [source.id for source in newsroom.sources] == ["one", "one-notas", "one-notas-2", "none-2"]
    assert newsroom.outlets[0].language == "es"


def test_what_is_polled_already_is_left_out(tmp_path: Path) -> None:
    text, _ = sources_yaml(OUTLINES, Newsroom())
    (tmp_path / "imported.yaml").write_text(text, encoding="utf-8")
    newsroom = load(tmp_path, environment={}, strict_secrets=True).newsroom
    assert sources_yaml(OUTLINES, newsroom)[1] == 0
