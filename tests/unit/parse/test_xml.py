"""What is read of RSS, RDF and Atom."""

from __future__ import annotations

import pytest

from aggregator.errors import ParseError
from aggregator.model import Byline, Media, Tag
from tests.unit.parse.feeds import NAMESPACES, atom, only, read, rss


def test_the_channel_says_title_site_language_hub_and_self() -> None:
    channel = (
        "<title>Paper &amp; Co</title><link>https://paper.example/</link><language>es-PE</language>"
        '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="hub" href="https://second.example/"/>'
        '<atom:link rel="self" href="https://paper.example/rss"/>'
        "<copyright>© Paper</copyright><category>News</category>"
    )
    feed = read(rss("<title>a</title>", channel=channel))
    assert (feed.format, feed.title, feed.link, feed.language) == (
        "rss20",
        "Paper & Co",
        "https://paper.example/",
        "es-PE",
    )
    assert (feed.hubs, feed.self_url) == (
        ("https://hub.example/", "https://second.example/"),
        "https://paper.example/rss",
    )
    assert (feed.rights, feed.categories) == ("© Paper", (Tag(term="News"),))


def test_summary_and_full_text_are_told_apart_in_any_order() -> None:
    for item in (
        "<description>short</description><content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>",
        "<content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded><description>short</description>",
    ):
        entry = only(rss(f"<title>a</title>{item}"))
        assert (entry.summary, entry.content) == ("short", "<p>long</p>")


def test_text_without_a_summary_makes_no_summary() -> None:
    entry = only(rss("<title>a</title><content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>"))
    assert (entry.summary, entry.content) == ("", "<p>long</p>")


def test_atom_types_are_kept() -> None:
    entry = only(
        atom(
            "<id>urn:x</id><title type='html'>&lt;b&gt;a&lt;/b&gt;</title><summary>1 &lt; 2</summary>"
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x</p></div></content>"
            "<published>2026-01-02T03:04:05Z</published><updated>2026-01-03T03:04:05Z</updated>"
        )
    )
    assert (entry.summary, entry.summary_type) == ("1 < 2", "text")
    assert (entry.content, entry.content_type) == ("<p>x</p>", "html")
    assert (entry.published, entry.updated) == ("2026-01-02T03:04:05Z", "2026-01-03T03:04:05Z")


def test_an_atom_id_is_kept_character_by_character() -> None:
    entry = only(atom("<id>HTTP://Paper.example/a/../b</id><title>a</title>"))
    assert (entry.id, entry.link) == ("HTTP://Paper.example/a/../b", None)


def test_the_first_alternate_link_wins() -> None:
    links = (
        '<link rel="self" href="https://paper.example/self"/><link href="https://paper.example/1"/>'
        '<link rel="alternate" hreflang="en" href="https://paper.example/2"/>'
    )
    assert only(atom(f"<title>a</title>{links}")).link == "https://paper.example/1"
    both = '<title>a</title><atom:link rel="self" href="https://paper.example/s"/><link>https://paper.example/1</link>'
    assert only(rss(both)).link == "https://paper.example/1"


def test_a_picture_keeps_its_caption_and_credit_and_the_article_its_own_title() -> None:
    entry = only(
        rss(
            "<title>News</title><description>What happened</description>"
            '<media:content url="https://paper.example/1.jpg" medium="image" width="600" height="400">'
            "<media:title>File</media:title><media:description>A street in Lima</media:description>"
            "<media:credit>Jo Doe</media:credit></media:content>"
            '<media:content url="https://p.example/2.jpg" medium="image"><media:credit>Ana Ruiz</media:credit></media:content>'
            '<media:thumbnail url="https://paper.example/t.jpg" width="90" height="60"/>'
        )
    )
    assert (entry.title, entry.summary, entry.content) == ("News", "What happened", "")
    first, second, small = entry.media
    assert (first.caption, first.credit, first.width, first.height) == ("A street in Lima", "Jo Doe", 600, 400)
    assert (second.caption, second.credit) == (None, "Ana Ruiz")
    assert (small.url, small.kind, small.credit) == ("https://paper.example/t.jpg", "image", None)


