"""Links, moments, safe text and the door's arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import ChannelKind, Picture, Site
from aggregator.web.cards import safe, visible
from aggregator.web.door import Rates, below
from aggregator.web.files import can_be_a_file
from aggregator.web.links import Links, root_of
from aggregator.web.moments import lasting, moment, relative, zone_of
from aggregator.web.problems import for_machine

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(days=10), "19 Feb"),
        (timedelta(days=400), "25 Jan 2025"),
        (timedelta(minutes=-30), "in 30 min"),
        (timedelta(seconds=-30), "in 30 s"),
    ],
)
def test_times_are_relative_in_one_unit(ago: timedelta, words: str) -> None:
    assert relative(NOW - ago, now=NOW, zone=UTC) == words


def test_a_moment_has_its_exact_time_in_the_zone_of_the_site() -> None:
    made = moment(NOW - timedelta(minutes=12), now=NOW, zone=ZoneInfo("America/Bogota"))
    assert (made.iso, made.exact) == ("2026-03-01T11:48:00Z", "1 March 2026, 06:48 UTC-05")


def test_an_unknown_zone_is_utc_and_a_length_has_its_largest_unit() -> None:
    assert zone_of("Atlantis/Capital") is UTC
    assert lasting(timedelta(seconds=59)) == "59 s"


def test_links_lie_below_the_path_of_the_site_and_quote_what_they_hold() -> None:
    links = Links.of(Site(url="https://x.example/news"))
    assert links.channel(ChannelKind.AUTHOR, "josé/../x") == "/news/authors/jos%C3%A9%2F..%2Fx"
    assert links.feed(ChannelKind.CHANNEL, "a", "atom", token="t&t") == "/news/channels/a.atom?token=t%26t"
    assert links.search('"a b"', "rss") == "/news/search.rss?q=%22a%20b%22"
    assert root_of(Site(url="https://x.example")) == ""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/news/sections/peru", "/sections/peru"),
        ("/sections/peru", "/sections/peru"),
        ("/news", "/"),
        ("/news/", "/"),
        ("/newsroom", "/newsroom"),
        ("", "/"),
    ],
)
def test_requests_come_with_the_prefix_or_without(path: str, found: str) -> None:
    assert below(path, "/news") == found


def test_a_client_may_burst_and_then_goes_at_its_rate() -> None:
    clock = [NOW]
    rates = Rates(lambda: clock[0])
    assert [rates.take("a", 2.0, 3) for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.take("b", 2.0, 3) == 0
    clock[0] += timedelta(seconds=0.5)
    assert rates.take("a", 2.0, 3) == 0


def test_a_client_has_a_network_of_ipv6_to_itself() -> None:
    rates = Rates(lambda: NOW)
    assert [rates.take(f"2001:db8::{number}", 1.0, 2) for number in range(1, 4)] == [0, 0, 1.0]
    assert rates.take("2001:db8:0:1::1", 1.0, 2) == 0


def test_text_is_cleaned_again_where_it_is_shown() -> None:
    evil = '<p onclick="x()">Hi<script>alert(1)</script><a href="javascript:x">a</a><iframe srcdoc="x"></iframe></p>'
    assert safe(evil) == '<p>Hi<a rel="noopener noreferrer nofollow">a</a></p>'
    assert safe("") == ""


def test_pictures_over_http_are_not_shown_since_our_policy_would_block_them() -> None:
    assert visible(Picture(url="http://x.example/a.jpg")) is None
    assert visible(Picture(url="https://x.example/a.jpg")) is not None


@pytest.mark.parametrize("slug", ["", "..", ".hidden", "a/b", "a\\b", "a\0b", "a\nb"])
def test_a_slug_is_never_a_path_in_the_mirror(slug: str) -> None:
    assert not can_be_a_file(slug)
    assert can_be_a_file("josé-2")


@pytest.mark.parametrize(
    ("path", "machine"),
    [
        ("/sections/peru.atom", True),
        ("/api/v1/articles", True),
        ("/opml", True),
        ("/sections/peru", False),
        ("/api/docs", False),
    ],
)
def test_programs_get_problem_json_and_people_a_page(path: str, machine: bool) -> None:
    assert for_machine(path) is machine
