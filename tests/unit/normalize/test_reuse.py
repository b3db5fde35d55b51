"""What publishers tell machines of reuse, and what that leaves us to show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import EVERYTHING, Allowance, Republish, Signal, Standard
from aggregator.normalize import reuse
from aggregator.parse import parse

LINK_ONLY = Republish.TITLE


def licensed(*licences: str) -> str:
    inside = "".join(f"<rsl:license>{licence}</rsl:license>" for licence in licences)
    return f'<rsl:content url="/">{inside}</rsl:content>'


def prohibits(uses: str) -> str:
    return f'<rsl:prohibits type="usage">{uses}</rsl:prohibits>'


def permits(uses: str) -> str:
    return f'<rsl:permits type="usage">{uses}</rsl:permits>'


def payment(kind: str) -> str:
    return f'<rsl:payment type="{kind}"/>'


@pytest.mark.parametrize(
    ("licences", "level"),
    [
        ((prohibits("all"),), LINK_ONLY),
        ((prohibits("ai-train, search"),), LINK_ONLY),
        ((permits("ai-train"),), LINK_ONLY),
        ((payment("crawl"),), LINK_ONLY),
        ((permits("search") + payment("subscription"),), LINK_ONLY),
        ((permits("all") + prohibits("all"),), LINK_ONLY),
        (("<rsl:payment><rsl:amount currency='USD'>5</rsl:amount></rsl:payment>",), LINK_ONLY),
        ((permits("search ai-input") + prohibits("ai-train"),), Republish.FULL),
        ((prohibits("ai-all"),), Republish.FULL),
        ((permits("all") + payment("attribution"),), Republish.FULL),
        ((permits("all") + payment("free"),), Republish.FULL),
        (('<rsl:permits type="geo">US</rsl:permits>',), Republish.FULL),
        # Alternatives: one that lets us is enough.
        ((payment("crawl"), permits("search") + payment("free")), Republish.FULL),
        ((), Republish.FULL),
    ],
)
def test_rsl_that_prohibits_our_use_or_asks_for_payment_leaves_a_link(
    licences: tuple[str, ...], level: Republish
) -> None:
    assert reuse.allowance(reuse.rsl(licensed(*licences), "the feed")).republish is level


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("nosnippet", Allowance(republish=LINK_ONLY, mining=False)),
        ("max-snippet:0", Allowance(republish=LINK_ONLY, mining=False)),
        ("max-snippet: 80", Allowance(republish=Republish.SUMMARY, summary_length=80)),
        ("max-snippet:-1", EVERYTHING),
        ("noarchive", Allowance(republish=Republish.SUMMARY)),
        ("noai", Allowance(mining=False)),
        ("noimageai", Allowance(pictures=False)),
        ("noimageindex", Allowance(pictures=False)),
        ("max-image-preview:none", Allowance(pictures=False)),
        ("max-image-preview:large", EVERYTHING),
        ("noindex, nofollow", EVERYTHING),  # of a feed: no result of a search leads to it
        ("googlebot: nosnippet", EVERYTHING),
        ("aggregator: nosnippet", Allowance(republish=LINK_ONLY, mining=False)),
        ("NOAI, NoImageAI", Allowance(mining=False, pictures=False)),
    ],
)
def test_robots_directives_are_obeyed(words: str, left: Allowance) -> None:
    assert reuse.allowance(reuse.of_headers([("x-robots-tag", words)], "")) == left


def test_reserved_rights_keep_words_from_those_who_mine_texts() -> None:
    said = reuse.of_headers([("tdm-reservation", "1"), ("tdm-policy", "https://a.example/terms")], "of the answer")
    assert said == (Signal(Standard.TDM, "reserved, policy https://a.example/terms", "tdm-reservation of the answer"),)
    assert reuse.allowance(said) == Allowance(mining=False)
    assert reuse.allowance(reuse.of_headers([("tdm-reservation", "0")], "")) == EVERYTHING
    assert reuse.of_headers([("tdm-reservation", "maybe")], "") == ()


@pytest.mark.parametrize(
    ("rules", "reserved"),
    [
        ([{"location": "/", "tdm-reservation": 1}], True),
        ([{"location": "/*", "tdm-reservation": 1}], True),
        ([{"location": "/", "tdm-reservation": 1}, {"location": "/rss/", "tdm-reservation": 0}], False),
        ([{"location": "/*.pdf$", "tdm-reservation": 1}], False),
        ([{"location": "/rss/world.xml$", "tdm-reservation": 1}], True),
        ([{"location": "/r*world.xml$", "tdm-reservation": 1}], True),
        ([{"location": "/rss/world.xml*.xml$", "tdm-reservation": 1}], False),
        ([{"location": "/rss$", "tdm-reservation": 1}], False),
        ([{"location": "/other", "tdm-reservation": 1}], False),
        ([{"tdm-reservation": 1}], False),
        ({"location": "/"}, False),
        ("nonsense", False),
    ],
)
def test_the_longest_location_of_a_tdmrep_file_decides(rules: object, reserved: bool) -> None:
    said = reuse.tdm_file(json.dumps(rules).encode(), ["https://a.example/rss/world.xml"], "tdmrep.json")
    assert (not reuse.allowance(said).mining) is reserved


def test_an_end_in_a_tdmrep_file_is_the_end_of_the_whole_path() -> None:
    rules = json.dumps([{"location": "/a$", "tdm-reservation": 1}]).encode()
    assert reuse.allowance(reuse.tdm_file(rules, ["https://a.example/a/a"], "x")) == EVERYTHING
    assert reuse.tdm_file(rules, ["https://a.example/a"], "x") != ()


FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:terms="https://rslstandard.org/rsl"><channel><title>T</title><link>https://a.example/</link>
<description>d</description>
<item><title>One</title><link>https://a.example/1</link>
<terms:content url="https://a.example/1" server="https://l.example/?a=1&amp;b=2"><terms:license>
<terms:permits type="usage">search</terms:permits><terms:payment type="use"><terms:amount currency="USD">0.5</terms:amount>
</terms:payment></terms:license></terms:content><description>After it.</description></item>
<item><title>Two</title><link>https://a.example/2</link><description>Free.</description></item>
</channel></rss>"""


