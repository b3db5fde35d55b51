"""What holds of `normalize` for whatever a feed says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Byline, Entry, Media, Sighting, Tag
from aggregator.normalize import split_byline
from aggregator.normalize.dates import moment
from aggregator.normalize.markup import sanitize
from aggregator.normalize.titles import plain
from aggregator.text import xml_legal
from aggregator.urls import absolute, canonical_key, clean_url
from tests.unit.normalize.made_up import sighting

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOSTILE = st.text(alphabet=st.characters(), max_size=200) | st.text(
    alphabet="<>&;\"'/ =#:-.,()[]{}%@|\\ \t\n\x00\u202e\ud800aAéñ1imgscriptphref", max_size=200
)
ADDRESSES = HOSTILE | st.builds(
    "https://{}.example/{}?{}#{}".format,
    st.sampled_from(["p", "www.p", "m.p", "u:p@p", "[::1]"]),
    st.text(alphabet="ab/.%2eé AMP.html?index", max_size=30),
    st.text(alphabet="utm_a=1&b%;ref", max_size=20),
    st.text(alphabet="!/ab", max_size=5),
)
ENTRIES = st.builds(
    Entry,
    id=st.none() | HOSTILE,
    link=st.none() | ADDRESSES,
    title=HOSTILE,
    summary=HOSTILE,
    summary_type=st.sampled_from(["text", "html"]),
    content=HOSTILE,
    published=st.none() | HOSTILE,
    updated=st.none() | HOSTILE,
    bylines=st.lists(st.builds(Byline, name=HOSTILE, url=st.none() | ADDRESSES), max_size=3).map(tuple),
    categories=st.lists(st.builds(Tag, term=HOSTILE, label=st.none() | HOSTILE), max_size=3).map(tuple),
    media=st.lists(
        st.builds(
            Media,
            url=ADDRESSES.map(lambda url: absolute(url) or "https://p.example/x"),
            kind=st.just("image"),
            caption=HOSTILE,
        ),
        max_size=2,
    ).map(tuple),
    language=st.none() | HOSTILE,
    base=st.none() | ADDRESSES,
    rights=st.none() | HOSTILE,
    source_url=st.none() | ADDRESSES,
    raw_hash=st.just("x"),
)


@given(ENTRIES)
def test_no_entry_is_the_end_of_its_feed(entry: Entry) -> None:
    said = sighting(entry)
    assert said.content.title
    assert said.content.url is None or said.content.url.startswith(("http://", "https://"))
    for text in (
        said.content.title,
        said.content.summary,
        said.content.text,
        *(credit.name for credit in said.credits),
    ):
        assert text == xml_legal(text)


def stated_again(said: Sighting, entry: Entry) -> Entry:
    """The entry that says what a sighting says."""
    content = said.content
    return replace(
        entry,
        link=content.url,
        title=content.title,
        summary=content.summary,
        summary_type="html",
        content=content.text,
        content_type="html",
        rights=content.rights,
        language=content.language,
        categories=tuple(Tag(term=category.term, label=category.label) for category in said.categories),
    )


@given(ENTRIES)
def test_normalizing_twice_is_normalizing_once(entry: Entry) -> None:
    plain_entry = replace(entry, title=plain(entry.title), rights=None)
    once = sighting(plain_entry)
    twice = sighting(stated_again(once, plain_entry))
    assert twice.content.url == once.content.url
    assert twice.content.summary == once.content.summary
    assert twice.content.text == once.content.text
    assert twice.content.language == once.content.language


@given(st.text(alphabet="<>/ abpscrit=\"'", max_size=80))
def test_a_title_read_twice_is_a_title_read_once(title: str) -> None:
    assert plain(plain(title)) == plain(title)


@given(HOSTILE, st.none() | ADDRESSES)
def test_sanitizing_twice_is_sanitizing_once(markup: str, base: str | None) -> None:
    once = sanitize(markup, base=base)
    assert sanitize(once, base=base) == once


@given(ADDRESSES)
def test_a_key_is_its_own_key(url: str) -> None:
    key = canonical_key(url)
    assert canonical_key(key) == key


@given(ADDRESSES, st.none() | ADDRESSES)
def test_an_address_is_clean_once_and_for_all(url: str, base: str | None) -> None:
    whole = absolute(url, base)
    if whole is not None:
        assert absolute(whole) == whole
        cleaned = clean_url(whole)
        assert cleaned is not None
        assert clean_url(cleaned) == cleaned
        assert cleaned.isascii()


@given(HOSTILE)
def test_a_date_is_aware_and_never_ahead(printed: str) -> None:
    read = moment(printed, now=NOW)
    assert read is None or (read.tzinfo is not None and read <= NOW)


@given(HOSTILE, HOSTILE)
def test_no_byline_raises(printed: str, outlet: str) -> None:
    for credit in split_byline(printed, outlet_title=outlet):
        assert credit.name.strip()
        assert re.search(r"\w@\w+\.\w", credit.name) is None
