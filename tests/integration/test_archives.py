"""Archive pages over HTTP (RFC 5005), on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import httpx
import pytest
from lxml import etree

from aggregator.model import Action, Channel, ChannelKind, Decision, Newsroom, Section, Span, Title
from aggregator.store import Store
from aggregator.syndicate.archives import Archives
from aggregator.syndicate.channels import Selector
from tests.acceptance import w3c
from tests.making import batch, newsroom, publish, revised, section_evidence, sighting, source
from tests.newsstand import browser, desk_of

HERALD = source("herald")
TOKEN = "open-sesame"
CHANNELS = (
    Channel(kind=ChannelKind.CHANNEL, slug="all", title=Title("All"), where="*", limit=4),
    Channel(kind=ChannelKind.CHANNEL, slug="desk", title=Title("Desk"), where="*", tokens=(TOKEN,)),
    Channel(kind=ChannelKind.CHANNEL, slug="closed", title=Title("Closed"), removed=True),
)
NEWS = newsroom(HERALD, sections=(Section(slug="peru", title=Title("Peru")),), channels=CHANNELS)
MARCH = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KINDS = ("sections/peru", "authors/ana-ruiz", "outlets/herald", "sources/herald", "channels/all")
PREFIXES = {"atom": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}


async def bring(store: Store, at: datetime, *titles: str, news: Newsroom = NEWS) -> None:
    seen = [
        sighting(
            title, of=HERALD, by=("Ana Ruiz",), sections=("peru",), evidence=(section_evidence("peru"),), published=at
        )
        for title in titles
    ]
    await publish(store, HERALD, *seen, now=at, selects=Selector.of(news, lambda: at))


@pytest.fixture
async def held(store: Store) -> Store:
    """Two articles in January, none in February, two in March."""
    await store.apply(NEWS, now=datetime(2026, 1, 1, tzinfo=UTC))
    for at, titles in (
        (datetime(2026, 1, 5, 9, tzinfo=UTC), ("New year", "Old year")),
        (MARCH - timedelta(hours=2), ("Spring",)),
        (MARCH - timedelta(hours=1), ("Rain",)),
    ):
        await bring(store, at, *titles)
    return store


def client_of(store: Store, news: Newsroom = NEWS, *, at: datetime = MARCH) -> httpx.AsyncClient:
    return browser(desk_of(store, news, now=lambda: at))


def links(body: bytes) -> dict[str, str]:
    root = etree.fromstring(body)
    found: Any = root.xpath("/atom:feed/atom:link | /rss/channel/atom:link", namespaces=PREFIXES)
    return {link.get("rel"): link.get("href") for link in found}


def archived(body: bytes) -> bool:
    found: Any = etree.fromstring(body).xpath("/atom:feed/fh:archive | /rss/channel/fh:archive", namespaces=PREFIXES)
    return bool(found)


@pytest.mark.parametrize("format", ["atom", "rss"])
@pytest.mark.parametrize("path", KINDS)
async def test_every_kind_of_channel_leads_back_through_its_months(held: Store, path: str, format: str) -> None:
    base = f"{NEWS.site.url}/{path}"
    async with client_of(held) as client:
        feed = await client.get(f"/{path}.{format}")
        assert links(feed.content)["prev-archive"] == f"{base}/archive/2026-01.{format}"
        assert not archived(feed.content)
        page = await client.get(f"/{path}/archive/2026-01.{format}")
    assert page.status_code == 200
    assert archived(page.content)
    said = links(page.content)
    assert said["self"] == f"{base}/archive/2026-01.{format}"
    assert said["current"] == f"{base}.{format}"
    assert "prev-archive" not in said
    assert "next-archive" not in said  # March goes on
    read = feedparser.parse(page.content)
    assert not read.bozo
    assert {entry.title for entry in read.entries} == {"New year", "Old year"}


@pytest.mark.skipif(not w3c.installed(), reason=w3c.ABSENT)
async def test_the_w3c_finds_no_fault_in_archive_pages(held: Store) -> None:
    april = MARCH + timedelta(days=40)
    await bring(held, april, "April")
    async with client_of(held, at=april) as client:
        paths = [f"/{path}/archive/2026-03.{format}" for path in KINDS for format in ("atom", "rss")]
        pages = [
            (f"{NEWS.site.url}{path}", f"application/{path[-4:].strip('.')}+xml", await client.get(path))
            for path in paths
        ]
    assert all(archived(page.content) for _url, _type, page in pages)
    found = w3c.complaints([(url, type, page.content) for url, type, page in pages])
    assert [one for one in found if one.name not in w3c.ACCEPTED] == []


async def test_the_json_feed_goes_on_by_next_url(held: Store) -> None:
    async with client_of(held) as client:
        address, seen = "/channels/all.json", list[str]()
        while address:
            feed = (await client.get(address)).json()
            seen += [item["title"] for item in feed["items"]]
            address = feed.get("next_url")
    assert set(seen) == {"New year", "Old year", "Spring", "Rain"}


async def test_the_month_that_goes_on_is_no_archive_yet_and_then_both_lead_to_each_other(held: Store) -> None:
    async with client_of(held) as client:
        march = await client.get("/outlets/herald/archive/2026-03.atom")
        assert not archived(march.content)
        assert march.headers["cache-control"].startswith("public, max-age=300,")
        assert links(march.content)["prev-archive"].endswith("/archive/2026-01.atom")
    later = MARCH + timedelta(days=40)
    await bring(held, later, "April")
    async with client_of(held, at=later) as client:
        feed = await client.get("/outlets/herald.atom")
        assert links(feed.content)["prev-archive"].endswith("/archive/2026-03.atom")
        march = await client.get("/outlets/herald/archive/2026-03.atom")
        assert archived(march.content)
        january = await client.get("/outlets/herald/archive/2026-01.atom")
    assert links(january.content)["next-archive"].endswith("/archive/2026-03.atom")


async def test_a_finished_page_stays_as_it_is_whatever_comes_and_is_kept_long(held: Store) -> None:
    async with client_of(held) as client:
        before = await client.get("/outlets/herald/archive/2026-01.atom", headers={"accept-encoding": "br"})
        for hour in range(3):
            await bring(held, MARCH + timedelta(hours=hour), f"More {hour}")
        late = sighting("Found late", of=HERALD, published=datetime(2026, 1, 5, 10, tzinfo=UTC))
        await publish(held, HERALD, late, now=MARCH)
        asked = {"if-none-match": before.headers["etag"]}
        assert (await client.get("/outlets/herald/archive/2026-01.atom", headers=asked)).status_code == 304
        by_date = {"if-modified-since": before.headers["last-modified"]}
        assert (await client.get("/outlets/herald/archive/2026-01.atom", headers=by_date)).status_code == 304
        after = await client.get("/outlets/herald/archive/2026-01.atom", headers={"accept-encoding": "br"})
        head = await client.head("/outlets/herald/archive/2026-01.atom", headers={"accept-encoding": "br"})
        assert "Found late" in (await client.get("/outlets/herald.atom")).text
    assert after.content == before.content
    assert (head.content, dict(head.headers)) == (b"", dict(after.headers))
    assert after.headers["cache-control"].startswith("public, max-age=86400,")
    assert after.headers["vary"] == "Accept-Encoding"
    assert after.headers["access-control-allow-origin"] == "*"


async def test_what_a_new_source_brings_first_is_in_the_month_of_its_publication(held: Store) -> None:
    times = source("times")
    news = newsroom(HERALD, times, sections=NEWS.sections, channels=CHANNELS)
    await held.apply(news, now=MARCH)
    old = sighting("An old story", of=times, published=datetime(2026, 1, 9, tzinfo=UTC), sections=("peru",))
    await publish(held, times, old, now=MARCH, first=True)
    async with client_of(held, news) as client:
        assert "An old story" in (await client.get("/sections/peru/archive/2026-01.atom")).text


async def test_a_withdrawn_article_and_what_is_said_of_it_leave_the_archives_at_once(held: Store) -> None:
    (gone,) = [a for a in await held.articles(ChannelKind.OUTLET, "herald", limit=9) if a.content.title == "Old year"]
    async with client_of(held) as client:
        before = await client.get("/outlets/herald/archive/2026-01.atom")
        assert "Old year" in before.text
        await held.decide(Decision(action=Action.WITHDRAW, articles=(gone.id,), at=MARCH, reason="asked"), now=MARCH)
        for path in KINDS:
            for format in ("atom", "rss", "json"):
                page = await client.get(f"/{path}/archive/2026-01.{format}")
                assert "New year" in page.text
                assert "Old year" not in page.text
        asked = {"if-none-match": before.headers["etag"]}
        assert (await client.get("/outlets/herald/archive/2026-01.atom", headers=asked)).status_code == 200


async def test_a_correction_is_shown_in_its_place(held: Store) -> None:
    (wrong,) = [a for a in await held.articles(ChannelKind.OUTLET, "herald", limit=9) if a.content.title == "Old year"]
    async with client_of(held) as client:
        await client.get("/outlets/herald/archive/2026-01.atom")
        right = sighting("Old year, corrected", of=HERALD, guid="old-year")
        await held.write(batch(HERALD, revised(right, wrong), now=MARCH), now=MARCH)
        page = await client.get("/outlets/herald/archive/2026-01.atom")
    assert [entry.title for entry in feedparser.parse(page.content).entries].count("Old year, corrected") == 1


async def test_a_page_that_says_the_same_is_not_rendered_again(held: Store) -> None:
    archives, january = Archives(held, lambda: NEWS, lambda: MARCH), Span.month(2026, 1)
    first = await archives.page(ChannelKind.OUTLET, "herald", january, "atom")
    for hour in range(3):
        await bring(held, MARCH + timedelta(hours=hour), f"More {hour}")
        again = await archives.page(ChannelKind.OUTLET, "herald", january, "atom")
        assert first is not None
        assert again is not None
        assert again.body is first.body


async def test_a_busy_month_is_many_pages_of_no_more_than_a_feed_has_and_its_own_address_is_the_newest(
    held: Store,
) -> None:
    for hour in range(20):
        await bring(held, MARCH + timedelta(hours=hour), f"Item {hour}")
    async with client_of(held) as client:
        address, seen, pages = "/channels/all/archive/2026-03.atom", list[str](), list[str]()
        while address:
            answer = await client.get(address)
            read = feedparser.parse(answer.content)
            assert 1 <= len(read.entries) <= 4
            seen += [entry.title for entry in read.entries]
            pages.append(links(answer.content)["self"])
            address = links(answer.content).get("prev-archive", "")
    assert len(seen) == len(set(seen)) == 24
    assert seen[0] == "Item 19"
    assert len(pages) >= 6
    assert pages[-1].endswith("/archive/2026-01.atom")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/outlets/herald/archive/2026-02.atom", 404),
        ("/outlets/herald/archive/2026-13.atom", 404),
        ("/outlets/herald/archive/2026-1.atom", 404),
        ("/outlets/herald/archive/2026-01.html", 404),
        ("/outlets/herald/archive/2026-01", 404),
        ("/outlets/nobody/archive/2026-01.atom", 404),
        ("/outlets/herald/archive/2026-01-" + "0" * 64 + ".atom", 404),
        ("/channels/closed/archive/2026-01.atom", 410),
        ("/channels/desk/archive/2026-01.atom", 401),
        ("/channels/desk/archive/2026-01.atom?token=guess", 403),
    ],
)
async def test_what_cannot_be_had_is_a_problem_document(held: Store, path: str, status: int) -> None:
    async with client_of(held) as client:
        answer = await client.get(path)
        assert (await client.post("/outlets/herald/archive/2026-01.atom")).status_code == 405
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "Old year" not in answer.text


async def test_a_private_channels_archives_open_to_its_token_and_are_kept_by_no_shared_cache(held: Store) -> None:
    async with client_of(held) as client:
        page = await client.get(f"/channels/desk/archive/2026-01.atom?token={TOKEN}")
        by_password = await client.get("/channels/desk/archive/2026-01.atom", auth=("anyone", TOKEN))
    assert page.content == by_password.content
    assert "Old year" in page.text
    assert TOKEN not in page.text
    assert page.headers["cache-control"].startswith("private")
    assert "access-control-allow-origin" not in page.headers


async def test_a_private_channels_archives_close_with_it(held: Store) -> None:
    without = replace(NEWS, channels=CHANNELS[:1], digest="without")
    await held.apply(without, now=MARCH)
    async with client_of(held, without) as client:
        assert (await client.get("/channels/desk/archive/2026-01.atom")).status_code == 404


async def test_who_looked_at_the_clock_first_and_is_done_last_is_listed_last(held: Store) -> None:
    await bring(held, MARCH + timedelta(seconds=5), "Quick one", "Quick two")
    await bring(held, MARCH + timedelta(seconds=3), "Slow")
    newest, *_ = await held.articles(ChannelKind.OUTLET, "herald", limit=1)
    assert newest.content.title == "Slow"
    await bring(held, MARCH - timedelta(hours=1, seconds=-9), "By a clock that is wrong")
    (wrong,) = [a for a in await held.articles(ChannelKind.OUTLET, "herald", limit=9) if "wrong" in a.content.title]
    assert wrong.listed == MARCH - timedelta(hours=1, seconds=-9)


async def test_a_page_and_the_api_go_on_by_their_cursor_until_every_article_was_shown_once(held: Store) -> None:
    for hour in range(70):
        await bring(held, MARCH + timedelta(hours=hour), f"Item {hour}.")
    later = MARCH + timedelta(days=9)
    wanted = {f"Item {hour}." for hour in range(70)} | {"New year", "Old year", "Spring", "Rain"}
    async with client_of(held, at=later) as client:
        listed = list[str]()
        cursor: str | None = ""
        while cursor is not None:
            answer = await client.get(f"/api/v1/outlets/herald/articles?limit=30{cursor and '&before=' + cursor}")
            listed += [article["title"] for article in answer.json()["articles"]]
            cursor = answer.json()["next"]
        assert sorted(listed) == sorted(wanted)
        pages, address = list[str](), "/outlets/herald"
        while address:
            page = await client.get(address)
            pages.append(page.text)
            onward: Any = etree.HTML(page.text).xpath("//a[@rel='next']/@href")
            address = str(onward[0]) if onward else ""
    assert len(pages) == 3
    for title in wanted:
        assert sum(title in page for page in pages) == 1, title
