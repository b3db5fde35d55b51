"""What a document says of how often it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model import Hints
from aggregator.parse import parse

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SYNDICATION = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
ITEM = "<item><title>One thing</title><link>https://andes.example/1</link><hour>3</hour><ttl>9</ttl></item>"


def hints(said: str) -> Hints:
    document = f"<rss version='2.0' {SYNDICATION}><channel><title>Andes Post</title>{said}{ITEM}</channel></rss>"
    return parse(document.encode(), content_type="application/rss+xml", url="https://andes.example/rss").hints


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<ttl>90</ttl>", 90),
        ("<ttl> 90 </ttl>", 90),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>often</ttl>", None),
        ("<ttl>1440.5</ttl>", None),
        ("<ttl/>", None),
        ("", None),
    ],
)
def test_ttl_is_minutes_and_junk_says_nothing(said: str, expected: int | None) -> None:
    assert hints(said).ttl == (timedelta(minutes=expected) if expected else None)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("0 1 23", {0, 1, 23}),
        ("24", {0}),
        ("25 -1 noon 7", {7}),
        (" ".join(map(str, range(24))), set()),
        ("", set()),
    ],
)
def test_hours_to_skip_are_those_of_the_clock_in_gmt(hours: str, expected: set[int]) -> None:
    said = "".join(f"<hour>{hour}</hour>" for hour in hours.split())
    assert hints(f"<skipHours>{said}</skipHours>").skip_hours == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("Saturday sunday", {5, 6}),
        ("Lunes Monday", {0}),
        ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday", set()),
    ],
)
def test_days_to_skip_have_english_names(days: str, expected: set[int]) -> None:
    said = "".join(f"<day>{day}</day>" for day in days.split())
    assert hints(f"<skipDays>{said}</skipDays>").skip_days == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updateFrequency>2</sy:updateFrequency>", 12 * HOUR),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 7 * DAY),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_a_period_by_its_frequency_is_an_interval(said: str, expected: timedelta | None) -> None:
    assert hints(said).update_interval == expected


def test_documents_that_say_nothing_hint_at_nothing() -> None:
    assert hints("") == Hints()
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}'
    assert parse(feed, content_type="application/feed+json", url="https://andes.example/feed.json").hints == Hints()


def test_what_headers_say_and_what_the_document_says_are_kept_together() -> None:
    both = Hints(fresh_for=HOUR, ttl=DAY).with_document(Hints(ttl=HOUR, skip_days=frozenset({6})))
    assert both == Hints(fresh_for=HOUR, ttl=HOUR, skip_days=frozenset({6}))
