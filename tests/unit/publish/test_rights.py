"""How much of an article is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.model import EVERYTHING, SUMMARY_LENGTH, Allowance, Enclosure, Republish
from aggregator.publish import FORMATS, allowed, render
from tests.unit.publish.made_up import SITE, article, publication, rich_article


def test_title_shows_the_title_alone() -> None:
    shown = allowed(rich_article(), EVERYTHING.only(Republish.TITLE))
    assert shown.title == rich_article().content.title
    assert (shown.summary, shown.text, shown.picture, shown.enclosures) == ("", "", None, ())


def test_summary_shows_plain_words_and_the_picture_but_no_text() -> None:
    shown = allowed(rich_article(), EVERYTHING.only(Republish.SUMMARY))
    assert shown.summary == "Two towers, one lake & no bridge."
    assert shown.text == ""
    assert shown.picture == rich_article().content.picture


def test_full_shows_the_text() -> None:
    assert allowed(rich_article()).text == rich_article().content.text


def test_a_channel_may_narrow_but_never_widen() -> None:
    assert allowed(article(republish=Republish.TITLE), EVERYTHING).level is Republish.TITLE
    assert allowed(article(republish=Republish.FULL), EVERYTHING.only(Republish.SUMMARY)).level is Republish.SUMMARY


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


def test_a_source_says_how_long_a_summary_is_and_a_channel_may_only_shorten_it() -> None:
    told = article(summary="palabra " * 300, summary_length=1_000)
    assert 900 < len(allowed(told).summary) <= 1_000
    assert len(allowed(told, Allowance(summary_length=50)).summary) <= 50
    assert len(allowed(article(summary="palabra " * 300), Allowance(summary_length=2_000)).summary) <= SUMMARY_LENGTH


def test_without_pictures_there_is_none_in_the_text_or_among_the_files_either() -> None:
    told = replace(
        rich_article(),
        pictures=False,
        content=replace(
            rich_article().content,
            text='<figure><img src="https://a.example/1.jpg"><figcaption>Dawn</figcaption></figure><p>Words.</p>',
            enclosures=(
                Enclosure(url="https://a.example/1.jpg"),
                Enclosure(url="https://a.example/1.mp3", type="audio/mpeg"),
            ),
        ),
    )
    shown = allowed(told)
    assert shown.picture is None
    assert "<img" not in shown.text
    assert "Words." in shown.text
    assert [file.url for file in shown.enclosures] == ["https://a.example/1.mp3"]
    assert allowed(rich_article(), Allowance(pictures=False)).picture is None


@pytest.mark.parametrize("level", Republish)
def test_an_attribution_stands_with_every_item_however_little_is_shown(level: Republish) -> None:
    told = replace(rich_article(), attribution="© The Andean Post, by permission", republish=level)
    for format in FORMATS:
        body = render(publication(told), format, site=SITE).body.decode()
        assert "© The Andean Post, by permission" in body
