"""Every line of the republishing checklist over made-up hard cases, and over each other: formats agree on ids and order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Article, Category, Credit, Enclosure, Outlet, Picture, Republish, Visibility
from aggregator.publish import FORMATS, Chain, Outline, Publication, article_uri, opml, render
from tests.checklist import LINES, Fed, holding, ids
from tests.unit.publish.made_up import FEED_IDS, NOON, SITE, article, publication, rich_article

HOSTILE = "\x00\x08\x0b\x1f\ufffe\uffff]]>&amp;<raises> a < b & \u202edlrow \U0001f1f5\U0001f1ea"


def hard_articles() -> tuple[Article, ...]:
    """Articles that a feed has gone wrong on, here or elsewhere."""
    return (
        rich_article(),
        article("bare", summary="", url=None, language=None),
        article("title", republish=Republish.TITLE),
        article("hostile", title=HOSTILE, summary=HOSTILE, text=HOSTILE, rights=HOSTILE, republish=Republish.FULL),
        article("untitled", title="", summary=""),
        article("link", url="javascript:alert(1)", licence="javascript:alert(2)"),
        article("spaces", url='https://andean.example.com/a b"c<d>|e', language="es_PE"),
        article("tongue", language="not a language", title="شعب يقرر", summary="<p>قال</p>"),
        article(
            "authors", credits=(Credit(name="a@b.example"), Credit(name="Ana"), Credit(name="Ana"), Credit(name=" "))
        ),
        article("years", published=datetime(1, 1, 1), updated=datetime(9999, 12, 31, 23, 59, 59)),
        article("early", published=NOON + timedelta(hours=1), updated=NOON),
        article(
            "files",
            enclosures=(
                Enclosure(url="https://a.example/1.mp3", length=0),
                Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", length=-5),
                Enclosure(url="ftp://a.example/2.mp3"),
                Enclosure(url="https://a.example/3", type="nonsense", length=7),
                Enclosure(url="https://a.example/4.jpg", type="image/jpeg; q=1"),
            ),
            picture=Picture(url="https://a.example/4.jpg", caption=HOSTILE, credit="", copyright=" "),
        ),
        article(
            "tags",
            categories=(
                Category(term="One", scheme="not a scheme"),
                Category(term="One"),
                Category(term="One", label=HOSTILE),
                Category(term=" "),
            ),
            sections=("south-america", "south-america"),
            countries=("PE", "005"),
        ),
        article("outlet", outlet=Outlet(id="x", title="", url=""), source_title="", source_url=""),
        article("nameless", source_feed_id="my feed"),
        article("attributed", attribution=HOSTILE, licence="https://creativecommons.org/licenses/by/4.0/"),
        article("withdrawn", visibility=Visibility.WITHDRAWN),
        article("waiting", visibility=Visibility.WAITING),
    )


PAGES = Chain(previous="https://wire.example.org/news/x/archive/2025-12.atom", archived=True)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
CASES: dict[str, Publication] = {
    "empty": publication(),
    "hard": publication(*hard_articles(), updated=LAST),
    "archived": publication(*hard_articles(), chain=PAGES, updated=LAST),
    "hub": publication(rich_article(), hubs=("https://hub.example/",), icon="https://wire.example.org/icon.png"),
    "words": publication(rich_article(), title=HOSTILE, description=HOSTILE, language="en_US"),
}


def fed(case: str, format: str) -> Fed:
    address = f"https://wire.example.org/news/sections/south-america.{format}"
    made = replace(CASES[case], self_url=address)
    (hub,) = made.hubs or ("",)
    body, contact = render(made, format, site=SITE).body, SITE.contact or ""
    return Fed(format, body, contact=contact, feed_ids=FEED_IDS, hub=hub)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("format", "name"), [(format, name) for format in FORMATS for name in holding(format)])
def test_the_checklist_holds(format: str, name: str, case: str) -> None:
    LINES[name][1](fed(case, format))


@pytest.mark.parametrize("name", holding("opml"))
def test_the_checklist_holds_of_lists(name: str) -> None:
    feed = Outline(text=HOSTILE, xml_url="https://a.example/1", html_url="https://a.example/", categories=("/PE",))
    folder = Outline(text=HOSTILE, children=(feed, replace(feed, text=" ", xml_url="https://a.example/2")))
    LINES[name][1](Fed("opml", opml([folder], title=HOSTILE, created=NOON)))


@pytest.mark.parametrize("case", CASES)
def test_all_formats_have_the_same_items_in_the_same_order(case: str) -> None:
    rss, atom, plain = (ids(fed(case, format)) for format in FORMATS)
    assert rss == atom == plain


def test_hard_cases_are_published_and_not_left_out() -> None:
    """But for what is withdrawn or waits."""
    for format in FORMATS:
        output = render(CASES["hard"], format, site=SITE)
        assert output.omitted == ()
        assert len(ids(Fed(format, output.body))) == len(hard_articles()) - 2


@pytest.mark.parametrize("format", [*FORMATS, "opml"])
def test_the_checklist_notices_what_is_wrong(format: str) -> None:
    """A check that cannot fail is none: a feed with the usual mistakes breaks most of the lines."""
    broken = {
        "rss": b"""<?xml version="1.0"?><!DOCTYPE rss><rss version="2.0" xmlns:d="http://purl.org/dc/elements/1.1/">
