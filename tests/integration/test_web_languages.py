"""Pages in other languages, each below an address of its own."""

from __future__ import annotations

from dataclasses import replace

import lxml.html
import pytest

from aggregator.model import ChannelKind, Newsroom, Section, Title
from aggregator.store import Store
from tests.making import NOW
from tests.newsstand import ANDES, HEADLINE, SECTIONS, SITE, TOKEN, browser, desk_of

PERU = Section(slug="peru", title=Title.of({"en": "Peru", "es": "Perú"}), countries=("PE",), parent="south-america")


@pytest.fixture
async def spoken(stand: Store, news: Newsroom) -> Newsroom:
    """The newsroom in English, Spanish and Portuguese."""
    site = replace(SITE, languages=("en", "es", "pt"))
    sections = tuple(PERU if section.slug == "peru" else section for section in SECTIONS)
    made = replace(news, site=site, sections=sections, digest="spoken")
    await stand.apply(made, now=NOW)
    return made


async def test_every_page_is_there_in_each_language_and_names_the_others(stand: Store, spoken: Newsroom) -> None:
    (article, *_) = await stand.articles(ChannelKind.OUTLET, ANDES.id, limit=9)
    paths = [
        "",
        "/sections",
        "/authors",
        "/outlets",
        "/sources",
        "/channels",
        "/sections/peru",
        "/search",
        "/search?q=peru",
    ]
    paths += [f"/articles/{article.id}", f"/stories/{article.story}"]
    async with browser(desk_of(stand, spoken)) as client:
        for path in paths:
            for language, below in (("en", ""), ("es", "/es"), ("pt", "/pt")):
                answer = await client.get(f"{below}{path}" or "/")
                assert answer.status_code == 200, (below, path)
                page = lxml.html.fromstring(answer.text)
                assert page.get("lang") == language
                others = {link.get("hreflang"): link.get("href") for link in page.iterfind(".//link[@hreflang]")}
                assert others == {"en": path or "/", "es": f"/es{path}", "pt": f"/pt{path}"}


async def test_a_page_speaks_its_language_and_stays_in_it(stand: Store, spoken: Newsroom) -> None:
    async with browser(desk_of(stand, spoken)) as client:
        spanish = await client.get("/es/sections/peru")
        page = lxml.html.fromstring(spanish.text)
        assert page.findtext(".//h1") == "Perú"
        assert "artículo" in spanish.text
        assert HEADLINE in spanish.text
        inside = {link for element in page.iterfind(".//a") if (link := element.get("href") or "").startswith("/")}
        files = {link for link in inside if link.endswith((".rss", ".atom", ".json", "/opml", "/api/docs"))}
        assert {link for link in inside - files if not link.startswith("/es")} == {
            "/sections/peru",
            "/pt/sections/peru",
        }
        for link in inside:
            assert (await client.get(link)).status_code == 200, link
        assert lxml.html.fromstring((await client.get("/sections/peru")).text).findtext(".//h1") == "Peru"


async def test_the_site_s_own_language_has_no_prefix_and_others_are_not_there(stand: Store, spoken: Newsroom) -> None:
    async with browser(desk_of(stand, spoken)) as client:
        forwarded = await client.get("/en/sections/peru?before=9")
        assert (forwarded.status_code, forwarded.headers["location"]) == (301, "/sections/peru?before=9")
        assert (await client.get("/en")).headers["location"] == "/"
        assert (await client.get("/es/")).headers["location"] == "/es"
        for path in ("/fr/sections", "/es/opml", "/es/sections/peru.atom", "/es/status"):
            assert (await client.get(path)).status_code == 404, path
    narrowed = replace(spoken, site=replace(spoken.site, languages=("es",)), digest="narrowed")
    async with browser(desk_of(stand, narrowed)) as client:
        assert (await client.get("/pt/sections")).status_code == 404


async def test_a_refusal_is_told_in_the_language_of_its_address(stand: Store, spoken: Newsroom) -> None:
    async with browser(desk_of(stand, spoken)) as client:
        assert "No hay nada en esta dirección." in (await client.get("/es/sections/atlantis")).text
        assert "Não há nada neste endereço." in (await client.get("/pt/articles/nothing")).text
        assert (await client.get("/es/channels/memo")).status_code in (401, 404)


async def test_a_private_page_keeps_its_token_in_every_language(stand: Store, spoken: Newsroom) -> None:
    async with browser(desk_of(stand, spoken)) as client:
        private = next(channel.slug for channel in spoken.channels if channel.private)
        assert (await client.get(f"/es/channels/{private}")).status_code == 401
        answer = await client.get(f"/es/channels/{private}?token={TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private")
        others = [str(link.get("href")) for link in lxml.html.fromstring(answer.text).iterfind(".//link[@hreflang]")]
        assert [(await client.get(link)).status_code for link in others] == [200, 200, 200]


async def test_feeds_are_the_same_whatever_languages_pages_have(stand: Store, news: Newsroom, spoken: Newsroom) -> None:
    async with browser(desk_of(stand, replace(spoken, site=SITE, digest="alone"))) as client:
        alone = (await client.get("/sections/peru.atom")).content
    async with browser(desk_of(stand, spoken)) as client:
        assert (await client.get("/sections/peru.atom")).content == alone