def test_what_a_group_says_holds_for_its_pictures_and_a_film_describes_the_entry() -> None:
    entry = only(
        atom(
            "<title>Film</title><media:group xmlns:media='http://search.yahoo.com/mrss/'><media:title>Film</media:title>"
            "<media:content url='https://v.example/1' type='application/x-shockwave-flash'/>"
            "<media:thumbnail url='https://v.example/t.jpg'/><media:description>Long words</media:description></media:group>"
        )
    )
    assert entry.summary == "Long words"
    assert [media.kind for media in entry.media] == ["file", "image"]


@pytest.mark.parametrize(
    ("printed", "byline"),
    [
        ("jo@paper.example (Jo Doe)", Byline(name="Jo Doe", email="jo@paper.example")),
        ("Jo Doe &lt;jo@paper.example&gt;", Byline(name="Jo Doe", email="jo@paper.example")),
        ("Jo Doe (Lima) (jo@paper.example)", Byline(name="Jo Doe (Lima)", email="jo@paper.example")),
        ("jo@paper.example", Byline(name="", email="jo@paper.example")),
        ("Jo Doe)", Byline(name="Jo Doe)")),
        ("Ana Ruiz\nBob Smith", Byline(name="Ana Ruiz | Bob Smith")),
    ],
)
def test_an_address_beside_a_name_is_kept_apart(printed: str, byline: Byline) -> None:
    assert only(rss(f"<title>a</title><author>{printed}</author>")).bylines == (byline,)


def test_an_atom_person_has_a_page() -> None:
    entry = only(
        atom(
            "<title>a</title><author><name>Jo</name><uri>https://paper.example/jo</uri><email>j@p.example</email></author>"
        )
    )
    assert entry.bylines == (Byline(name="Jo", url="https://paper.example/jo", email="j@p.example"),)


def test_categories_keep_term_scheme_and_label() -> None:
    assert only(rss('<title>a</title><category domain="x:y">Perú</category><category>Mundo</category>')).categories == (
        Tag(term="Perú", scheme="x:y"),
        Tag(term="Mundo"),
    )
    tag = only(atom('<title>a</title><category term="pe" scheme="s" label="Perú"/>')).categories
    assert tag == (Tag(term="pe", scheme="s", label="Perú"),)


def test_the_source_that_an_entry_names_is_kept() -> None:
    entry = only(rss('<title>a</title><source url="https://other.example/rss">Other</source>'))
    assert (entry.source_title, entry.source_url) == ("Other", "https://other.example/rss")
    source = '<source><id>urn:o</id><title>Other</title><link rel="self" href="https://other.example/atom"/></source>'
    quoted = only(atom(f"<title>a</title><id>urn:a</id>{source}"))
    assert (quoted.id, quoted.title) == ("urn:a", "a")
    assert (quoted.source_id, quoted.source_title, quoted.source_url) == (
        "urn:o",
        "Other",
        "https://other.example/atom",
    )


def test_what_the_source_of_an_entry_says_stands_apart_from_what_the_feed_does() -> None:
    """RFC 4287 §4.2.1: the feed's author is that of an entry only where its source has none either."""
    source = (
        "<source><id>urn:o</id><title>Other</title><rights>Theirs</rights>"
        "<author><name>Jo</name><uri>https://jo.example/</uri></author>"
        '<link rel="self" href="https://other.example/atom"/>'
        '<link rel="license" href="https://other.example/licence"/></source>'
    )
    feed = "<id>urn:p</id><title>Paper</title><author><name>Desk</name></author><rights>Ours</rights>"
    said = read(atom(f"<title>a</title>{source}", "<title>b</title>", feed=feed))
    quoted, own = said.entries
    assert (quoted.bylines, quoted.source_bylines) == ((), (Byline(name="Jo", url="https://jo.example/"),))
    assert quoted.source_url == "https://other.example/atom"
    assert (quoted.rights, quoted.licence) == ("Theirs", "https://other.example/licence")
    assert (own.bylines, own.source_bylines, own.rights) == ((Byline(name="Desk"),), (), None)
    assert (said.id, said.rights) == ("urn:p", "Ours")


