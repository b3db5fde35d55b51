"""Feeds as they are kept: rendered once for each change, fresh at every request, whoever made the change."""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import brotli
import pytest

from aggregator.errors import RenderError
from aggregator.model import Article, Channel, ChannelKind, Newsroom, Site, Title
from aggregator.query import parse
from aggregator.store import Edition, Store
from aggregator.store.engine import Database
from aggregator.syndicate.editions import Bodies, Editions
from tests.making import NOW, newsroom, publish, sighting, source
from tests.newsstand import browser, desk_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HERALD, TIMES = source("herald"), source("times")
NEWS = newsroom(HERALD, TIMES)
LATER = NOW + timedelta(hours=1)


class Watched(Store):
    """A store that counts what is asked of it, and whose articles can be made to fail."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked: Counter[str] = Counter()
        self.broken = False

    def pulse(self) -> int | None:
        self.asked["pulse"] += 1
        return super().pulse()

    async def articles(
        self, kind: ChannelKind, slug: str, *, limit: int, before: int | None = None
    ) -> tuple[Article, ...]:
        self.asked["articles"] += 1
        if self.broken:
            raise ValueError("a row that nobody expected")
        return await super().articles(kind, slug, limit=limit, before=before)

    async def editions(self, kind: ChannelKind, slug: str) -> Any:
        self.asked["editions"] += 1
        return await super().editions(kind, slug)

    async def body(self, edition: Edition, coding: str) -> bytes | None:
        self.asked["body"] += 1
        return await super().body(edition, coding)


@pytest.fixture
async def watched(database_url: str) -> Any:
    store = Watched.open(database_url)
    await store.apply(NEWS, now=NOW)
    await publish(store, HERALD, sighting("Glaciers retreat", of=HERALD))
    yield store
    await store.close()


def editions_of(store: Store, news: Newsroom = NEWS, *, now: datetime = LATER) -> Editions:
    return Editions(store, lambda: news, lambda: now)


async def shown(editions: Editions, slug: str = "herald", format: str = "atom") -> str:
    edition = await editions.feed(ChannelKind.OUTLET, slug, format)
    assert edition is not None
    body = await editions.body(edition, "identity")
    assert body is not None
    return body.decode()


async def test_what_another_process_stores_is_in_the_next_answer(watched: Watched, database_url: str) -> None:
    editions, other = editions_of(watched), Store.open(database_url)
    assert "Glaciers retreat" in await shown(editions)
    for number in range(3):
        await publish(other, HERALD, sighting(f"News {number}", of=HERALD), now=LATER)
        assert f"News {number}" in await shown(editions)
    await other.close()


async def test_a_feed_asked_for_again_costs_no_query_where_the_database_is_a_file(
    watched: Watched, database_url: str
) -> None:
    editions = editions_of(watched)
    await shown(editions)
    await shown(editions)
    watched.asked.clear()
    for _ in range(20):
        await shown(editions)
    looks = 0 if database_url.startswith("sqlite") else 20
    assert watched.asked["editions"] == looks
    assert watched.asked["articles"] == watched.asked["body"] == 0


async def test_requests_that_were_read_together_cost_one_look_and_those_that_come_later_another(
    watched: Watched, database_url: str
) -> None:
    def at_hand() -> set[str | None]:
        found = (editions.at_hand(ChannelKind.OUTLET, "herald", format) for format in ("rss", "atom", "json") * 10)
        return {one.etag if one else None for one in found}

    editions, other = editions_of(watched), Store.open(database_url)
    for _ in range(2):  # rendered, then found as it is
        await shown(editions)
    watched.asked.clear()
    known = at_hand()
    assert watched.asked["pulse"] == 1
    assert (len(known) == 3) == database_url.startswith("sqlite"), "elsewhere nothing is at hand without a query"
    await publish(other, HERALD, sighting("Copper rises", of=HERALD), now=LATER)
    assert at_hand() == {None}, "what was stored meanwhile is not missed"
    for _ in range(2):
        await shown(editions)
    assert at_hand().isdisjoint(known - {None})
    await other.close()


async def test_after_a_restart_nothing_is_rendered_and_no_article_read(watched: Watched) -> None:
    body = await shown(editions_of(watched))
    watched.asked.clear()
    assert await shown(editions_of(watched)) == body
    assert (watched.asked["editions"], watched.asked["body"], watched.asked["articles"]) == (1, 1, 0)


async def test_every_coding_is_of_the_same_bytes(watched: Watched) -> None:
    editions = editions_of(watched)
    plain = (await shown(editions)).encode()
    edition = await editions.feed(ChannelKind.OUTLET, "herald", "atom")
    assert edition is not None
    bodies = {coding: await editions_of(watched).body(edition, coding) for coding in edition.sizes}
    assert {coding: len(body or b"") for coding, body in bodies.items()} == edition.sizes
    assert bodies["identity"] == plain
    assert gzip.decompress(bodies["gzip"] or b"") == plain
    assert brotli.decompress(bodies["br"]) == plain
    assert zstd.decompress(bodies["zstd"] or b"") == plain


async def test_bytes_of_an_edition_that_was_replaced_are_not_given_for_it(watched: Watched) -> None:
    editions = editions_of(watched)
    old = await editions.feed(ChannelKind.OUTLET, "herald", "atom")
    assert old is not None
    await publish(watched, HERALD, sighting("More", of=HERALD), now=LATER)
    await shown(editions_of(watched))
    assert await editions_of(watched).body(old, "br") is None


async def test_channels_are_rendered_when_they_change_and_not_when_they_are_asked_for(watched: Watched) -> None:
    editions = editions_of(watched)
    assert await editions.renew() == 4  # two outlets, two sources
    assert await editions.renew() == 0
    await publish(watched, TIMES, sighting("One", of=TIMES), now=LATER)
    watched.asked.clear()
    assert await editions.renew() == 2
    assert watched.asked["articles"] == 2
    assert "One" in await shown(editions, "times")
    assert watched.asked["articles"] == 2


async def test_many_changes_before_the_next_tick_are_rendered_once(watched: Watched) -> None:
    editions = editions_of(watched)
    await editions.renew()
    for number in range(5):
        await publish(watched, TIMES, sighting(f"News {number}", of=TIMES), now=LATER)
    watched.asked.clear()
    assert await editions.renew() == 2
    assert watched.asked["articles"] == 2


async def test_what_a_killed_process_did_not_render_is_rendered_by_the_next(watched: Watched) -> None:
    assert await editions_of(watched).renew(patience=timedelta(seconds=-1)) == 1  # it always does one
    assert await editions_of(watched).renew() == 3


async def test_a_channel_that_cannot_be_rendered_keeps_its_last_good_feed_and_says_so(watched: Watched) -> None:
    editions = editions_of(watched)
    good = await shown(editions)
    await publish(watched, HERALD, sighting("Poison", of=HERALD), now=LATER)
    watched.broken = True
    assert await shown(editions) == good
    (failure, *_) = await watched.render_failures()
    assert (failure.kind, failure.slug, failure.at) == (ChannelKind.OUTLET, "herald", LATER)
    assert "a row that nobody expected" in failure.error
    watched.asked.clear()
    assert await shown(editions) == good
    assert watched.asked["articles"] == 0  # not again at every request
    watched.broken = False
    after = editions_of(watched, now=LATER + timedelta(minutes=6))
    assert await after.renew() == 4
    assert "Poison" in await shown(after)
    assert await watched.render_failures() == ()


async def test_a_channel_that_never_could_be_rendered_is_an_error_and_not_a_404(watched: Watched) -> None:
    watched.broken = True
    editions = editions_of(watched)
    for _ in range(2):
        with pytest.raises(RenderError, match="outlet herald"):
            await editions.feed(ChannelKind.OUTLET, "herald", "rss")


async def test_another_configuration_gives_other_bytes_and_a_later_date_and_the_same_bytes_keep_theirs(
    watched: Watched,
) -> None:
    before = await editions_of(watched).feed(ChannelKind.OUTLET, "herald", "rss")
    assert before is not None
    assert before.last_modified == NOW
    same = replace(NEWS, digest="reformatted")
    await watched.apply(same, now=LATER)
    kept = await editions_of(watched, same).feed(ChannelKind.OUTLET, "herald", "rss")
    assert kept is not None
    assert (kept.etag, kept.last_modified) == (before.etag, NOW)
    moved = replace(NEWS, digest="moved", site=Site(title=Title("Moved"), url="https://elsewhere.example"))
    await watched.apply(moved, now=LATER)
    after = await editions_of(watched, moved).feed(ChannelKind.OUTLET, "herald", "rss")
    assert after is not None
    assert after.etag != before.etag
    assert after.last_modified == LATER


async def test_a_process_with_an_old_configuration_does_not_undo_what_the_new_one_rendered(watched: Watched) -> None:
    new = replace(NEWS, digest="new", site=Site(title=Title("New"), url="https://new.example"))
    await watched.apply(new, now=LATER)
    ours, theirs = editions_of(watched, new), editions_of(watched)
    assert "https://new.example" in await shown(ours)
    assert "https://new.example" not in await shown(theirs)
    assert "https://new.example" in await shown(ours)
    await ours.renew()
    assert await ours.renew() == 0


async def test_an_unknown_channel_has_no_feed(watched: Watched) -> None:
    assert await editions_of(watched).feed(ChannelKind.OUTLET, "nobody", "rss") is None


def test_bytes_in_memory_are_bounded_and_the_longest_unused_go_first() -> None:
    bodies = Bodies(10)
    bodies.put("a", "br", b"12345")
    bodies.put("b", "br", b"12345")
    assert bodies.get("a", "br") == b"12345"
    bodies.put("c", "br", b"1")
    assert bodies.get("b", "br") is None
    bodies.put("a", "br", b"123456789")
    assert (bodies.get("a", "br"), bodies.get("c", "br")) == (b"123456789", b"1")


async def test_operators_are_told_of_channels_that_cannot_be_rendered(watched: Watched) -> None:
    await editions_of(watched).renew()
    await publish(watched, HERALD, sighting("Poison", of=HERALD), now=LATER)
    watched.broken = True
    desk = desk_of(watched, NEWS, now=lambda: LATER)
    async with browser(desk, client="127.0.0.1") as client:
        assert (await client.get("/readyz")).json()["channels_not_rendered"] == 0
        assert "Glaciers retreat" in (await client.get("/outlets/herald.atom")).text
        assert (await client.get("/readyz")).json() == {"status": "ready", "channels_not_rendered": 1}
        assert "aggregator_channels_not_rendered 1.0" in (await client.get("/metrics")).text


async def test_not_modified_and_head_read_neither_articles_nor_bytes(watched: Watched) -> None:
    await editions_of(watched).renew()
    watched.asked.clear()
    desk = desk_of(watched, NEWS, now=lambda: LATER)
    async with browser(desk) as client:
        head = await client.head("/outlets/herald.atom", headers={"accept-encoding": "br"})
        for held in (head.headers["etag"], head.headers["etag"].replace("-br", ""), "*"):
            asked = {"if-none-match": held, "accept-encoding": "gzip"}
            assert (await client.get("/outlets/herald.atom", headers=asked)).status_code == 304
    assert int(head.headers["content-length"]) > 100
    assert {"articles", "body"} & set(watched.asked) == set()


async def test_a_feed_that_never_could_be_rendered_is_a_problem_document(watched: Watched) -> None:
    watched.broken = True
    async with browser(desk_of(watched, NEWS)) as client:
        answer = await client.get("/outlets/herald.atom")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")


ADDRESSES = (
    *(f"/channels/desk{rest}" for rest in ("", ".atom", ".atom?deleted=1", "/archive/2026-03.atom")),
    *(f"/api/v1/channels/desk{rest}" for rest in ("", "/articles")),
)
LISTS = ("/channels", "/channels.opml", "/opml", "/sitemap.xml", "/api/v1/channels")


async def statuses(store: Store, news: Newsroom, token: str = "") -> set[int]:
    """What the addresses of the channel `desk` answer; and that no list names what nobody may read without a token."""
    async with browser(desk_of(store, news)) as client:
        lists = [(await client.get(address)).text for address in LISTS]
        answers = [(await client.get(address, params={"token": token})).status_code for address in ADDRESSES]
        open_to_all = {(await client.get(address)).status_code for address in ADDRESSES} == {200}
        assert {"channels/desk" in listed for listed in lists} == {open_to_all}
    return set(answers)


@pytest.mark.parametrize("tokens", [(), ("sesame",)], ids=["public", "private"])
async def test_a_channel_that_left_the_configuration_is_nowhere_until_it_is_back(
    watched: Watched, tokens: tuple[str, ...]
) -> None:
    desk = Channel(kind=ChannelKind.CHANNEL, slug="desk", title=Title("Desk"), where="*", tokens=tokens)
    with_desk = replace(NEWS, channels=(desk,), digest="before")
    for news, expected in ((with_desk, 200), (NEWS, 404), (with_desk, 200)):
        await watched.apply(news, now=NOW)
        if news is with_desk:
            await watched.refill(desk, parse("*"), now=NOW)
        assert await statuses(watched, news, *tokens) == {expected}


async def test_a_channel_that_another_process_knows_to_be_private_is_not_shown_meanwhile(watched: Watched) -> None:
    desk = Channel(kind=ChannelKind.CHANNEL, slug="desk", title=Title("Desk"), where="*")
    before = replace(NEWS, channels=(desk,), digest="before")
    await watched.apply(replace(NEWS, channels=(replace(desk, tokens=("sesame",)),), digest="after"), now=NOW)
    assert await statuses(watched, before) == {404}


async def test_a_private_source_and_who_writes_for_no_other_have_no_place_even_when_it_left_the_configuration(
    store: Store,
) -> None:
    closed, other, board = source("intranet", outlet=HERALD.outlet, private=True), HERALD, source("board", private=True)
    news = newsroom(closed, other, board)
    await store.apply(news, now=NOW)
    await publish(store, closed, sighting("Budget", of=closed, by=("Ann Secret", "Bea Both")))
    await publish(store, other, sighting("Glaciers", of=other, by=("Bea Both",)))
    for applied in (news, newsroom(other)):
        await store.apply(applied, now=LATER)
        async with browser(desk_of(store, applied)) as client:
            closed_to_all = ("sources/intranet", "sources/board", "outlets/board", "authors/ann-secret")
            for slug, expected in (*((slug, 404) for slug in closed_to_all), ("authors/bea-both", 200)):
                for address in (f"/{slug}", f"/{slug}.atom", f"/{slug}.atom?deleted=1", f"/api/v1/{slug}/articles"):
                    assert (await client.get(address)).status_code == expected, address
            for address in (
                "/authors",
                "/outlets",
                "/opml",
                "/authors.opml",
                "/sources",
                "/sitemap.xml",
                "/api/v1/authors",
                "/api/v1/sources",
            ):
                body = (await client.get(address)).text
                assert {"secret", "intranet", "board"}.isdisjoint(re.findall("[a-z]+", body)), address
            for term in ("source:intranet", "source:intrane", "outlet:board", "outlet:boards", "author:ann-secret"):
                answer = await client.get("/search.json", params={"q": term})
                assert (answer.status_code, "mean" in answer.text) == (400, False), term
            assert (await client.get("/search.json", params={"q": "author:bea-both"})).status_code == 200
            assert "bea-both" in (await client.get("/authors.opml")).text


async def test_a_withdrawn_source_is_gone(store: Store) -> None:
    closed = source("herald", withdrawn=True)
    await store.apply(NEWS, now=NOW)
    await store.apply(newsroom(closed, TIMES), now=LATER)
    async with browser(desk_of(store, newsroom(closed, TIMES))) as client:
        for address in ("/sources/herald", "/sources/herald.rss", "/api/v1/sources/herald"):
            assert (await client.get(address)).status_code == 410, address
    await store.apply(NEWS, now=LATER)
    async with browser(desk_of(store, NEWS)) as client:
        assert (await client.get("/sources/herald.rss")).status_code == 200
