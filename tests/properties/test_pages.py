"""What must hold for every article page, whatever stands on it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.model import Article, Byline, Content, Credit, Media, Page, Picture, Republish, Section, Stated, Title
from aggregator.normalize import Rules
from aggregator.normalize.completion import Completion, completed, lacking
from aggregator.parse.page import parse_page
from tests import making
from tests.making import NOW

RULES = Rules.of(making.newsroom(sections=(Section(slug="bolivia", title=Title("Bolivia"), countries=("BO",)),)))
WORDS = st.text(max_size=40)
PARTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<figure><img src='/a.jpg'><figcaption>",
        "</figcaption></figure>",
        "<meta name='author' content='",
        "'>",
        "<meta name='robots' content='noarchive'>",
        "<time datetime='2026-01-01T10:00'>",
        "<a rel='author'>",
        "</a>",
        "\x00",
        "<!--",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "name", "url", "author", "image", "caption", "articleSection", "@graph"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PICTURES = st.builds(
    Media,
    url=st.sampled_from(["https://x.example/a.jpg", "https://x.example/b.svg"]),
    kind=st.just("image"),
    caption=st.none() | WORDS,
    credit=st.none() | WORDS,
)
DATES = st.sampled_from(["2026-02-01", "2026-02-01T10:30Z", "nonsense"])
PAGES = st.builds(
    Page,
    url=st.just("https://herald.example/a"),
    canonical=st.none() | st.just(Stated(value="https://herald.example/b", rule="link:canonical")),
    bylines=st.lists(st.builds(Byline, name=WORDS), max_size=4).map(tuple),
    bylines_rule=st.sampled_from(["json-ld:author", "text:author"]),
    sections=st.lists(st.builds(Stated, value=st.just("Bolivia") | WORDS, rule=st.just("x")), max_size=4).map(tuple),
    tags=st.lists(WORDS, max_size=12).map(tuple),
    picture=st.none() | PICTURES,
    published=st.none() | st.builds(Stated, value=DATES | WORDS, rule=st.just("x")),
    signals=st.lists(st.sampled_from(["noarchive", "paywall"]), max_size=2).map(tuple),
    text=st.sampled_from(["", "<p>" + "Words of an article. " * 20 + "</p>", "<script>x</script>"]),
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    outlet = making.outlet()
    picture = draw(st.none() | st.builds(Picture, url=st.just("https://x.example/a.jpg"), caption=st.none() | WORDS))
    content = Content(
        title="Lithium", url=draw(st.sampled_from([None, "https://herald.example/a", "https://f.example/1"])),
        picture=picture, text=draw(st.sampled_from(["", "<p>text</p>"])), language="en",
    )  # fmt: skip
    return Article(
        id="a" * 16, key=1, outlet=outlet, source_id="herald", source_title="Herald", source_url=outlet.url,
        sources=("herald",), content=content, credits=draw(st.sampled_from([(), (Credit(name="Bob Smith"),)])),
        sections=draw(st.sampled_from([(), ("world",)])), published=NOW, updated=NOW, listed=NOW, story="a" * 16,
    )  # fmt: skip


def completion_of(article: Article, page: Page, raw: str | None) -> tuple[tuple[str, ...], Completion]:
    source = making.source(republish=Republish.FULL)
    lacks = lacking(article, raw, source)
    return lacks, completed(article, page, lacks, source=source, rules=RULES, now=NOW + timedelta(hours=1))


@settings(deadline=None)
@given(articles(), PAGES, st.sampled_from([None, "2026-03-01", "2026-03-01T10:00Z"]))
def test_what_a_feed_said_stays_and_only_what_was_lacking_is_found(
    article: Article, page: Page, raw: str | None
) -> None:
    lacks, completion = completion_of(article, page, raw)
    said, found = completion.sighting, set(completion.found)
    assert found <= set(lacks)
    assert not (article.credits and said.credits)
    assert not (article.sections and said.sections)
    assert said.content.title == article.content.title
    assert said.content.text == article.content.text or not article.content.text
    if article.content.picture:
        assert said.content.picture is not None
        assert said.content.picture.url == article.content.picture.url
        assert said.content.picture.caption == article.content.picture.caption or not article.content.picture.caption
    assert all(one.rule.startswith("S4:") and 0 < one.weight <= 1 for one in said.evidence)
    assert {one.value for one in said.evidence if one.kind == "author"} == {credit.name for credit in said.credits}


@settings(deadline=None)
@given(articles(), PAGES)
def test_a_completed_article_lacks_less(article: Article, page: Page) -> None:
    lacks, completion = completion_of(article, page, None)
    said = completion.sighting
    after = replace(
        article,
        content=said.content,
        credits=article.credits or said.credits,
        sections=article.sections or said.sections,
    )
    now_lacking = set(
        lacking(after, "10:00" if "time" in completion.found else None, making.source(republish=Republish.FULL))
    )
    assert now_lacking <= {*lacks, "caption"}
    assert not (now_lacking & set(completion.found) - {"caption", "canonical"})


@settings(deadline=None)
@given(st.lists(PARTS | WORDS, max_size=30), st.lists(VALUES, max_size=3))
def test_every_page_is_read_or_refused(parts: list[str], data: list[object]) -> None:
    scripts = "".join(f"<script type='application/ld+json'>{json.dumps(one)}</script>" for one in data)
    body = f"<html><head>{scripts}</head><body>{''.join(parts)}</body></html>".encode("utf-8", "surrogatepass")
    try:
        page = parse_page(body, content_type="text/html", url="https://herald.example/a", now=NOW, extra=False)
    except ParseError:
        return
    assert page.canonical is None or page.canonical.value.startswith("http")
    assert all(byline.name for byline in page.bylines)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_all_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(ParseError):
        parse_page(body, content_type="text/html", url="https://herald.example/a", now=NOW, extra=False)
