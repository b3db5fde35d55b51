"""What is kept, cleaned and refused of an address, and what makes two addresses one."""

from __future__ import annotations

import pytest

from aggregator.urls import absolute, canonical_key, clean_url, request_address

FEED = "https://paper.example/dir/feed.xml"


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("https://paper.example/a", "https://paper.example/a"),
        ("/rel/é x", "https://paper.example/rel/%C3%A9%20x"),
        ("next", "https://paper.example/dir/next"),
        ("//cdn.example/x.png", "https://cdn.example/x.png"),
        (" \n https://paper.example/a\t", "https://paper.example/a"),
        ("HTTP://Paper.EXAMPLE:80/A", "http://paper.example/A"),
        ("https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x"),
        ("http://paper.example/100%", "http://paper.example/100%25"),
        ("http://paper.example/?a=1&amp;b=2", "http://paper.example/?a=1&b=2"),
        ("http://[::1]:81/", "http://[::1]:81/"),
    ],
)
def test_an_address_is_made_absolute_and_well_formed(stated: str, meant: str) -> None:
    assert absolute(stated, FEED) == meant


@pytest.mark.parametrize(
    "stated",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " \x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "http://exa mple/",
        "http:///x",
        "http://[zz]/",
        "http://paper.example:99999/",
        "https://paper.example/" + "a" * 3000,
        "",
    ],
)
def test_what_is_no_web_address_is_refused(stated: str) -> None:
    assert absolute(stated, FEED) is None
    assert clean_url(stated) is None


def test_trackers_and_userinfo_are_stripped_from_what_is_published() -> None:
    assert clean_url("https://u:p@paper.example/a?utm_source=x&id=7&fbclid=1&at_medium=RSS#top") == (
        "https://paper.example/a?id=7#top"
    )


@pytest.mark.parametrize("stated", ["https://u:p@paper.example:8443/a?b=c#d", "//u@paper.example:8443/a?b=c#d"])
def test_userinfo_is_no_part_of_any_address(stated: str) -> None:
    assert absolute(stated, FEED) == "https://paper.example:8443/a?b=c#d"


@pytest.mark.parametrize("query", ["gallery=3", "cidade=lima&id=7", "id=2&reference=9", "uid=88231", "blank="])
def test_parameters_that_name_a_page_stay(query: str) -> None:
    assert canonical_key(f"https://paper.example/n?{query}") == f"https://paper.example/n?{query}"


def test_an_ambiguous_parameter_goes_only_by_its_value() -> None:
    assert clean_url("https://paper.example/n?ref=rss&id=9") == "https://paper.example/n?id=9"
    assert clean_url("https://paper.example/n?ref=paper.example") == "https://paper.example/n"
    assert clean_url("https://www.paper.example/n?ref=paper.example") == "https://www.paper.example/n"
    assert clean_url("https://paper.example/n?ref=AB12") == "https://paper.example/n?ref=AB12"


@pytest.mark.parametrize(
    "variant",
    [
        "http://paper.example/a/b",
        "https://www.paper.example/a/b/",
        "https://paper.example:443/a/b#comments",
        "https://m.paper.example/a/b.html",
        "https://amp.paper.example/a/b.amp.html",
        "https://paper.example/a/b/amp",
        "https://paper.example/a/./x/../b/index.html",
        "https://paper.example//a/%62?utm_campaign=rss",
        "https://www.google.com/amp/s/www.paper.example/a/b.amp.html",
        "https://paper-example.cdn.ampproject.org/c/s/www.paper.example/a/b/amp/",
    ],
)
def test_the_forms_of_one_page_have_one_key(variant: str) -> None:
    assert canonical_key(variant) == "https://paper.example/a/b"


def test_different_pages_keep_different_keys() -> None:
    pages = ["/a", "/A", "/?p=1", "/?p=2", "/n?a=1&b=2", "/n?a=2&b=1", "/#!/n/3", "/#!/n/4"]
    assert len({canonical_key(f"https://paper.example{page}") for page in pages}) == len(pages)


def test_what_is_no_address_is_its_own_key() -> None:
    assert canonical_key("urn:uuid:60A76C80") == "urn:uuid:60A76C80"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://Paper.Example", "http://paper.example/"),
        ("http://paper.example:80/a#top", "http://paper.example/a"),
        ("https://paper.example:80/a/", "https://paper.example:80/a/"),
        ("http://münchen.example/%7ea%c3%a9?b=%2f%41", "http://xn--mnchen-3ya.example/~a%C3%A9?b=%2FA"),
        ("http://paper.example//a/../b", "http://paper.example//a/../b"),
        ("http://[0:0:0:0:0:0:0:1]:80/a", "http://[::1]/a"),
        ("https://${HOST}/a", "https://${HOST}/a"),
    ],
)
def test_addresses_that_ask_for_the_same_are_one(url: str, asked: str) -> None:
    assert request_address(url) == asked
    assert request_address(asked) == asked
