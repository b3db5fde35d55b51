"""Articles that vanish from the middle of their feed, on both databases; and how subscribers learn of what left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from aggregator.dedupe import decide
from aggregator.model import Action, ChannelKind, Decision, Sighting
from aggregator.store import Store
from tests.making import NOW, batch, newsroom, poll, sighting, source
from tests.newsstand import browser, desk_of

HERALD = source()
WORDS = ("Amber", "Birch", "Cedar", "Dune", "Elm", "Fjord", "Grove", "Heath")
ENTRIES = tuple(
    sighting(f"{word} makes the news", guid=word, summary=f"It was about {word}.", published=NOW - timedelta(hours=hour),
             position=hour)
    for hour, word in enumerate(WORDS)
)  # fmt: skip


@pytest.fixture
async def held(store: Store) -> Store:
    await store.apply(newsroom(HERALD), now=NOW)
    await poll(store, HERALD, *ENTRIES)
    return store


async def doubted(store: Store) -> list[str]:
    return [one.title for one in await store.suspected(50)]


def without(*words: str) -> list[Sighting]:
    return [entry for entry in ENTRIES if entry.guid not in words]


async def test_what_two_documents_leave_out_between_others_is_suspected_and_stays(held: Store) -> None:
    await poll(held, HERALD, *without("Cedar"), now=NOW + timedelta(hours=1))
    assert await doubted(held) == []
    await poll(held, HERALD, *without("Cedar"), now=NOW + timedelta(hours=2))
    assert await doubted(held) == ["Cedar makes the news"]
    assert len(await held.articles(ChannelKind.SOURCE, "herald", limit=50)) == len(WORDS)


async def test_what_shows_again_is_no_longer_suspected(held: Store) -> None:
    for hours in (1, 2):
        await poll(held, HERALD, *without("Cedar"), now=NOW + timedelta(hours=hours))
    await poll(held, HERALD, *ENTRIES, now=NOW + timedelta(hours=3))
    assert await doubted(held) == []
    await poll(held, HERALD, *without("Cedar"), now=NOW + timedelta(hours=4))
    assert await doubted(held) == []


@pytest.mark.parametrize(
    "document",
    [without("Heath"), without("Birch", "Cedar", "Dune"), [*reversed(without("Cedar"))], ENTRIES[:1] + ENTRIES[3:5]],
    ids=["the oldest", "many", "another order", "few"],
)
async def test_a_feed_that_moves_on_or_chooses_is_not_doubted(held: Store, document: list[Sighting]) -> None:
    placed = [replace(entry, position=number) for number, entry in enumerate(document)]
    for hours in (1, 2, 3):
        await poll(held, HERALD, *placed, now=NOW + timedelta(hours=hours))
    assert await doubted(held) == []


async def test_a_document_that_is_not_the_whole_feed_says_nothing(held: Store) -> None:
    for hours in (1, 2, 3):
        seen = without("Cedar")
        memory = await held.recall("herald", seen)
        brought = batch(HERALD, *decide(seen, memory.known, memory.near, memory.habits))
        await held.write(replace(brought, whole=False), now=NOW + timedelta(hours=hours))
    assert await doubted(held) == []


async def test_what_its_source_calls_a_retraction_is_suspected_at_once(held: Store) -> None:
    cedar = ENTRIES[2]
    taken_back = replace(cedar, content=replace(cedar.content, title="Retracted: Cedar makes the news"), raw_hash="r")
    await poll(held, HERALD, *without("Cedar"), taken_back, now=NOW + timedelta(hours=1))
    (one,) = await held.suspected(5)
    assert (one.title, one.why) == ("Retracted: Cedar makes the news", "its source calls it a retraction")


async def test_atom_says_what_left_a_channel_when_asked(held: Store) -> None:
    news = newsroom(HERALD)
    ids = {a.content.title.split()[0]: a.id for a in await held.articles(ChannelKind.OUTLET, "herald", limit=50)}
    for hours in (1, 2):
        await poll(held, HERALD, *without("Cedar"), now=NOW + timedelta(hours=hours))
    await held.decide(Decision(action=Action.WITHDRAW, articles=(ids["Elm"],), at=NOW, reason="x"), now=NOW)
    await held.decide(Decision(action=Action.WITHDRAW, articles=(ids["Dune"],), at=NOW, reason="x"), now=NOW)
    await held.decide(Decision(action=Action.RESTORE, articles=(ids["Dune"],), at=NOW, reason="x"), now=NOW)
    later = NOW + timedelta(hours=3)
    async with browser(desk_of(held, news, now=lambda: later)) as client:
        plain = await client.get("/outlets/herald.atom")
        asked = await client.get("/outlets/herald.atom?deleted=1")
        again = await client.get("/outlets/herald.atom?deleted=1", headers={"if-none-match": asked.headers["etag"]})
        other = await client.get("/outlets/nobody.atom?deleted=1")
    assert b"deleted-entry" not in plain.content
    assert "last-modified" not in asked.headers  # what left is forgotten after 30 days, and no date says so
    tree = etree.fromstring(asked.content)
    told = {
        str(node.get("ref")): node.get("when")
        for node in tree.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    }
    assert {ref.rpartition("/")[2] for ref in told} == {ids["Cedar"], ids["Elm"]}
    assert all(ref.startswith("tag:") for ref in told)
    shown = {node.text.rpartition("/")[2] for node in tree.findall("{*}entry/{*}id") if node.text}
    assert shown == set(ids.values()) - {ids["Cedar"], ids["Elm"], ids["Dune"]}
    assert (again.status_code, other.status_code) == (304, 404)
    assert asked.headers["content-type"].startswith("application/atom+xml")
    await held.prune(now=NOW + timedelta(days=40))
    assert await held.deleted(ChannelKind.OUTLET, "herald", now=NOW + timedelta(days=40)) == ()
