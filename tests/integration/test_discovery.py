"""The feeds of made-up web sites, found by the real visitor against a scripted origin."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.cli.discover import as_yaml
from aggregator.config import load
from aggregator.errors import FetchError
from aggregator.fetch import Robots, Visitor
from aggregator.fetch.politeness import Politeness
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from aggregator.sandbox.pool import Inline
from aggregator.sites.discovery import Discoverer, Discovery, country_code, outlet_id
from tests.fakes import Dns
from tests.origin import HOST, Origin, Reply, running_origin

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def feed(title: str = "Andes Post", *links: str, extra: str = "", described: str = "A sentence.") -> Reply:
    items = "".join(
        f"<item><title>{link}</title><link>https://andes.example/{link}</link><description>{described}</description>"
        f"<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>"
        for link in links or ("one", "two")
    )
    channel = f"<title>{title}</title><language>es-BO</language>{extra}{items}"
    return Reply(body=f"<rss version='2.0'><channel>{channel}</channel></rss>".encode())


def site(head: str = "", body: str = "", lang: str = "es") -> Reply:
    start = f"<!doctype html><html lang='{lang}'><head><title>Andes Post | Noticias</title>"
    return Reply(headers=HTML, body=f"{start}{head}</head><body>{body}</body></html>".encode())


@asynccontextmanager
async def discoverer_of(most: int = 40) -> AsyncIterator[tuple[Origin, Discoverer]]:
    guard = Guard(["127.0.0.0/8"])
    async with running_origin([HOST]) as origin, open_session(guard, resolver=Dns({})) as session:
        visitor = Visitor(
            session, guard, Politeness(guard, concurrency=4), user_agent=lambda: "aggregator/test (+x)", now=lambda: NOW
        )
        robots = Robots(visitor, lambda: NOW)
        yield origin, Discoverer(visitor=visitor, robots=robots, workers=Inline(), now=lambda: NOW, most=most)


async def discover(pages: dict[str, Reply], at: str = "/", most: int = 40) -> tuple[Discovery, Origin]:
    async with discoverer_of(most) as (origin, discoverer):
        for path, reply in pages.items():
            origin.serve(path, reply)
        return await discoverer.discover(origin.url(at)), origin


def paths(found: Discovery) -> list[str]:
    return [one.url.partition("://")[2].partition("/")[2] for one in found.feeds]


LINK = '<link rel="alternate" type="application/rss+xml" title="Mundo" href="{}">'


async def test_feeds_that_a_site_links_to_are_found_and_described() -> None:
    found, _ = await discover({"/": site(LINK.format("/mundo/rss")), "/mundo/rss": feed("Mundo", "a", "b", "c")})
    (only,) = found.feeds
    assert (only.rule, only.description.title, only.description.entries) == ("link rel=alternate", "Mundo", 3)
    assert (only.description.format, only.description.text, only.description.pictures) == ("RSS 2.0", "summaries", 0)
    assert only.description.newest == datetime(2026, 3, 1, 10, tzinfo=UTC)


async def test_a_language_that_software_came_with_gives_way_to_that_of_the_entries() -> None:
    said = "El presidente de la república anunció ayer que las obras del puente comenzarán en el mes de marzo."
    reply = feed("Andes Post", "uno", "dos", described=said)
    stated = replace(reply, body=reply.body.replace(b"es-BO", b"en-US"))
    found, _ = await discover({"/": site(LINK.format("/rss"), lang="en-US"), "/rss": stated})
    assert (found.language, found.language_rule, found.country) == ("es", "its feeds", None)


@pytest.mark.parametrize(
    "path", ["/feed/", "/rss.xml", "/feed.json", "/arc/outboundfeeds/rss/?outputType=xml", "/?feed=rss2"]
)
async def test_feeds_at_well_known_places_are_found(path: str) -> None:
    reply = feed()
    if path.endswith(".json"):
        items = [{"id": "1", "url": "https://andes.example/1", "title": "x", "content_text": "y"}]
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "Andes", "items": items}
        reply = Reply(body=json.dumps(document).encode())
    found, _ = await discover({"/": site(), path: reply})
    assert [(one.url.endswith(path), one.rule) for one in found.feeds] == [(True, "well-known path")]


async def test_a_page_that_lists_feeds_is_followed_one_step() -> None:
    listing = site(body="".join(f"<a href='/canales/{name}.rss'>{name}</a>" for name in ("mundo", "deportes")))
    found, _ = await discover(
        {
            "/": site(body="<a href='/rss/'>RSS</a> <a href='/mundo'>Mundo</a>"),
            "/rss/": listing,
            "/canales/mundo.rss": feed("Mundo", "a"),
            "/canales/deportes.rss": feed("Deportes", "b"),
        }
    )
    assert paths(found) == ["canales/mundo.rss", "canales/deportes.rss"]


async def test_sitemaps_that_robots_txt_names_are_read() -> None:
    async with discoverer_of() as (origin, discoverer):
        origin.serve("/", site())
        origin.serve("/robots.txt", Reply(body=f"Sitemap: {origin.url('/maps.xml')}".encode()))
        index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{origin.url('/news.xml')}</loc></sitemap></sitemapindex>"
        urls = "".join(f"<url><loc>{origin.url(path)}</loc></url>" for path in ("/politica/feed", "/politica/nota-1"))
        origin.serve("/maps.xml", Reply(body=index.encode()))
        origin.serve("/news.xml", Reply(body=f"<urlset>{urls}</urlset>".encode()))
        origin.serve("/politica/feed", feed("Política"))
        found = await discoverer.discover(origin.url("/"))
    assert [(one.rule, one.description.title) for one in found.feeds] == [("sitemap", "Política")]


def packed_sitemap(url: str, *, padding: int = 0) -> bytes:
    return gzip.compress(f"<urlset>{' ' * padding}<url><loc>{url}</loc></url></urlset>".encode())


@pytest.mark.parametrize(
    ("padding", "intact", "found"),
    [(0, True, 1), (9 * 2**20, True, 1), (11 * 2**20, True, 0), (0, False, 0)],
)
async def test_a_sitemap_that_is_packed_is_unpacked_as_far_as_10_mib(padding: int, intact: bool, found: int) -> None:
    async with discoverer_of() as (origin, discoverer):
        origin.serve("/", site())
        origin.serve("/robots.txt", Reply(body=f"Sitemap: {origin.url('/map.xml.gz')}".encode()))
        packed = packed_sitemap(origin.url("/politica/feed"), padding=padding)
        origin.serve("/map.xml.gz", Reply(body=packed if intact else packed[:10] + b"junk"))
        origin.serve("/politica/feed", feed("Política"))
        assert len((await discoverer.discover(origin.url("/"))).feeds) == found


async def test_structured_data_may_name_a_feed_a_country_and_the_outlet() -> None:
    stated = {
        "@graph": [
            {"@type": "NewsMediaOrganization", "name": "Andes Post", "address": {"addressCountry": "Bolivia"}},
            {"@type": "DataFeed", "url": "/datos/todo", "encodingFormat": "application/rss+xml"},
        ]
    }
    found, _ = await discover(
        {"/": site(f'<script type="application/ld+json">{json.dumps(stated)}</script>'), "/datos/todo": feed()}
    )
    assert (found.title, found.country, found.country_rule) == ("Andes Post", "BO", "schema.org address")
    assert [one.rule for one in found.feeds] == ["structured data"]


async def test_one_feed_at_several_addresses_or_in_several_formats_stands_once() -> None:
    found, origin = await discover(
        {
            "/": site(LINK.format("/rss") + LINK.format("/atom.xml") + LINK.format("/otra.rss")),
            "/rss": feed("Andes", "a", "b"),
            "/atom.xml": feed("Andes again", "a", "b"),
            "/otra.rss": feed("Otra", "c"),
            "/feed/": feed("Andes", "a", "b"),
        }
    )
    assert paths(found) == ["rss", "otra.rss"]
    assert found.feeds[0].also == (origin.url("/atom.xml"), origin.url("/feed/"))


async def test_feeds_of_comments_are_left_out() -> None:
    found, origin = await discover(
        {
            "/": site(LINK.format("/feed/") + LINK.format("/comments/feed/")),
            "/feed/": feed(),
            "/comments/feed/": feed("C", "x"),
        }
    )
    assert paths(found) == ["feed/"]
    assert origin.asked("/comments/feed/") == []


async def test_robots_txt_is_obeyed() -> None:
    robots = Reply(body=b"User-agent: *\nDisallow: /secreto")
    found, origin = await discover(
        {
            "/robots.txt": robots,
            "/": site(LINK.format("/secreto/rss") + LINK.format("/rss")),
            "/rss": feed(),
            "/secreto/rss": feed("S", "z"),
        }
    )
    assert paths(found) == ["rss"]
    assert origin.asked("/secreto/rss") == []
    assert any("robots.txt does not let us" in error for error in found.errors)


async def test_a_site_that_robots_may_not_see_is_an_error() -> None:
    with pytest.raises(FetchError, match=r"^http://127\.0\.0\.1:\d+/: robots\.txt does not let us$"):
        await discover({"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /"), "/": site()})


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_feeds_are_looked_for_behind_a_page_that_is_closed_to_us(status: int) -> None:
    found, origin = await discover({"/": Reply(status=status), "/feed/": feed()})
    assert paths(found) == ["feed/"]
    assert found.errors[0].startswith(f"{origin.url('/')}: HTTP {status}")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_site_that_has_no_time_for_us_is_left_alone(status: int) -> None:
    async with discoverer_of() as (origin, discoverer):
        origin.serve("/", Reply(status=status))
        with pytest.raises(FetchError, match=f"HTTP {status}"):
            await discoverer.discover(origin.url("/"))
    assert [request.path for request in origin.requests] == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    ("hops", "printed"),
    [
        ({"/a": (302, "/signed?token=abc123")}, "/a"),
        ({"/a": (301, "/signed?token=abc123")}, "/signed?token=abc123"),
        ({"/a": (308, "/b"), "/b": (307, "/c"), "/c": (301, "/signed?token=abc123")}, "/b"),
    ],
)
async def test_of_redirects_for_now_the_address_before_them_is_printed(
    hops: dict[str, tuple[int, str]], printed: str
) -> None:
    replies = {path: Reply(status=status, headers=(("Location", to),)) for path, (status, to) in hops.items()}
    found, origin = await discover({"/": site(LINK.format("/a")), "/signed?token=abc123": feed(), **replies})
    assert [one.url for one in found.feeds] == [origin.url(printed)]


async def test_a_password_in_an_address_is_neither_sent_nor_told() -> None:
    async with discoverer_of() as (origin, discoverer):
        link = LINK.format(origin.url("/rss").replace("http://", "http://ana:secret@"))
        home = origin.serve("/", site(link))
        origin.serve("/rss", feed("Mundo", "uno"))
        found = await discoverer.discover(home)
    assert [one.url for one in found.feeds] == [origin.url("/rss")]
    assert "secret" not in repr(found)
    assert all(request.header("Authorization") is None for request in origin.requests)


async def test_the_number_of_requests_is_bounded() -> None:
    links = "".join(LINK.format(f"/{number}/rss") for number in range(90))
    found, origin = await discover({"/": site(links)}, most=10)
    assert found.tried == 10
    assert len([request for request in origin.requests if request.path != "/robots.txt"]) == 10


async def test_the_address_may_be_a_feed_or_a_page_below_the_front() -> None:
    found, _ = await discover({"/rss": feed()}, at="/rss")
    assert paths(found) == ["rss"]
    found, _ = await discover({"/": site(LINK.format("/rss")), "/mundo": site(), "/rss": feed()}, at="/mundo")
    assert paths(found) == ["rss"]


async def test_where_there_are_none_none_are_found() -> None:
    found, _ = await discover({"/": site()})
    assert (found.feeds, found.title, found.language) == ((), "Andes Post", "es")


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://www.eltiempo.com/", "eltiempo"),
        ("https://en.mercopress.com", "mercopress"),
        ("https://www.lanacion.com.ar/politica", "lanacion"),
        ("https://g1.globo.com", "globo"),
        ("https://noticias.uol.com.br", "uol"),
        ("https://ladiaria.com.uy", "ladiaria"),
        ("https://www.bbc.co.uk", "bbc"),
        ("http://127.0.0.1:8000/", "outlet-127-0-0-1"),
        ("https://münchen.example", "munchen"),
    ],
)
def test_an_outlets_id_is_the_name_that_somebody_registered(url: str, id: str) -> None:
    assert outlet_id(url) == id


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("BO", "BO"),
        ("bo", "BO"),
        ("Bolivia", "BO"),
        ("Brasil", "BR"),
        ("Perú", "PE"),
        ("XX", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_a_code_or_a_name(stated: str | None, code: str | None) -> None:
    assert country_code(stated) == code


async def test_what_is_printed_is_a_file_of_the_configuration(tmp_path: Path) -> None:
    odd = "<meta property='og:site_name' content='El \"Día\": \x7fnoticias # de hoy'>"
    found, _ = await discover(
        {
            "/": site(odd + LINK.format("/rss") + LINK.format("/x.rss")),
            "/rss": feed("A\nB \x7f &#x7f;&#x81;&#x85;&#x9f; \u2028C", "a"),
            "/x.rss": feed("C", "b"),
        }
    )
    (tmp_path / "found.yaml").write_text("\n".join(as_yaml(found)), encoding="utf-8")
    loaded = load(tmp_path, environment={}, strict_secrets=True)
    (outlet,) = loaded.newsroom.outlets
    assert (outlet.title, outlet.language, outlet.country) == ('El "Día": noticias # de hoy', "es", "BO")
    assert [source.url for source in loaded.newsroom.sources] == [one.url for one in found.feeds]