<channel><title/><ttl>1</ttl><pubDate>now</pubDate><lastBuildDate>2026-01-01</lastBuildDate><copyright>ours</copyright>
<item><title>&lt;b&gt;x&lt;/b&gt;</title><guid>1</guid><author>Ana</author><pubDate>2026</pubDate><enclosure url="/x"/>
<category domain="x">One</category><category domain="x">One</category></item></channel></rss>""",
        "atom": b"""<?xml version="1.0"?><a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:id>x</a:id><a:title/>
<a:updated>2026</a:updated><a:rights>ours</a:rights><a:entry><a:id>1</a:id><a:title>&lt;b&gt;x&lt;/b&gt;</a:title>
<a:updated>2026-01-01T00:00:00Z</a:updated><a:published>2027</a:published><a:link href="/x"/><a:content>x</a:content>
<a:category term="One" scheme="x"/></a:entry></a:feed>""",
        "json": b"""{"version": "1", "title": "", "home_page_url": "", "feed_url": "/x", "next_url": "/x", "language": "?",
"user_comment": "", "items": [{"id": "1", "title": "<b>x</b>", "date_published": "now", "date_modified": "x", "tags": ["a", "a"],
"_aggregator": {"outlet": {"title": ""}, "source": {"title": ""}}}]}""",
        "opml": b"""<?xml version="1.0"?><!DOCTYPE opml><opml version="1.0"><head><title/></head><body>
<outline xmlUrl="/x" category="x"/><outline><outline><outline><outline><outline><outline/></outline></outline></outline>
</outline></outline></body></opml>""",
    }
    fed = Fed(format, broken[format], contact="ops@example.org", hub="https://hub.example/")
    wrong = [name for name in holding(format) if _fails(name, fed)]
    assert len(wrong) >= 2 * len(holding(format)) // 3, wrong


@pytest.mark.parametrize("format", FORMATS)
def test_the_checklist_notices_a_wrong_order_and_too_many_items(format: str) -> None:
    told = [article(str(number)) for number in range(201)]
    keys = {article_uri(SITE, one.id): number for number, one in enumerate(told)}
    fed = Fed(format, render(publication(*told), format, site=SITE).body, keys=keys)
    assert _fails("at_most_200_items", fed)
    assert _fails("the_newest_listed_stand_first", fed)
    assert not _fails("the_newest_listed_stand_first", replace(fed, keys={id: -key for id, key in keys.items()}))


def _fails(name: str, document: Fed) -> bool:
    try:
        LINES[name][1](document)
    except (AssertionError, KeyError, ValueError):
        return True
    return False
