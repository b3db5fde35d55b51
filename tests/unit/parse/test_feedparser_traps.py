"""Each measured trap of feedparser 6.0.14 (dependencies.md P1–P23), overcome."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib.metadata import version

import feedparser.api
import pytest

from aggregator.errors import ParseError
from tests.unit.parse.feeds import atom, only, read, rss


def test_p1_all_of_several_authors_are_kept_in_order() -> None:
    entry = only(rss("<title>a</title><dc:creator>Ana Ruiz</dc:creator><dc:creator>Bob Smith</dc:creator>"))
    assert [byline.name for byline in entry.bylines] == ["Ana Ruiz", "Bob Smith"]
    two = only(atom("<title>a</title><author><name>Ana Ruiz</name></author><author><name>Bob Smith</name></author>"))
    assert [byline.name for byline in two.bylines] == ["Ana Ruiz", "Bob Smith"]


def test_p2_a_byline_stays_as_printed_until_it_is_normalized() -> None:
    entry = only(rss("<title>a</title><dc:creator>By Ana Ruiz and Bob Smith in Lima</dc:creator>"))
    assert [byline.name for byline in entry.bylines] == ["By Ana Ruiz and Bob Smith in Lima"]


def test_p3_entries_inherit_the_author_of_an_atom_feed_and_not_of_an_rss_channel() -> None:
    feed = "<title>Paper</title><author><name>Ana Ruiz</name></author>"
    assert [byline.name for byline in only(atom("<title>a</title>", feed=feed)).bylines] == ["Ana Ruiz"]
    channel = "<title>Paper</title><managingEditor>boss@paper.example (The Boss)</managingEditor>"
    assert only(rss("<title>a</title>", channel=channel)).bylines == ()


@pytest.mark.parametrize(
    "date", ["Sat, Oct 28 2023 08:28:28 PM", "Tue, 10 Jun 2025 10:00:00 ART", "1749550000", "31 Feb"]
)
def test_p4_to_p7_dates_stay_as_printed(date: str) -> None:
    assert only(rss(f"<title>a</title><pubDate>{date}</pubDate>")).published == date


@pytest.mark.parametrize("body", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_p8_an_empty_body_is_an_error_and_not_a_feed_of_nothing(body: bytes) -> None:
    with pytest.raises(ParseError, match="empty"):
        read(body)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>503</title></head><body>Sorry</body></html>",
        "<html><body><p>Just a moment…</p></body></html>",
        "\n<!-- cache --><HTML><HEAD></HEAD></HTML>",
        "<!-- <rss> --><html><head></head></html>",
        "<!-- a --><!DOCTYPE html><title>503</title>",
    ],
)
def test_p9_a_web_page_is_an_error_and_not_a_feed_of_nothing(page: str) -> None:
    with pytest.raises(ParseError, match="web page"):
        read(page, "text/html")


def test_p9_a_feed_served_as_text_html_is_read_all_the_same() -> None:
    assert only(rss("<title>a</title>"), "text/html; charset=utf-8").title == "a"


def test_p10_a_document_that_broke_off_gives_its_whole_entries_and_says_so() -> None:
    document = rss("<title>one</title>", "<title>two</title>", "<title>three</title><description>cut he")
    feed = read(document[: document.index("cut he") + 4])
    assert [entry.title for entry in feed.entries] == ["one", "two"]
    assert feed.partial
    assert feed.warning == "the document broke off"


def test_p11_a_bare_ampersand_is_repaired() -> None:
    entry = only(rss("<title>AT&T buys R&D at caf&eacute;</title><link>https://paper.example/?a=1&b=2</link>"))
    assert entry.title == "AT&T buys R&D at café"
    assert entry.link == "https://paper.example/?a=1&b=2"


def test_p12_titles_come_as_stated_and_unsanitized_for_normalize_to_treat_as_text() -> None:
    assert only(rss("<title>Don&amp;#x27;t</title>")).title == "Don&#x27;t"
    assert only(rss("<title>Chile &lt;raises&gt; royalties</title>")).title == "Chile <raises> royalties"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_p13_a_link_of_another_scheme_is_no_link(link: str) -> None:
    item = (
        f"<title>a</title><link>{link}</link><enclosure url='{link}' type='audio/mpeg'/><media:content url='{link}'/>"
    )
    entry = only(rss(item))
    assert entry.link is None
    assert entry.media == ()


def test_p14_relative_links_are_resolved_against_the_final_address() -> None:
    assert only(rss("<title>a</title><link>/news/1</link>")).link == "https://paper.example/news/1"
    entry = '<entry><title>a</title><link href="1.html"/></entry>'
    based = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/x/">{entry}</feed>'
    assert only(based).link == "https://other.example/x/1.html"


def test_p15_a_guid_that_is_no_address_is_no_link() -> None:
    entry = only(rss("<title>a</title><guid>332</guid>"))
    assert (entry.id, entry.link) == ("332", None)
    permalink = only(rss("<title>a</title><guid>https://paper.example/1</guid>"))
    assert permalink.link == "https://paper.example/1"
    assert only(rss('<title>a</title><guid isPermaLink="false">https://paper.example/1</guid>')).link is None


def test_p16_an_entry_without_id_and_link_is_kept() -> None:
    entry = only(rss("<title>a</title><description>b</description>"))
    assert (entry.id, entry.link) == (None, None)
    assert entry.raw_hash


def test_p17_both_entries_with_one_guid_are_returned() -> None:
    feed = read(rss("<title>a</title><guid>1</guid>", "<title>b</title><guid>1</guid>"))
    assert [entry.title for entry in feed.entries] == ["a", "b"]


@pytest.mark.parametrize("element", ["author", "dc:creator", "itunes:author", "managingEditor"])
def test_p18_a_long_author_costs_no_quadratic_time(element: str) -> None:
    hostile = "a@" + "a." * 30_000 + "!"
    began = time.perf_counter()
    feed = read(rss(f"<title>a</title><{element}>{hostile}</{element}>"))
    assert time.perf_counter() - began < 2
    assert all(len(byline.name) <= 512 for byline in feed.entries[0].bylines)


def test_p19_a_document_with_entities_of_its_own_is_refused() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>' + rss("<title>&b;</title>").partition("?>")[2]
    with pytest.raises(ParseError, match="entities"):
        read(bomb)
    external = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>&x;</title>").partition("?>")[2]
    with pytest.raises(ParseError, match="entities"):
        read(external)


SUBSET = '<!DOCTYPE rss [<!ENTITY a "lol">]>'


@pytest.mark.parametrize(
    "prolog",
    [
        f"<!-- a comment -->{SUBSET}",
        f"<!-- {'x' * 100_000} -->{SUBSET}",
        f"<!--> <rss> -->{SUBSET}",
        f"<!-- -- <rss> -->{SUBSET}",
        f"<!-- > <!-- -->{SUBSET}<!-- -->",
        f"<?x <!-- ?>{SUBSET}<?y --> ?>",
        f"<?x <rss> ?><!-- <rss> -->{SUBSET}",
        f"<?xml-stylesheet href='<!--'?>{SUBSET}<!-- -->",
        f"<!DOCTYPE rss><!-- -->{SUBSET}",
        '<!DOCTYPE rss SYSTEM "<!--" [<!ENTITY a "-->">]>',
        '<!DOCTYPE rss SYSTEM ">" [<!ATTLIST rss a CDATA "b">]>',
        "<!DOCTYPE rss PUBLIC '>' \">\" [<!ELEMENT rss ANY>]>",
        '<!DOCTYPE rss SYSTEM "<rss>" [<!ELEMENT rss ANY>]>',
        "<!DOCTYPE rss [<!-- <rss> --><!ELEMENT rss ANY>]>",
        "<!DOCTYPE rss [<?x ]> ?><!ELEMENT rss ANY>]>",
        "<!DOCTYPE rss\n\n[\n]\n>",
        "<!doctype rss[]>",
        f"<!-- never ends {SUBSET}",
        f"<?never ends {SUBSET}",
    ],
)
def test_p19_no_comment_or_instruction_hides_a_doctype_that_declares_something(prolog: str) -> None:
    with pytest.raises(ParseError, match="entities"):
        read(f'<?xml version="1.0"?>{prolog}{rss("<title>&a;</title>").partition("?>")[2]}')


@pytest.mark.parametrize(
    "prolog",
    [
        "<!-- see <html> -->",
        "<!-- <!DOCTYPE rss [ -->",
        "<!-- --><?x <html><body> ?>\n<!-- <rss> <!ENTITY -->",
        f"<!-- {'x' * 100_000} -->",
        '<!DOCTYPE rss PUBLIC "-//a//b" "http://a.example/[1].dtd"> <!-- <head> -->',
    ],
)
def test_p19_comments_and_instructions_before_the_root_say_nothing(prolog: str) -> None:
    document = rss("<title>a</title>").partition("?>")[2]
    assert only(f'<?xml version="1.0"?>{prolog}{document}').title == "a"
    assert only(prolog + document).title == "a"


@pytest.mark.parametrize(
    "hostile",
    ["<!--", "<!-- a --", "<?", "<?x ", "<!DOCTYPE a '", '<!DOCTYPE a "', "<!DOCTYPE a [", "<!-- -->", "<?x?>"],
)
def test_p19_prologs_are_read_in_linear_time(hostile: str) -> None:
    began = time.perf_counter()
    for document in (hostile * 60_000, f"{hostile * 5_000}<rss/>"):
        with suppress(ParseError):
            read(document)
    assert time.perf_counter() - began < 1


def test_p19_the_bare_doctype_of_rss_0_91_is_allowed() -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    )
    assert only(doctype + rss("<title>a</title>").partition("?>")[2]).title == "a"


def test_p20_sizes_that_are_no_numbers_say_nothing() -> None:
    item = "<title>a</title><enclosure url='https://paper.example/a.mp3' length='abc' type='audio/mpeg'/>"
    (media,) = only(rss(item)).media
    assert (media.length, media.type, media.kind, media.enclosure) == (None, "audio/mpeg", "audio", True)


def test_p21_json_feed_is_read_by_a_reader_of_our_own() -> None:
    document = '{"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [{"id": "1", "title": "a"}]}'
    assert only(document, "application/feed+json").title == "a"


def test_p22_markup_is_left_for_nh3_to_sanitize() -> None:
    entry = only(rss("<title>a</title><description>&lt;script&gt;x&lt;/script&gt;&lt;b&gt;y&lt;/b&gt;</description>"))
    assert entry.summary == "<script>x</script><b>y</b>"


def test_p23_only_a_released_feedparser_is_needed() -> None:
    """What is used of it exists in 6.0.14: the two readers, driven by us."""
    assert version("feedparser").startswith("6.0.")
    assert callable(feedparser.api.StrictFeedParser)
    assert callable(feedparser.api.LooseFeedParser)
