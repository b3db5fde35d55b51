"""What changed between two tellings, within the rights of the source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Content, Republish
from aggregator.publish.differences import Run, differences, runs
from tests.unit.query.articles import article

BEFORE = Content(title="Four dead in Puno", summary="<p>The storm hit at noon.</p>", text="<p>Old <b>text</b>.</p>")
AFTER = Content(title="Six dead in Puno", summary="<p>The storm hit at noon.</p>", text="<p>New <i>text</i>.</p>")


def test_words_that_went_and_came_stand_side_by_side() -> None:
    assert runs("Four dead in Puno", "Six dead in Puno") == (
        Run("del", "Four"),
        Run("ins", "Six"),
        Run("same", "dead in Puno"),
    )


def test_long_stretches_that_stayed_are_cut() -> None:
    words = " ".join(f"w{n}" for n in range(100))
    cut, kept, added = runs(words, f"{words} end")
    assert (cut.kind, kept.text.split()[-1], added) == ("cut", "w99", Run("ins", "end"))
    middle = runs(f"x {words} y", f"z {words} q")
    assert [run.kind for run in middle] == ["del", "ins", "same", "cut", "same", "del", "ins"]


@pytest.mark.parametrize(
    ("republish", "parts"),
    [(Republish.TITLE, ["title"]), (Republish.SUMMARY, ["title"]), (Republish.FULL, ["title", "text"])],
)
def test_a_difference_shows_no_more_than_the_source_allows(republish: Republish, parts: list[str]) -> None:
    found = differences(replace(article(), republish=republish), BEFORE, AFTER)
    assert [name for name, _ in found] == parts


_texts = st.lists(st.sampled_from(["a", "b", "c", "<i>"]), max_size=14).map(" ".join)


@given(_texts, _texts)
def test_what_stayed_and_went_is_the_old_text_and_what_stayed_and_came_the_new(old: str, new: str) -> None:
    found = runs(old, new)
    assert " ".join(run.text for run in found if run.kind in ("same", "del")) == old
    assert " ".join(run.text for run in found if run.kind in ("same", "ins")) == new
