"""Titles and addresses → whether the source takes the article back."""

from __future__ import annotations

import pytest

from aggregator.dedupe.retraction import is_retraction
from aggregator.model import Content


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Retracted: Miracle cure found in Puno", None),
        ("RETRACTACIÓN — Cura milagrosa en Puno", None),
        ("[Retirado] Cura milagrosa", None),
        ("Matéria retirada", None),
        ("Article removed.", None),
        ("Cura milagrosa", "https://p.example/retractions/cura"),
    ],
)
def test_what_begins_with_the_word_or_lies_in_its_folder_is_one(title: str, url: str | None) -> None:
    assert is_retraction(Content(title=title, url=url))


@pytest.mark.parametrize(
    "title",
    [
        "Minister demands a retraction from newspaper",
        "Retracted claims cost the bank a fortune",
        "Retired general runs for president",
        "Correction: the bridge is in Puno",
        "",
    ],
)
def test_news_about_retractions_and_corrections_are_none(title: str) -> None:
    assert not is_retraction(Content(title=title, url="https://p.example/news/retraction-demanded-12345"))
