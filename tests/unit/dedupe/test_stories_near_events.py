"""Events told after one template, in several countries, by several outlets: what is one story, and what only looks like one.

`near_events.jsonl` is made up. The rules were made with one half of it in view, and are held to the other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.eval.labelled import labelled
from bench.eval.stories import KEYS, measure

LINES = list(labelled([Path(__file__).with_name("near_events.jsonl")], KEYS))


@pytest.mark.parametrize("half", ["learned from", "held out"])
def test_events_of_one_template_are_as_many_stories_and_tellings_of_one_event_are_one(half: str) -> None:
    figures = measure([line for line in LINES if line["window"] == half])
    assert figures["b3"]["precision"] >= 0.97
    assert figures["b3"]["recall"] >= 0.89
    assert figures["false_joins"] <= 0.05


def test_there_are_enough_events_and_languages_to_say_so() -> None:
    assert len(LINES) >= 150
    assert len({line["story"] for line in LINES}) >= 60
    assert {line["lang"] for line in LINES} == {"en", "es", "fr", "pt"}
