"""Feeds over HTTP, from a real store."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, cast

import feedparser
import pytest
from lxml import etree

from aggregator import query
from aggregator.model import Action, AuthorProfile, Channel, ChannelKind, Decision, Newsroom, Title
from aggregator.store import Store
from tests.fakes import StoreOutOfReach
from tests.making import NOW, publish, sighting
from tests.newsstand import FEEDS, HEADLINE, TOKEN, browser, desk_of, newsroom_at

TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
@pytest.mark.parametrize(
    "path", ["sections/peru", "authors/dionys-duroc", "outlets/folha-do-sul", "sources/andes-post"]
)
async def test_every_kind_of_channel_is_a_feed_in_three_formats(
    stand: Store, news: Newsroom, path: str, format: str
) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(f"/{path}.{format}", headers={"accept-encoding": "identity"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES.get(format, "application/feed+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert HEADLINE in answer.text
    if format != "json":
        assert not feedparser.parse(answer.content).bozo


@pytest.mark.parametrize(
    ("path", "english", "spanish"),
    [
        ("sections/peru.json", "Peru: news from all outlets", "Peru: noticias de todos los medios"),
        ("authors/dionys-duroc.json", "Articles by Dionys Duroc", "Artículos de Dionys Duroc"),
        ("outlets/folha-do-sul.json", "News from Folha do Sul", "Noticias de Folha do Sul"),
        ("sources/andes-post.json", "News from Andes Post: all news", "Noticias de Andes Post: all news"),
        ("channels/glaciers.json", "Ice: a selection of articles", "Ice: una selección de artículos"),
        ("channels/lithium.json", "Mines, prices and protests.", "Mines, prices and protests."),
        ("search.json?q=peru", "Articles that match peru", "Artículos que coinciden con peru"),
    ],
)
async def test_a_feed_says_in_the_site_s_language_what_it_is(
    stand: Store, news: Newsroom, path: str, english: str, spanish: str
) -> None:
    ice = Channel(kind=ChannelKind.CHANNEL, slug="glaciers", title=Title("Ice"), where="glaciers outlet:andes-post")
    for language, said, notice in (("en", english, "unofficial"), ("es", spanish, "pertenece")):
        site = replace(news.site, language=language)
        spoken = replace(news, site=site, channels=(*news.channels, ice), digest=language)
        await stand.apply(spoken, now=NOW)
        async with browser(desk_of(stand, spoken)) as client:
            feed = (await client.get(f"/{path}")).json()
        assert (feed["description"], feed["language"]) == (said, language)
        assert notice in feed["user_comment"]


async def test_a_reader_that_comes_again_is_told_nothing_changed_until_something_does(
    stand: Store, news: Newsroom
) -> None:
    later = NOW + timedelta(hours=1)
    async with browser(desk_of(stand, news, now=lambda: later)) as client:
        first = await client.get("/outlets/andes-post.atom", headers={"accept-encoding": "gzip"})
        held = {"if-none-match": first.headers["etag"], "accept-encoding": "gzip"}
        assert (await client.get("/outlets/andes-post.atom", headers=held)).status_code == 304
        by_date = {"if-modified-since": first.headers["last-modified"]}
        assert (await client.get("/outlets/andes-post.atom", headers=by_date)).status_code == 304
        await publish(stand, FEEDS[0], sighting("A new thing", of=FEEDS[0]), now=later)
        again = await client.get("/outlets/andes-post.atom", headers=held | by_date)
    assert (again.status_code, "A new thing" in again.text) == (200, True)


async def test_head_and_gzip_and_plain_agree(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        plain = await client.get("/sections/peru.rss", headers={"accept-encoding": "identity"})
        head = await client.head("/sections/peru.rss", headers={"accept-encoding": "identity"})
        request = client.build_request("GET", "/sections/peru.rss", headers={"accept-encoding": "gzip"})
        zipped = await client.send(request, stream=True)
        raw = b"".join([part async for part in zipped.aiter_raw()])
    assert gzip.decompress(raw) == plain.content
    assert head.content == b""
    assert dict(head.headers) == dict(plain.headers)
    assert head.headers["content-length"] == str(len(plain.content))


async def test_a_post_is_told_what_a_feed_can_do_and_a_preflight_that_it_may_read(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        post = await client.post("/sections/peru.atom")
        preflight = await client.options("/sections/peru.atom")
    assert (post.status_code, post.headers["allow"]) == (405, "GET, HEAD")
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sections/atlantis.atom", 404),
        ("/channels/closed.rss", 410),
        ("/sources/insider.json", 404),
        ("/channels/desk.atom", 401),
        ("/channels/desk.atom?token=guess", 403),
    ],
)
async def test_what_cannot_be_had_is_a_problem_document(stand: Store, news: Newsroom, path: str, status: int) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "access-control-allow-origin" not in answer.headers


async def test_a_private_channel_carries_private_news_to_its_token_and_is_kept_by_no_shared_cache(
    stand: Store, news: Newsroom
) -> None:
    async with browser(desk_of(stand, news)) as client:
        by_token = await client.get(f"/channels/desk.atom?token={TOKEN}")
        by_password = await client.get("/channels/desk.atom", auth=("anyone", TOKEN))
    assert by_token.content == by_password.content
    assert "A letter for subscribers" in by_token.text
    assert TOKEN not in by_token.text
    assert by_token.headers["cache-control"].startswith("private")
    assert "access-control-allow-origin" not in by_token.headers


async def test_private_news_is_in_nothing_public(stand: Store, news: Newsroom) -> None:
    paths = ["/sections/economy.atom", "/outlets/insider.atom", "/search.atom?q=letter", "/search?q=letter", "/"]
    paths += ["/authors", "/outlets/insider", "/opml", "/sources.opml", "/sources", "/channels", "/api/v1/articles"]
    async with browser(desk_of(stand, news)) as client:
        for path in paths:
            text = (await client.get(path)).text
            assert "A letter for subscribers" not in text, path
            assert "Sigrid" not in text, path
            assert "Insider letters" not in text, path
            assert "The desk" not in text, path


async def test_a_renamed_author_leads_to_the_new_feed(stand: Store, news: Newsroom) -> None:
    ruiz = AuthorProfile(slug="ruiz", name="Ana Ruiz")
    changed = replace(news, authors=(*news.authors, ruiz), digest="another")
    await stand.apply(changed, now=NOW)
    async with browser(desk_of(stand, changed)) as client:
        answer = await client.get("/authors/ana-ruiz.atom", headers={"host": "evil.example"})
        page = await client.get("/authors/ana-ruiz")
        api = await client.get("/api/v1/authors/ana-ruiz/articles")
    assert (page.status_code, page.headers["location"]) == (301, "/authors/ruiz")
    assert (api.status_code, api.headers["location"]) == (301, "/api/v1/authors/ruiz/articles")
    assert (answer.status_code, answer.headers["location"]) == (301, "/authors/ruiz.atom")


@pytest.mark.parametrize("kind", ["sections", "channels"])
async def test_a_renamed_section_or_channel_forwards_where_its_lines_say_so_and_is_unknown_without(
    stand: Store, news: Newsroom, kind: str
) -> None:
    old, query = ("peru", {}) if kind == "sections" else ("desk", {"token": TOKEN})
    renamed = tuple(replace(one, slug="new") if one.slug == old else one for one in getattr(news, kind))
    said = tuple(replace(one, formerly=(old,)) if one.slug == "new" else one for one in renamed)
    ways = (
        "/{kind}/{slug}",
        "/{kind}/{slug}.atom",
        "/{kind}/{slug}/archive/2026-03.rss",
        "/api/v1/{kind}/{slug}/articles",
    )
    for digest, lines, status in (("unsaid", renamed, 404), ("said", said, 301)):
        parts: dict[str, Any] = {kind: lines}
        changed = replace(news, digest=digest, **parts)
        await stand.apply(changed, now=NOW)
        async with browser(desk_of(stand, changed)) as client:
            for way in ways:
                answer = await client.get(way.format(kind=kind, slug=old), params=query)
                assert answer.status_code == status, way
                if status == 301:
                    asked = f"?token={TOKEN}" if query else ""
                    assert answer.headers["location"] == way.format(kind=kind, slug="new") + asked
            listed = (await client.get(f"/api/v1/{kind}")).json()["channels"]
            assert old not in [one["slug"] for one in listed]


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_any_search_is_a_feed(stand: Store, news: Newsroom, format: str) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(f"/search.{format}", params={"q": "lithium OR litio"})
        again = await client.get(
            f"/search.{format}",
            params={"q": "lithium OR litio"},
            headers={"if-none-match": answer.headers["etag"]},
        )
    assert answer.status_code == 200
    assert "Lithium prices" in answer.text
    assert again.status_code == 304


async def test_any_search_is_a_table(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        sheet = await client.get("/search.csv", params={"q": "*", "fields": "title,authors,published"})
        lines = await client.get("/search.ndjson", params={"q": "*", "limit": 1})
        rest = await client.get(lines.links["next"]["url"])
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    head, *rows = csv.reader(io.StringIO(sheet.text))
    assert head == ["title", "authors", "published", "attribution"]
    assert HEADLINE in [row[0] for row in rows]
    [first] = map(json.loads, lines.text.splitlines())
    [second] = map(json.loads, rest.text.splitlines())
    assert [first["title"], second["title"]] == [row[0] for row in rows[:2]]


async def test_a_part_of_a_search_can_be_asked_for(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        recent = await client.get("/search.ndjson", params={"q": "*", "since": "now+1d"})
        headlines = await client.get("/search.json", params={"q": "*", "fields": "title", "limit": 2})
        limits = ("0", "x", f"{'0' * 8}199999", f"{'0' * 8}{'1' * 5_000}")
        wrong = [
            await client.get("/search.csv", params={"q": "*", **part})
            for part in (
                *({"limit": limit} for limit in limits),
                {"fields": "titel"},
                {"since": "soon"},
                {"before": "x"},
            )
        ]
        large = [await client.get(f"/search.{form}?q=*&limit=201") for form in ("rss", "atom", "json", "csv")]
    assert recent.text == ""
    items = headlines.json()["items"]
    assert len(items) == 2
    assert not any("summary" in item or "image" in item for item in items)
    assert "limit=2&fields=title" in headlines.json()["feed_url"]
    assert [answer.status_code for answer in wrong] == [400] * 7
    assert [answer.status_code for answer in large] == [400, 400, 400, 200], "a table may have more"


def onward(format: str, body: bytes) -> dict[str, str]:
    """What a search's feed says of itself and of its other pages, by relation."""
    if format == "json":
        said = {"self": json.loads(body)["feed_url"], "next": json.loads(body).get("next_url")}
    else:
        head = etree.fromstring(body)
        head = head[0] if format == "rss" else head
        said = {str(link.get("rel")): link.get("href") for link in head.iterfind("{http://www.w3.org/2005/Atom}link")}
    return {rel: str(said[rel]) for rel in ("self", "first", "next") if said.get(rel)}


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
async def test_the_pages_of_a_search_lead_on_within_the_document(stand: Store, news: Newsroom, format: str) -> None:
    """RFC 5005 §3."""
    bodies: list[str] = []
    first = address = f"{news.site.url}/search.{format}?q=%2A&limit=2"
    async with browser(desk_of(stand, news)) as client:
        while address:
            answer = await client.get(address)
            assert (await client.get(address)).content == answer.content
            said = onward(format, answer.content)
            assert said["self"] == address
            if format != "json":
                assert said.get("first") == (first if bodies else None)
            assert said.get("next") == (answer.links["next"]["url"] if answer.links else None)
            bodies.append(answer.text)
            address = said.get("next", "")
        whole = (await client.get(f"/search.{format}?q=*")).text
    assert len(bodies) == 4
    found = [re.findall(r"tag:wire\.example,2026-01-01:article/\w+", body) for body in (*bodies, whole)]
    assert [id for ids in found[:-1] for id in dict.fromkeys(ids)] == list(dict.fromkeys(found[-1]))


