"""How much of an article is shown."""

from __future__ import annotations

import pytest

from aggregator.model import Republish
from aggregator.publish import SUMMARY_LENGTH, allowed
from tests.unit.publish.made_up import article, rich_article


def test_title_shows_the_title_alone() -> None:
    shown = allowed(rich_article(), Republish.TITLE)
    assert shown.title == rich_article().content.title
    assert (shown.summary, shown.text, shown.picture, shown.enclosures) == ("", "", None, ())


def test_summary_shows_plain_words_and_the_picture_but_no_text() -> None:
    shown = allowed(rich_article(), Republish.SUMMARY)
    assert shown.summary == "Two towers, one lake & no bridge."
    assert shown.text == ""
    assert shown.picture == rich_article().content.picture


def test_full_shows_the_text() -> None:
    assert allowed(rich_article()).text == rich_article().content.text


def test_a_channel_may_narrow_but_never_widen() -> None:
    assert allowed(article(republish=Republish.TITLE), Republish.FULL).level is Republish.TITLE
    assert allowed(article(republish=Republish.FULL), Republish.SUMMARY).level is Republish.SUMMARY


def test_a_long_summary_is_cut_between_words() -> None:
    shown = allowed(article(summary="<p>" + "palabra " * 100 + "</p>"))
    assert len(shown.summary) <= SUMMARY_LENGTH
    assert shown.summary.endswith("palabra…")


def test_without_a_summary_the_beginning_of_the_text_is_one() -> None:
    shown = allowed(article(summary="", text="<p>First words.</p>" + "<p>more and more</p>" * 2000))
    assert shown.summary.startswith("First words. more and more")
    assert len(shown.summary) <= SUMMARY_LENGTH
    assert shown.text == ""


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("Short and plain.", ""),  # said once is enough
        (
            "<p>With <a href='https://x.example/'>a link</a>.</p>",
            "<p>With <a href='https://x.example/'>a link</a>.</p>",
        ),
        ("word " * 100, "word " * 100),
    ],
)
def test_a_source_that_gives_all_in_its_summary_is_shown_in_full(summary: str, text: str) -> None:
    assert allowed(article(summary=summary, republish=Republish.FULL)).text == text
