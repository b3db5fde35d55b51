"""What of a feed is new to a subscriber."""

from collections.abc import Sequence

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.publish import FORMATS, render
from aggregator.push.delta import delta, items_of
from tests.unit.publish.made_up import SITE, article, publication, rich_article

FEEDS = ("rss", "atom")


def feed(guids: Sequence[str], format: str, **changes: object) -> bytes:
    articles = tuple(article(guid, text="<p>A [CDATA] ]]> text</p>") for guid in guids)
    return render(publication(*articles, **changes), format, site=SITE).body


def titles(body: bytes) -> list[str]:
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


@pytest.mark.parametrize("format", FEEDS)
@settings(deadline=None)
@given(before=st.sets(st.sampled_from("abcdefgh")), after=st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_it_is_what_was_not_there_before_in_the_same_order(format: str, before: set[str], after: list[str]) -> None:
    known = items_of(feed(sorted(before), format), format)
    whole = feed(after, format)
    new = [f"Story {guid}" for guid in after if guid not in before]
    expected = new if new and before else titles(whole)
    assert titles(delta(whole, format, known)) == expected
    assert len(known) == len(before)


@pytest.mark.parametrize("format", FEEDS)
def test_a_changed_article_is_new(format: str) -> None:
    held = publication(article("a"), article("b"))
    changed = publication(article("a", title="Corrected"), article("b"))
    known = items_of(render(held, format, site=SITE).body, format)
    assert titles(delta(render(changed, format, site=SITE).body, format, known)) == ["Corrected"]


@pytest.mark.parametrize("format", FEEDS)
def test_where_only_the_head_changed_all_goes(format: str) -> None:
    known = items_of(feed("ab", format), format)
    renamed = feed("ab", format, title="Another name")
    assert delta(renamed, format, known) == renamed


@pytest.mark.parametrize("format", FEEDS)
def test_what_is_sent_of_an_article_is_what_the_feed_says_of_it(format: str) -> None:
    whole = render(publication(rich_article(), article("b")), format, site=SITE).body
    known = items_of(render(publication(article("b")), format, site=SITE).body, format)
    part = delta(whole, format, known)
    assert items_of(part, format) == items_of(whole, format)[:1]
    assert feedparser.parse(part).entries[0] == feedparser.parse(whole).entries[0]


def test_a_json_feed_goes_whole() -> None:
    whole = feed("ab", "json")
    assert items_of(whole, "json") == ()
    assert delta(whole, "json", ["0123456789abcdef"]) == whole


def test_every_format_is_thought_of() -> None:
    assert set(FORMATS) == {*FEEDS, "json"}