@pytest.mark.parametrize("format", ["rss", "atom", "json", "csv", "ndjson"])
async def test_a_search_from_which_an_article_went_is_never_unchanged(
    stand: Store, news: Newsroom, format: str
) -> None:
    later = NOW + timedelta(hours=1)
    async with browser(desk_of(stand, news, now=lambda: later)) as client:
        path = f"/search.{format}?q=*"
        before = await client.get(path)
        (id, *_) = [one.id for one in (await stand.search(query.parse("glaciers"), now=NOW, limit=1)).articles]
        await stand.decide(Decision(action=Action.WITHDRAW, articles=(id,), at=NOW, reason="x"), now=NOW)
        by_date = await client.get(path, headers={"if-modified-since": format_datetime(later, usegmt=True)})
        by_tag = await client.get(path, headers={"if-none-match": before.headers["etag"]})
    assert "Glaciers" in before.text
    assert "last-modified" not in before.headers
    for answer in (by_date, by_tag):
        assert (answer.status_code, "Glaciers" in answer.text) == (200, False)


async def test_a_wrong_since_is_shown_as_it_was_written(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get("/search.atom", params={"q": "lithium", "since": "soon"})
    assert answer.status_code == 400
    assert answer.json()["caret"].splitlines()[1:] == ["since=soon", "      ^"]


async def test_a_wrong_search_shows_where_it_is_wrong(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get("/search.atom", params={"q": "lithium sectio:peru"})
        empty = await client.get("/search.atom")
    assert answer.status_code == empty.status_code == 400
    assert answer.json()["caret"].splitlines()[-1] == " " * 8 + "^"


@pytest.mark.parametrize("path", ["/news/sections/peru.atom", "/sections/peru.atom"])
async def test_below_a_path_feeds_answer_with_the_prefix_and_without(stand: Store, path: str) -> None:
    desk = desk_of(stand, newsroom_at("https://x.example/news"))
    async with browser(desk) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    assert "https://x.example/news/sections/peru.atom" in answer.text


async def test_the_host_header_is_reflected_nowhere(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        for path in (
            "/",
            "/sections/peru.atom",
            "/sections/peru/",
            "/opml",
            "/api/v1/articles",
            "/nope",
            "/search?q=peru",
        ):
            answer = await client.get(path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
            assert "evil.example" not in answer.text + str(answer.headers), path


async def test_a_search_that_is_too_long_is_refused_whole_and_not_answered_in_part(
    stand: Store, news: Newsroom
) -> None:
    query = "peru OR " * 300 + "chile"
    async with browser(desk_of(stand, news)) as client:
        for path in ("/search.atom", "/search.csv", "/search", "/api/v1/articles"):
            answer = await client.get(path, params={"q": query})
            assert (answer.status_code, "2,0" in answer.text or "2000" in answer.text) == (400, True), path


async def test_a_database_out_of_reach_is_a_503_that_says_when_to_come_back(news: Newsroom) -> None:
    desk = desk_of(cast("Any", StoreOutOfReach()), news)
    async with browser(desk) as client, browser(desk, client="127.0.0.1") as operator:
        for path in ("/sections/peru.atom", "/sections/peru", "/api/v1/articles", "/"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), path
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["why"]) == (503, "the database does not answer"), "and not where it is"
        assert "out of reach" in (await operator.get("/readyz")).json()["why"]
        assert (await client.get("/healthz")).status_code == 200


async def test_a_client_that_asks_too_much_waits_and_this_machine_never(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, news, rate_limit="1:2")
    async with browser(desk) as far, browser(desk, client="127.0.0.1") as near:
        statuses = [(await far.get("/sections/peru.atom")).status_code for _ in range(3)]
        limited = await far.get("/sections/peru.atom")
        assert [(await near.get("/healthz")).status_code for _ in range(4)] == [200] * 4
    assert statuses == [200, 200, 429]
    assert limited.headers["retry-after"] == "2"


async def test_the_bytes_are_those_that_the_desk_keeps(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, news)
    kept = await desk.editions.feed(ChannelKind.SECTION, "peru", "json")
    assert kept is not None
    body = await desk.editions.body(kept, "identity")
    async with browser(desk) as client:
        answer = await client.get("/sections/peru.json")
    assert answer.content == body
    assert json.loads(body)["feed_url"] == f"{news.site.url}/sections/peru.json"
