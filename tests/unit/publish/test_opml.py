"""Lists of feeds, out and in."""

from __future__ import annotations

import pytest
from lxml import etree

from aggregator.errors import ParseError
from aggregator.publish import Outline, opml, read_opml, unusable, walk
from tests.unit.publish.made_up import NOON, one

FEED = Outline(
    text="Andean & Post", xml_url="https://andean.example.com/feed.xml", html_url="https://andean.example.com/"
)


def document(body: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_what_we_write_we_read() -> None:
    outlines = (
        Outline(text="Peru", children=(FEED, Outline(text="Nested", children=(FEED,)))),
        Outline(
            text="Rio Daily",
            xml_url="https://rio.example/feed?a=1&b=2",
            description="News",
            language="pt",
            categories=("brazil", "news"),
        ),
    )
    assert read_opml(opml(outlines, title="Sources", created=NOON, owner="ops@example.org")) == outlines


def test_the_document_is_opml_2_with_its_own_dates_alone() -> None:
    root = etree.fromstring(opml([FEED], title="All\x08 channels", created=NOON, owner="ops@example.org"))
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "All channels"
    assert root.findtext("head/dateCreated") == "Tue, 10 Nov 2026 12:00:00 GMT"
    assert dict(one(root, "body/outline").attrib.items()) == {
        "text": "Andean & Post",
        "title": "Andean & Post",
        "type": "rss",
        "xmlUrl": "https://andean.example.com/feed.xml",
        "htmlUrl": "https://andean.example.com/",
    }
    assert opml([FEED], title="x") == opml([FEED], title="x")


def test_feeds_come_with_the_folders_they_lie_in() -> None:
    outlines = (Outline(text="Peru", children=(Outline(text="Lakes", children=(FEED,)),)), FEED)
    assert [path for path, _ in walk(outlines)] == [("Peru", "Lakes"), ()]


def test_only_web_addresses_are_taken() -> None:
    body = "".join(
        f'<outline text="x" xmlUrl="{url}"/>' for url in ("javascript:alert(1)", "file:///etc/passwd", "", "feed")
    )
    outlines = read_opml(document(body))
    assert list(walk(outlines)) == []
    assert [one.unusable for one in unusable(outlines)] == ["javascript:alert(1)", "file:///etc/passwd", "feed"]


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("feed://andean.example.com/feed.xml", "http://andean.example.com/feed.xml"),
        ("feed:https://andean.example.com/feed.xml", "https://andean.example.com/feed.xml"),
        (" Feed://https://andean.example.com/feed.xml", "https://andean.example.com/feed.xml"),
        ("https://andean.example.com/?feed://x", "https://andean.example.com/?feed://x"),
    ],
)
def test_an_address_that_asks_for_a_reader_of_feeds_is_one_on_the_web(stated: str, read: str) -> None:
    (outline,) = read_opml(document(f'<outline text="x" xmlUrl="{stated}"/>'))
    assert outline.xml_url == read


def test_outlines_that_lead_elsewhere_are_left_out() -> None:
    body = '<outline type="include" text="x" xmlUrl="https://x.example/o.opml"/><outline type="link" text="y" url="https://x.example/"/>'
    assert read_opml(document(body)) == ()


def test_attributes_are_read_whatever_their_case() -> None:
    assert read_opml(document('<outline TEXT="x" xmlurl="https://x.example/"/>')) == (
        Outline(text="x", xml_url="https://x.example/"),
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [("../../etc/passwd", "etc - passwd"), ("..", "https: - x.example"), ("A\\B / C", "A - B - C"), (" a\n b ", "a b")],
)
def test_titles_can_become_names_of_files(title: str, expected: str) -> None:
    outline = Outline(text=title, xml_url="https://x.example/")
    assert read_opml(opml([outline], title="x"))[0].text == expected


BOMB = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (document('<outline text="&b;"/>', BOMB), "DOCTYPE"),
        (f'{BOMB}<opml version="2.0"><body/></opml>'.encode("utf-16"), "DOCTYPE"),
        (b"", "not OPML"),
        (b"<html><body/></html>", "not OPML"),
        (b"<opml><body><outline></body></opml>", "not OPML"),
        (document("<outline>" * 11 + "</outline>" * 11), "10 deep"),
        (document("<outline text='x'/>" * 10_001), "10,000 outlines"),
        (b" " * 8_000_001, "8,000,000 bytes"),
    ],
)
def test_what_is_dangerous_or_not_opml_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read_opml(body)


def test_ten_levels_are_read() -> None:
    feed = '<outline text="x" xmlUrl="https://x.example/"/>'
    assert len(list(walk(read_opml(document('<outline text="f">' * 9 + feed + "</outline>" * 9))))) == 1