def test_an_enclosure_alone_makes_an_entry() -> None:
    entry = only(rss('<enclosure url="https://paper.example/a.mp3"/>'))
    assert entry.media == (Media(url="https://paper.example/a.mp3", kind="file", enclosure=True),)


def test_the_same_entry_has_the_same_hash_and_a_changed_one_another() -> None:
    one, again = only(rss("<title>a</title>")), only(rss("<title>a</title>"))
    assert one.raw_hash == again.raw_hash != only(rss("<title>b</title>")).raw_hash


def test_control_characters_do_not_stop_a_feed() -> None:
    assert only(rss("<title>a\x08b\x10c&#8;d\x00</title>")).title == "abcd"


def test_namespaces_with_other_prefixes_are_understood() -> None:
    document = (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>P</a:title>'
        '<a:entry><a:title>x</a:title><a:link href="https://paper.example/1"/></a:entry></a:feed>'
    )
    assert only(document).link == "https://paper.example/1"


def test_what_stands_after_the_end_is_ignored() -> None:
    assert only(rss("<title>a</title>") + "<script>ads()</script>\n<!-- 0.2 s -->").title == "a"


def test_a_root_that_got_lost_is_put_back() -> None:
    document = rss("<title>a</title><dc:creator>Jo Doe</dc:creator>")
    headless = document[document.index("<rss") + 1 :]
    assert [byline.name for byline in only(headless).bylines] == ["Jo Doe"]


def test_xml_that_is_no_feed_is_an_error() -> None:
    with pytest.raises(ParseError, match="not a feed"):
        read('<?xml version="1.0"?><urlset><url><loc>https://paper.example/</loc></url></urlset>')


def test_depth_and_attributes_are_bounded() -> None:
    with pytest.raises(ParseError, match="too deeply"):
        read(rss("<a>" * 1_000 + "</a>" * 1_000))
    attributes = " ".join(f'a{number}="1"' for number in range(2_000))
    with pytest.raises(ParseError, match="too deeply or has too many"):
        read(rss(f"<x {attributes}/>"))


def test_more_entries_than_anybody_publishes_are_cut_and_said() -> None:
    feed = read(rss(*(["<title>a</title>"] * 2_005)))
    assert len(feed.entries) == 2_000
    assert (feed.cut, feed.partial) == (True, False)
    assert feed.warning == "only the first 2,000 of its 2,005 entries are read"
    cut_and_broken = read(rss(*(["<title>a</title>"] * 2_005)).removesuffix("</channel></rss>"))
    assert (cut_and_broken.cut, cut_and_broken.partial) == (True, True)
    assert cut_and_broken.warning == "the document broke off"


def test_long_fields_are_capped() -> None:
    entry = only(rss(f"<title>{'t' * 5000}</title><description>{'d' * 300_000}</description>"))
    assert (len(entry.title), len(entry.summary)) == (1_024, 262_144)


def test_an_rdf_feed_is_read() -> None:
    document = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://paper.example/"><title>P</title></channel>'
        '<item rdf:about="https://paper.example/1"><title>a</title><link>https://paper.example/1</link>'
        "<dc:date>2026-01-02T03:04:05Z</dc:date><dc:subject>World</dc:subject></item></rdf:RDF>"
    )
    entry = only(document)
    assert (entry.id, entry.updated, entry.categories) == (
        "https://paper.example/1",
        "2026-01-02T03:04:05Z",
        (Tag(term="World"),),
    )


def test_an_undeclared_prefix_is_read_by_the_tolerant_reader() -> None:
    document = rss("<title>a</title><dc:creator>Jo Doe</dc:creator>").replace(NAMESPACES, "")
    feed = read(document)
    assert [byline.name for byline in feed.entries[0].bylines] == ["Jo Doe"]
    assert feed.warning is not None
    assert feed.warning.startswith("not well-formed")


def test_an_item_that_says_nothing_is_left_out() -> None:
    assert [
        entry.title for entry in read(rss("<title></title>", "<title>a</title>", "<pubDate>x</pubDate>")).entries
    ] == ["a"]
    nested = rss("<item><title>inner</title></item>")
    assert [entry.title for entry in read(nested).entries] == ["inner"]
