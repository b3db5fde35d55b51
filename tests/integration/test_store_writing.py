"""What a poll brought → articles, once each, whatever comes again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.model import (
    ChannelKind,
    Enclosure,
    Key,
    KeyKind,
    Picture,
    Republish,
    Unchanged,
    Visibility,
)
from aggregator.store import Store
from tests.making import (
    NOW,
    batch,
    category,
    keys,
    new,
    newsroom,
    outlet,
    poll,
    publish,
    revised,
    section_evidence,
    sighting,
    source,
    unchanged,
)

HERALD = source("herald")
POLITICS = source("herald-politics", of=outlet("herald"))


async def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting(
        "Lítio no sul",
        by=["Ana López", "EFE"],
        summary="<p>Um resumo</p>",
        text="<p>O texto</p>",
        picture=Picture(url="https://herald.example/a.jpg", length=7, width=3, caption="Salar"),
        enclosures=(Enclosure(url="https://herald.example/a.mp3", type="audio/mpeg", length=9),),
        rights="© Herald",
        categories=(category("Mining"),),
        countries=("CL", "BO"),
        sections=("economy",),
        evidence=(section_evidence("economy"),),
    )
    (written,) = (await publish(store, HERALD, seen)).new
    held = await store.article(written.id)
    assert held == written
    assert held is not None
    assert held.content == seen.content
    assert [credit.name for credit in held.credits] == ["Ana López", "EFE"]
    assert [credit.slug for credit in held.credits] == ["ana-lopez", "efe"]
    assert (held.categories, held.countries, held.sections) == (seen.categories, ("CL", "BO"), ("economy",))
    assert (held.sources, held.source_id, held.source_url) == (("herald",), "herald", HERALD.public_url)
    assert (held.published, held.listed, held.story) == (seen.published, NOW, held.id)
    assert await store.evidence(held.id) == (("herald", section_evidence("economy")),)
    assert [record.bylines for record in await store.sightings(held.id)] == [("Ana López", "EFE")]


async def test_the_first_id_that_a_feed_gives_itself_is_kept_and_its_channels_are_told(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    (written,) = (await publish(store, HERALD, sighting("Lithium"))).new

    async def told(id: str | None) -> tuple[str | None, int]:
        await store.write(batch(HERALD, id=id), now=NOW)
        held, channel = await store.article(written.id), await store.channel(ChannelKind.SOURCE, "herald")
        assert held is not None
        assert channel is not None
        return held.source_feed_id, channel.version

    none, before = await told(None)
    assert none is None
    assert await told("urn:herald") == ("urn:herald", before + 1)
    for later in ("urn:other", None, "urn:herald"):
        assert await told(later) == ("urn:herald", before + 1)


async def test_a_length_that_comes_later_revises_nothing(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    picture = Picture(url="https://herald.example/a.jpg")
    seen = sighting("Lithium", picture=picture)
    (written,) = (await publish(store, HERALD, seen)).new
    again = sighting("Lithium", picture=replace(picture, length=7))
    assert (await poll(store, HERALD, again, now=NOW + timedelta(hours=1))).revised == ()
    held = await store.article(written.id)
    assert held is not None
    assert held.updated == written.updated


async def test_a_first_document_is_listed_by_publication_time_but_never_in_the_future(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    old, undated, ahead = (
        sighting("Old news", published=NOW - timedelta(days=3)),
        sighting("Undated news", published=None),
        sighting("Tomorrow's news", published=NOW + timedelta(days=1)),
    )
    written = await publish(store, HERALD, old, undated, ahead, first=True)
    assert [article.listed for article in written.new] == [NOW - timedelta(days=3), NOW, NOW]
    assert written.new[1].published == NOW


async def test_an_entry_may_be_the_same_as_a_later_one_of_its_document(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("One thing")
    fresh = new(seen)
    twin = sighting("One thing, again", guid="twin", url=seen.content.url)
    same = Unchanged(sighting=twin, keys=keys(twin), id=fresh.id, rule="same link")
    written = await store.write(batch(HERALD, same, fresh), now=NOW)
    assert [article.content.title for article in written.new] == ["One thing"]
    known = await store.known("herald", {*keys(seen), *keys(twin)})
    assert {one.article_id for one in known.values()} == {fresh.id}


async def test_what_is_held_is_known_by_every_key(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("One thing")
    (article,) = (await publish(store, HERALD, seen)).new
    stranger = Key(KeyKind.LINK, "https://elsewhere.example/")
    known = await store.known("herald", {*keys(seen), stranger})
    assert set(known) == set(keys(seen))
    assert {held.article_id for held in known.values()} == {article.id}
    assert {held.content for held in known.values()} == {seen.content}
    assert await store.known("other", keys(seen)) == {}


async def test_the_same_document_twice_stores_nothing_twice(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = [sighting(f"Thing number {number}") for number in range(40)]
    first = await publish(store, HERALD, *seen)
    again = await publish(store, HERALD, *seen, now=NOW + timedelta(minutes=15))
    assert (len(first.new), again.new, again.revised) == (40, (), ())
    assert (await store.statistics()).articles == 40
    state = await store.channel(ChannelKind.OUTLET, "herald")
    assert state is not None
    assert (state.size, state.changed) == (40, NOW)


async def test_one_key_decides_between_two_who_bring_the_same_at_once(store: Store, database_url: str) -> None:
    await store.apply(newsroom(HERALD, POLITICS), now=NOW)
    other = Store.open(database_url)
    here = [publish(store, HERALD, sighting(f"Thing number {n}")) for n in range(10)]
    there = [publish(other, POLITICS, sighting(f"Thing number {n}", of=POLITICS)) for n in range(10)]
    await asyncio.gather(*(job for pair in zip(here, there, strict=True) for job in pair))
    assert (await store.statistics()).articles == 10
    for article in await store.articles(ChannelKind.OUTLET, "herald", limit=50):
        assert article.sources == ("herald", "herald-politics")
    await other.close()


async def test_a_revision_keeps_what_was_said_before(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("Five dead", summary="<p>Early</p>")
    (article,) = (await publish(store, HERALD, seen)).new
    later = NOW + timedelta(hours=3)
    better = sighting("Six dead", guid="five-dead", url=seen.content.url, summary="<p>Late</p>", by=["Ana López"])
    written = await store.write(batch(HERALD, revised(better, article, "title", "summary")), now=later)
    (held,) = written.revised
    assert held == await store.article(article.id)
    assert (held.id, held.key, held.listed, held.published) == (
        article.id,
        article.key,
        article.listed,
        article.published,
    )
    assert (held.content.title, held.updated) == ("Six dead", later)
    assert [credit.slug for credit in held.credits] == ["ana-lopez"]
    (before,) = await store.revisions(article.id)
    assert (before.number, before.title, before.summary) == (0, "Five dead", "<p>Early</p>")
    assert before.changes == ("title", "summary")
    state = await store.channel(ChannelKind.OUTLET, "herald")
    assert state is not None
    assert state.changed == later


async def test_two_feeds_that_word_it_differently_do_not_revise_it_in_turn(store: Store) -> None:
    await store.apply(newsroom(HERALD, POLITICS), now=NOW)
    here, there = sighting("Vote", summary="Long and wide"), sighting("Vote", of=POLITICS, summary="Short")
    (article,) = (await publish(store, HERALD, here)).new
    for _poll in range(3):
        await store.write(batch(POLITICS, revised(there, article, "summary")), now=NOW)
        await store.write(batch(HERALD, revised(here, article, "summary")), now=NOW)
    assert len(await store.revisions(article.id)) == 1


async def test_a_killed_program_leaves_whole_batches_only(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(sqlite_template.read_bytes())
    code = f"""