def test_rsl_is_read_with_any_prefix_and_kept_as_it_stood() -> None:
    one, two = parse(FEED.encode(), content_type="application/xml", url="https://a.example/feed").entries
    assert one.rsl == (
        '<rsl:content server="https://l.example/?a=1&amp;b=2" url="https://a.example/1"><rsl:license>'
        '<rsl:permits type="usage">search</rsl:permits><rsl:payment type="use"><rsl:amount currency="USD">0.5</rsl:amount>'
        "</rsl:payment></rsl:license></rsl:content>"
    )
    assert (one.summary, two.summary, two.rsl) == ("After it.", "Free.", "")
    assert [signal.said for signal in reuse.rsl(one.rsl, "")] == ["permits search", "payment use"]


@given(st.text(max_size=200))
def test_nothing_that_a_publisher_may_write_breaks_the_reading(words: str) -> None:
    for said in (
        reuse.rsl(words, "x"),
        reuse.rsl(licensed(words), "x"),
        reuse.of_headers([("x-robots-tag", words), ("tdm-reservation", words), ("tdm-policy", words)], "x"),
        reuse.tdm_file(words.encode("utf-8", "replace"), [words], "x"),
    ):
        reuse.allowance(said)


ALLOWANCES = st.builds(
    Allowance,
    republish=st.sampled_from(Republish),
    summary_length=st.none() | st.integers(1, 5000),
    pictures=st.booleans(),
    mining=st.booleans(),
)


@given(ALLOWANCES, ALLOWANCES)
def test_narrowing_and_widening_are_orderly(one: Allowance, other: Allowance) -> None:
    both = one.narrowed(other)
    assert both == other.narrowed(one)
    assert both.narrowed(one) == both
    assert one.narrowed(EVERYTHING) == one
    assert one.widened(both) == one
    assert one.widened(EVERYTHING) == EVERYTHING


def file_of(*contents: tuple[str, str]) -> bytes:
    inside = "".join(f'<content url="{url}"><license>{terms}</license></content>' for url, terms in contents)
    return f'<rsl xmlns="https://rslstandard.org/rsl">{inside}</rsl>'.encode()


