"""JSON Feed 1.0 and 1.1 → entries; wrong types are no reason to fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.model import Byline, Entry, Media, Tag
from tests.unit.parse.feeds import read


def feed(*items: Any, **about: Any) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": items, **about})


def item(**fields: Any) -> Entry:
    return read(feed({"id": "1", **fields})).entries[0]


def test_an_item_is_read_with_all_its_fields() -> None:
    entry = item(
        url="/n/1",
        title="News",
        summary="Short",
        content_html="<p>Long</p>",
        date_published="2026-01-02T03:04:05Z",
        date_modified="2026-01-03T03:04:05Z",
        authors=[{"name": "Jo Doe", "url": "https://paper.example/jo"}],
        tags=["Perú", 3, "Perú"],
        image="https://paper.example/1.jpg",
        language="es",
        attachments=[{"url": "https://paper.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12}],
    )
    assert (entry.id, entry.link, entry.title) == ("1", "https://paper.example/n/1", "News")
    assert (entry.summary, entry.summary_type, entry.content, entry.content_type) == (
        "Short",
        "text",
        "<p>Long</p>",
        "html",
    )
    assert entry.bylines == (Byline(name="Jo Doe", url="https://paper.example/jo"),)
    assert entry.categories == (Tag(term="Perú"),)
    assert entry.media == (
        Media(url="https://paper.example/1.jpg", kind="image"),
        Media(url="https://paper.example/1.mp3", kind="audio", type="audio/mpeg", length=12, enclosure=True),
    )


def test_version_1_0_has_one_author_and_a_feed_s_authors_are_inherited() -> None:
    assert item(author={"name": "Jo"}).bylines == (Byline(name="Jo"),)
    inherited = read(feed({"id": "1"}, authors=[{"name": "Ana"}])).entries[0]
    assert inherited.bylines == (Byline(name="Ana"),)


@pytest.mark.parametrize("wrong", [None, 7, [], {}, True])
def test_wrong_types_say_nothing(wrong: Any) -> None:
    entry = item(title=wrong, url=wrong, content_html=wrong, authors=wrong, tags=wrong, attachments=wrong, image=wrong)
    assert entry.media == ()
    assert entry.categories == ()


def test_a_numeric_id_is_an_id_and_items_that_are_none_are_left_out() -> None:
    assert [entry.id for entry in read(feed({"id": 7}, "x", None)).entries] == ["7"]


def test_hub_home_page_and_language_are_read() -> None:
    said = read(
        feed(
            home_page_url="https://paper.example/",
            feed_url="https://paper.example/f.json",
            language="es",
            hubs=[
                {"type": "WebSub", "url": "https://hub.example/"},
                {"type": "rssCloud", "url": "https://cloud.example/"},
                {"type": "WebSub"},
                {"type": "WebSub", "url": "/hub"},
            ],
        )
    )
    assert (said.format, said.link, said.self_url, said.hubs, said.language) == (
        "json",
        "https://paper.example/",
        "https://paper.example/f.json",
        ("https://hub.example/", "https://paper.example/hub"),
        "es",
    )


@pytest.mark.parametrize("body", ["{", '{"a": 1}', "[]", '{"items": []}', "[" * 100_000])
def test_json_that_is_no_feed_is_an_error(body: str) -> None:
    with pytest.raises(ParseError):
        read(body)


def test_a_number_without_end_spoils_nothing_beside_it() -> None:
    digits = "9" * 5_000
    long, usual = (
        f'{{"id": {number}, "attachments": [{{"url": "https://x.example/a.mp3", "size_in_bytes": {number}}}]}}'
        for number in (digits, 7)
    )
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{long}, {usual}]}}'
    first, second = read(document).entries
    assert (first.id, second.id) == (digits[:2_048], "7")
    assert [entry.media[0].length for entry in (first, second)] == [None, 7]


def test_what_an_instance_says_beside_json_feed_is_read_back() -> None:
    said = {
        "source": {"title": "Other", "url": "https://other.example/atom", "id": "urn:o"},
        "categories": [
            {"term": "PE", "scheme": "https://wire.example/ns/region#"},
            {"term": "w", "label": "Water"},
            7,
            {},
        ],
        "image_type": "image/webp",
        "image_width": 30,
        "image_height": "20",
        "image_caption": "A lake",
        "image_credit": "Jo",
    }
    entry = item(image="https://x.example/a", tags=["PE", "Water"], _aggregator=said)
    assert (entry.source_title, entry.source_url, entry.source_id) == ("Other", "https://other.example/atom", "urn:o")
    assert entry.categories == (
        Tag(term="PE", scheme="https://wire.example/ns/region#"),
        Tag(term="w", label="Water"),
    )
    picture = Media(url="https://x.example/a", kind="image", type="image/webp", width=30, caption="A lake", credit="Jo")
    assert entry.media == (picture,)
    assert item(tags=["Water"], _aggregator={"categories": "x", "source": 7}).categories == (Tag(term="Water"),)
