"""Searches of the store, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.query import parse
from aggregator.store import Store
from aggregator.store.search import Page, every, find
from tests.making import NOW, batch, newsroom, publish, revised, sighting, source

HERALD = source("herald")
SECRET = source("secret", private=True)
GONE = source("gone", withdrawn=True)


@pytest.fixture
async def stocked(store: Store) -> Store:
    """Thirty public articles, one a day, every third of them about lithium; a private and a withdrawn one."""
    await store.apply(newsroom(HERALD, SECRET, GONE), now=NOW)
    for day in range(30):
        title = f"Lithium, part {day}" if day % 3 == 0 else f"Rain, part {day}"
        await publish(store, HERALD, sighting(title, of=HERALD), now=NOW - timedelta(days=30 - day))
    await publish(store, SECRET, sighting("Lithium, secretly", of=SECRET), now=NOW)
    await publish(store, GONE, sighting("Lithium, withdrawn", of=GONE), now=NOW)
    return store


async def _titles(store: Store, text: str, **options: object) -> list[str]:
    found = await store.search(parse(text), now=NOW, limit=50, **options)  # type: ignore[arg-type]
    assert not found.cut
    assert found.next is None
    return [article.content.title for article in found.articles]


async def test_a_search_answers_newest_first(stocked: Store) -> None:
    assert await _titles(stocked, "lithium") == [f"Lithium, part {day}" for day in range(27, -1, -3)]


async def test_private_articles_are_found_when_asked_for_and_withdrawn_ones_never(stocked: Store) -> None:
    assert (await _titles(stocked, "lithium", private=True))[0] == "Lithium, secretly"
    assert await _titles(stocked, "withdrawn OR outlet:gone", private=True) == []
    assert await _titles(stocked, "secretly OR outlet:secret OR source:secret") == []


async def test_a_search_goes_on_where_a_page_ends(stocked: Store) -> None:
    first = await stocked.search(parse("lithium"), now=NOW, limit=4)
    second = await stocked.search(parse("lithium"), now=NOW, limit=50, before=first.next)
    assert not first.cut
    assert [len(first.articles), len(second.articles)] == [4, 6]
    assert second.articles[0].key < first.articles[-1].key


async def test_a_search_that_looks_at_too_much_says_so_and_goes_on(stocked: Store) -> None:
    query = parse("url:part-0")

    async def ask(before: int | None) -> Page:
        return await stocked._database.read(find, query, now=NOW, limit=9, before=before, budget=12)

    pages = [await ask(None)]
    while pages[-1].next is not None:
        pages.append(await ask(pages[-1].next))
    assert [(len(page.keys), page.cut) for page in pages] == [(0, True), (0, True), (1, False)]


async def test_all_articles_can_be_had_at_whatever_cost(stocked: Store) -> None:
    found = await stocked._database.read(lambda connection: list(every(connection, parse("rain"), now=NOW)))
    assert len(found) == 20


async def test_what_is_sought_may_be_changed_by_a_revision(stocked: Store) -> None:
    (one,) = (await stocked.search(parse('"part 29"'), now=NOW, limit=9)).articles
    changed = sighting("Drought, part 29", of=HERALD, url=one.content.url)
    await stocked.write(batch(HERALD, revised(changed, one)), now=NOW)
    assert await _titles(stocked, "drought") == ["Drought, part 29"]
    assert await _titles(stocked, 'rain "part 29"') == []