import asyncio
from aggregator.store import Store
from tests.making import NOW, newsroom, publish, sighting, source
async def main():
    store, herald = Store.open("sqlite:///{path}"), source("herald")
    await store.apply(newsroom(herald), now=NOW)
    for poll in range(1000):
        await publish(store, herald, *(sighting(f"Thing {{poll}} {{n}}") for n in range(20)))
        print(poll, flush=True)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        writer.kill()
    store = Store.open(f"sqlite:///{path}")
    counts = await store.statistics()
    assert counts.articles == counts.polls * 20 >= 60
    assert await store.check() == ()
    await publish(store, HERALD, *(sighting(f"Thing {poll} {n}") for poll in range(3) for n in range(20)))
    assert (await store.statistics()).articles == counts.articles
    await store.close()


async def test_an_unchanged_article_costs_no_new_version(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting("Quiet day")
    (article,) = (await publish(store, HERALD, seen)).new
    before = await store.channel(ChannelKind.SOURCE, "herald")
    later = NOW + timedelta(hours=5)
    await store.write(batch(HERALD, unchanged(seen, article), now=later), now=later)
    assert await store.channel(ChannelKind.SOURCE, "herald") == before
    (record,) = await store.sightings(article.id)
    assert (record.first_seen, record.last_seen) == (NOW, later)


async def test_another_feed_of_the_outlet_adds_its_section_and_takes_none_away(store: Store) -> None:
    await store.apply(newsroom(HERALD, POLITICS), now=NOW)
    seen = sighting("Vote today", sections=("world",), categories=(category("World"),))
    (article,) = (await publish(store, HERALD, seen)).new
    there = sighting(
        "Vote today", of=POLITICS, sections=("politics",), categories=(category("Politics"),), by=["Ana López"]
    )
    later = NOW + timedelta(hours=1)
    written = await store.write(batch(POLITICS, unchanged(there, article)), now=later)
    assert written.revised == ()
    held = await store.article(article.id)
    assert held is not None
    assert held.sections == ("politics", "world")
    assert held.sources == ("herald", "herald-politics")
    assert [category.term for category in held.categories] == ["World", "Politics"]
    assert [credit.slug for credit in held.credits] == ["ana-lopez"]
    for kind, slug in (
        (ChannelKind.SECTION, "politics"),
        (ChannelKind.SOURCE, "herald-politics"),
        (ChannelKind.SECTION, "world"),
        (ChannelKind.AUTHOR, "ana-lopez"),
    ):
        assert [one.id for one in await store.articles(kind, slug, limit=9)] == [article.id], slug
        state = await store.channel(kind, slug)
        assert state is not None
        assert state.changed == later, slug


async def test_what_was_purged_never_comes_back(store: Store) -> None:
    short = source("herald", keep=timedelta(days=1))
    await store.apply(newsroom(short), now=NOW)
    seen = sighting("Gone by then")
    await publish(store, short, seen)
    later = NOW + timedelta(days=2)
    assert (await store.prune(now=later)).articles == 1
    known = await store.known("herald", keys(seen))
    assert [held.content for held in known.values()] == [None, None]
    article = next(iter(known.values()))
    assert (await publish(store, short, seen, now=later)).new == ()

    verdict = Unchanged(sighting=seen, keys=keys(seen), id=article.article_id, rule="guid")
    written = await store.write(batch(short, verdict), now=later)
    assert (written.new, written.revised) == ((), ())
    assert (await store.statistics()).articles == 0


async def test_ids_that_collide_get_a_suffix(store: Store) -> None:
    from dataclasses import replace

    await store.apply(newsroom(HERALD), now=NOW)
    (first,) = (await publish(store, HERALD, sighting("First thing"))).new
    clash = replace(new(sighting("Second thing")), id=first.id)
    (second,) = (await store.write(batch(HERALD, clash), now=NOW)).new
    assert second.id != first.id
    assert (await store.statistics()).articles == 2


async def test_strings_that_no_database_can_hold_are_stored_without_what_is_wrong(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = sighting(
        "Nul\x00 and half \ud83d",
        guid="g\x00\ud800" + "x" * 5000,
        url="https://herald.example/" + "u" * 9000,
        by=["A\x00na \udfff"],
        categories=(category("c\x00at"),),
        raw_published="\x00today",
        text="<p>" + "ñandú " * 30_000 + "y" * 5000 + "</p>",
    )
    (article,) = (await publish(store, HERALD, seen)).new
    assert article.content.title == "Nul and half "
    assert set(await store.known("herald", keys(seen))) == set(keys(seen))
    assert (await publish(store, HERALD, seen)).new == ()


async def test_a_whole_batch_is_stored_or_nothing(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)

    def fails(_article: object) -> list[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await publish(store, HERALD, sighting("Half a thing"), selects=fails)
    assert (await store.statistics()).articles == 0
    assert await store.known("herald", keys(sighting("Half a thing"))) == {}


async def test_the_widest_right_of_the_sources_counts(store: Store) -> None:
    wide = source("herald-full", of=outlet("herald"), republish=Republish.FULL)
    await store.apply(newsroom(HERALD, wide), now=NOW)
    seen = sighting("Shared thing")
    (article,) = (await publish(store, HERALD, seen)).new
    assert article.republish is Republish.SUMMARY
    await store.write(batch(wide, unchanged(sighting("Shared thing", of=wide), article)), now=NOW)
    held = await store.article(article.id)
    assert held is not None
    assert (held.republish, held.visibility) == (Republish.FULL, Visibility.PUBLIC)
