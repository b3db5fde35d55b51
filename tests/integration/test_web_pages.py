"""Pages: what a reader sees, from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import lxml.html
import pytest
from httpx import Response
from lxml import etree

from aggregator import query
from aggregator.explain import find
from aggregator.model import Article, ChannelKind, Newsroom
from aggregator.store import Store
from tests.making import NOW, poll, publish, sighting
from tests.newsstand import ANDES, FEEDS, HEADLINE, TOKEN, browser, desk_of, newsroom_at

PAGES = (
    "/",
    "/sections",
    "/authors",
    "/outlets",
    "/sources",
    "/channels",
    "/sections/peru",
    "/authors/dionys-duroc",
    "/outlets/andes-post",
    "/sources/andes-post",
    "/channels/lithium",
    "/search",
    "/search?q=peru",
    "/api/docs",
)


def tree(answer: Response) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(answer.text)


def links(page: lxml.html.HtmlElement) -> Iterator[str]:
    for _element, attribute, link, _position in page.iterlinks():
        if attribute in ("href", "src", "action"):
            yield link


async def lead(store: Store) -> Article:
    held = await store.articles(ChannelKind.OUTLET, ANDES.id, limit=9)
    return next(article for article in held if article.content.title == HEADLINE)


async def article_path(store: Store) -> str:
    return f"/articles/{(await lead(store)).id}"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_whole_and_safe(stand: Store, news: Newsroom, path: str) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(path)
        again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    page = tree(answer)
    assert len(page.findall(".//h1")) == 1
    assert page.findall(".//script") == []
    assert "style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_every_link_inside_leads_somewhere(stand: Store, news: Newsroom) -> None:
    """From the front page to everything that can be reached."""
    desk = desk_of(stand, news, public_status=True)
    seen: set[str] = set()
    todo = ["/"]
    async with browser(desk) as client:
        while todo:
            path = todo.pop()
            answer = await client.get(path)
            assert answer.status_code == 200, path
            if "html" in answer.headers["content-type"]:
                here = {link.partition("#")[0] for link in links(tree(answer)) if link.startswith("/")}
                todo += sorted(here - seen)
                seen |= here
    assert {"/stories/", "/articles/", "/channels/lithium.json", "/opml"} <= {
        known
        for known in ("/stories/", "/articles/", "/channels/lithium.json", "/opml")
        if any(known in s for s in seen)
    }


async def test_a_channel_page_offers_its_feed_in_three_formats(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        page = tree(await client.get("/sections/peru"))
    found = [(link.get("type"), link.get("href")) for link in page.findall(".//link[@rel='alternate']")]
    assert found == [
        ("application/rss+xml", "/sections/peru.rss"),
        ("application/atom+xml", "/sections/peru.atom"),
        ("application/feed+json", "/sections/peru.json"),
    ]


async def test_the_front_page_leads_with_the_story_that_most_outlets_tell_and_tells_it_once(
    stand: Store, news: Newsroom
) -> None:
    async with browser(desk_of(stand, news)) as client:
        page = tree(await client.get("/"))
    headlines = [element.text_content() for element in page.xpath("//*[contains(@class, 'headline')]")]
    assert headlines[0] == HEADLINE
    assert headlines.count(HEADLINE) == 1
    assert "Also in" in page.text_content()


async def test_an_empty_newsroom_says_what_to_do_first(bare: Store) -> None:
    news = replace(newsroom_at(), sources=(), outlets=(), sections=(), channels=(), authors=())
    await bare.apply(news, now=NOW)
    async with browser(desk_of(bare, news)) as client:
        assert "aggregator poll" in (await client.get("/")).text
        assert "config/channels.yaml" in (await client.get("/channels")).text


async def test_an_article_shows_who_wrote_it_where_else_it_stands_and_why_it_is_here(
    stand: Store, news: Newsroom
) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(await article_path(stand))
    page, text = tree(answer), " ".join(tree(answer).text_content().split())
    assert page.find(".//meta[@name='robots']").get("content") == "noindex"
    assert page.find(".//link[@rel='canonical']").get("href").startswith("https://andes-post.example/")
    for words in (
        "By Ana Ruiz, Dionys Duroc · Andes Post",
        "Counting in Lima A. Quispe",
        "Read at Andes Post",
        "Foreign Correspondent based in Latin America",
        "Dionys Duroc writes about elections",
        "All articles: Dionys Duroc",
        "More in Peru See all",
        "More from Dionys Duroc See all",
        "Also in Sociedad Media",
        "Why is this here?",
        "Section: Peru",
        "1 March 2026, 06:48 UTC-05",
    ):
        assert words in text, words


async def test_a_source_that_allows_headlines_only_is_shown_by_its_headline(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        for path in ("/outlets/folha-do-sul", "/api/v1/outlets/folha-do-sul/articles", "/outlets/folha-do-sul.json"):
            answer = await client.get(path)
            assert HEADLINE in answer.text
            assert "pode ser mostrado" not in answer.text


async def test_markup_in_a_text_is_cleaned_and_in_a_title_is_text(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        article = await client.get(await article_path(stand))
        outlet = await client.get("/outlets/andes-post")
    assert "alert(1)" not in article.text
    assert "onclick" not in article.text
    assert "Copper & gold <raises> questions" in tree(outlet).text_content()


async def test_a_story_tells_every_outlet_in_the_order_of_time(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(f"/stories/{(await lead(stand)).story}")
    stamps = tree(answer).xpath("//ol//p[@class='stamp']/time/@datetime")
    assert len(stamps) == 3
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/aaaaaaaaaaaaaaaa", 404),
        ("/stories/aaaaaaaaaaaaaaaa", 404),
        ("/sections/atlantis", 404),
        ("/channels/closed", 410),
        ("/channels/desk", 401),
        ("/channels/desk?token=guess", 403),
        ("/sources/insider", 404),
        ("/sections/peru?before=soon", 400),
        ("/sections/peru?before=99999999999999999999999", 400),
        (f"/sections/peru?before={'0' * 5_000}1", 400),
        ("/static/../pages.py", 404),
        ("/static/%2e%2e%2fpages.py", 404),
        ("/nowhere", 404),
    ],
)
async def test_what_is_not_there_is_a_short_page(stand: Store, news: Newsroom, path: str, status: int) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert tree(answer).find(".//h1") is not None


async def test_an_article_that_moved_leads_on_and_one_that_is_private_is_not_there(
    stand: Store, news: Newsroom
) -> None:
    everything = await stand.search(query.parse("letter"), now=NOW, limit=5, private=True)
    async with browser(desk_of(stand, news)) as client:
        assert (await client.get(f"/articles/{everything.articles[0].id}")).status_code == 404
        post = await client.post("/sections/peru")
    assert (post.status_code, post.headers["allow"]) == (405, "GET, HEAD")


async def test_a_private_page_keeps_its_token_in_its_own_links_alone(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(f"/channels/desk?token={TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("private")
    with_token = {link.partition("?")[0] for link in links(tree(answer)) if TOKEN in link}
    assert with_token == {"/channels/desk.rss", "/channels/desk.atom", "/channels/desk.json"}


async def test_older_articles_are_reached_by_a_cursor_without_gaps(stand: Store, news: Newsroom) -> None:
    many = [sighting(f"Number {n:03}", of=FEEDS[1], guid=f"n{n}") for n in range(70)]
    await publish(stand, FEEDS[1], *many)
    seen: list[str] = []
    path: str | None = "/outlets/sociedad-media"
    async with browser(desk_of(stand, news)) as client:
        while path:
            page = tree(await client.get(path))
            seen += [e.text_content() for e in page.xpath("//main//*[contains(@class, 'headline')]")]
            path = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert sorted(title for title in seen if title.startswith("Number")) == [f"Number {n:03}" for n in range(70)]


async def test_a_search_helps_finds_and_shows_what_is_wrong(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        empty = await client.get("/search")
        good = await client.get("/search", params={"q": "glaciers"})
        wrong = await client.get("/search", params={"q": 'sectio:"<b>"'})
        nothing = await client.get("/search", params={"q": "zeppelin"})
    assert "How to ask" in empty.text
    assert "Glaciers of the Cordillera" in good.text
    assert wrong.status_code == 400
    assert "^" in wrong.text
    assert "<b>" not in wrong.text
    assert "Nothing found" in nothing.text


async def test_below_a_path_every_link_has_the_prefix(stand: Store) -> None:
    async with browser(desk_of(stand, newsroom_at("https://x.example/news"))) as client:
        for path in ("/news/", "/", "/news/sections/peru", await article_path(stand)):
            answer = await client.get(path)
            assert answer.status_code == 200
            inside = [link for link in links(tree(answer)) if link.startswith("/")]
            assert inside
            assert [link for link in inside if not link.startswith("/news/")] == []


async def test_a_slash_too_many_leads_to_the_page_and_never_elsewhere(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        slash = await client.get("/sections/peru/?before=3")
        evil = await client.get("//evil.example/")
    assert (slash.status_code, slash.headers["location"]) == (301, "/sections/peru?before=3")
    assert not evil.headers.get("location", "/").startswith("//")


async def test_opml_names_every_public_feed_and_what_we_poll(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        everything = etree.fromstring((await client.get("/opml")).content)
        polled = etree.fromstring((await client.get("/sources.opml")).content)
        parts = [await client.get(f"/{part}.opml") for part in ("sections", "authors", "outlets", "channels")]
    feeds = {outline.get("xmlUrl") for outline in everything.iter("outline")}
    assert {f"{news.site.url}/sections/peru.atom", f"{news.site.url}/channels/lithium.atom"} <= feeds
    assert {outline.get("xmlUrl") for outline in polled.iter("outline")} == {feed.public_url for feed in FEEDS[:3]}
    assert [part.status_code for part in parts] == [200] * 4


async def test_robots_and_the_style_are_served_and_the_style_may_be_kept_for_ever(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        page = tree(await client.get("/"))
        style = await client.get(page.find(".//link[@rel='stylesheet']").get("href"))
        robots = await client.get("/robots.txt")
        icon = await client.get("/favicon.ico")
    assert "immutable" in style.headers["cache-control"]
    assert "Disallow: /search" in robots.text
    assert icon.headers["content-type"] == "image/svg+xml"


async def test_an_article_s_page_shows_what_was_revised_within_the_rights(stand: Store, news: Newsroom) -> None:
    for number, (of, level) in enumerate(((FEEDS[0], "full"), (FEEDS[2], "title"))):
        first = sighting(f"Dam number {number} holds", of=of, summary="Engineers look at it.", guid=f"dam-{number}")
        await poll(stand, of, first)
        content = replace(first.content, title=f"Dam number {number} <breaks>", summary="Engineers left it.")
        await poll(stand, of, replace(first, content=content, raw_hash=level), now=NOW + timedelta(minutes=5))
        (id,) = await find(stand, f"Dam number {number} breaks", now=NOW)
        async with browser(desk_of(stand, news)) as client:
            page = (await client.get(f"/articles/{id}")).text
        assert "<del>holds</del>" in page
        assert "<ins>&lt;breaks&gt;</ins>" in page
        assert ("<del>look at</del> <ins>left</ins>" in page) is (level == "full")
        assert "Revised once<" in page