NO, YES = '<prohibits type="usage">search</prohibits>', '<permits type="usage">all</permits>'


@pytest.mark.parametrize(
    ("contents", "level"),
    [
        ((("/", NO),), LINK_ONLY),
        ((("https://herald.example/*", NO),), LINK_ONLY),
        ((("https://HERALD.example", NO),), LINK_ONLY),
        ((("https://other.example/", NO),), Republish.FULL),
        ((("/sport/", NO),), Republish.FULL),
        ((("/", NO), ("/rss/", YES)), LINK_ONLY),  # the feed itself, but not the site that it is of
        ((("/", YES), ("/rss/", NO)), LINK_ONLY),
        ((("/*.xml$", NO), ("/", YES)), LINK_ONLY),
        ((), Republish.FULL),
    ],
)
def test_of_an_rsl_file_the_closest_pattern_speaks(contents: tuple[tuple[str, str], ...], level: Republish) -> None:
    urls = ["https://herald.example/rss/all.xml", "https://herald.example/"]
    assert reuse.allowance(reuse.rsl_file(file_of(*contents), urls, "a file")).republish is level


def test_what_is_reserved_of_a_part_of_a_host_binds_what_lies_there() -> None:
    rules = [{"location": "/opinion/", "tdm-reservation": 1}, {"location": "/opinion/*.txt$", "tdm-reservation": 0}]
    said = reuse.tdm_file(json.dumps(rules).encode(), ["https://herald.example/rss"], "a file")
    mined = {
        path: reuse.allowance(said, f"https://herald.example{path}").mining
        for path in ("/opinion/1", "/a", "/opinion/1.txt")
    }
    assert mined == {"/opinion/1": False, "/a": True, "/opinion/1.txt": True}
    assert reuse.allowance(said) == EVERYTHING


def test_of_too_many_parts_what_is_withheld_of_one_counts_for_all() -> None:
    contents = [(f"/{number}/", "") for number in range(200)]
    said = reuse.rsl_file(file_of(*contents, ("/x/", NO)), ["https://herald.example/rss"], "a file")
    assert reuse.allowance(said).republish is Republish.TITLE
    assert len(said) == 1


def test_a_feed_that_licenses_by_rsl_is_an_rsl_file_too() -> None:
    body = f'<rss xmlns:rsl="{reuse.RSL}"><channel><item>{licensed(prohibits("all"))}</item></channel></rss>'.encode()
    assert reuse.allowance(reuse.rsl_file(body, ["https://herald.example/"], "a feed")).republish is LINK_ONLY


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ('</l.xml>; rel="license"; type="application/rsl+xml"', ("https://a.example/l.xml",)),
        ("<https://a.example/l>; type=application/rsl+xml; rel=license", ("https://a.example/l",)),
        (
            '<https://hub.example/>; rel="hub", </l>; rel="self license"; type="application/rsl+xml"',
            ("https://a.example/l",),
        ),
        ('</cc>; rel="license"; type="text/html"', ()),
        ('</l>; rel="licensed"; type="application/rsl+xml"', ()),
        ('</l>; rel="alternate"; type="application/rsl+xml"', ()),
    ],
)
def test_links_to_rsl_are_kept_until_they_are_read(field: str, found: tuple[str, ...]) -> None:
    signals = reuse.of_headers([("link", field)], "of the feed")
    assert reuse.rsl_links(signals, "https://a.example/rss/") == found
    assert reuse.allowance(signals) == EVERYTHING


@given(st.binary(max_size=200), st.text(max_size=50))
def test_no_rsl_file_is_too_strange(body: bytes, url: str) -> None:
    assert reuse.rsl_file(body, [url], "a file") == ()
    assert reuse.rsl_file(file_of(("/", NO)), ["https://herald.example/" + url], "a file")


@pytest.mark.parametrize(
    ("type", "found"), [("application/rsl+xml", "https://herald.example/l.xml"), ("text/html", None)]
)
def test_a_feed_links_to_its_rsl_file(type: str, found: str | None) -> None:
    link = f'<atom:link rel="license" type="{type}" href="/l.xml"/>'
    body = (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>A</title>{link}</channel></rss>'
    )
    assert parse(body.encode(), content_type="text/xml", url="https://herald.example/rss").rsl_file == found
