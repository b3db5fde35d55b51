"""Retention, counts, and what is said when a database is in trouble."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator import query
from aggregator.errors import PollerRunningError, StoreError
from aggregator.model import ChannelKind, Newsroom, Section, Title
from aggregator.store import Store
from tests.making import (
    NOW,
    batch,
    category,
    newsroom,
    outlet,
    publish,
    revised,
    sighting,
    source,
    unchanged,
)

DAY = timedelta(days=1)
SHORT = source("short", of=outlet("herald"), keep=2 * DAY)
LONG = source("long", of=outlet("herald"), keep=10 * DAY)


async def test_an_article_stays_as_long_as_any_of_its_sources_keeps_it(store: Store) -> None:
    await store.apply(newsroom(SHORT, LONG), now=NOW)
    both = sighting("In both", of=LONG, by=["Ana López"], sections=("politics",))
    (article,) = (await publish(store, LONG, both)).new
    await store.write(batch(SHORT, unchanged(sighting("In both", of=SHORT), article)), now=NOW)
    await publish(store, SHORT, sighting("In short", of=SHORT))
    assert (await store.prune(now=NOW + 2 * DAY)).articles == 0
    assert (await store.prune(now=NOW + 3 * DAY)).articles == 1
    assert (await store.statistics()).articles == 1
    later = NOW + 9 * DAY
    await store.write(batch(LONG, unchanged(both, article), now=later), now=later)
    assert (await store.prune(now=NOW + 11 * DAY)).articles == 0, "its source still showed it on the ninth day"
    assert (await store.prune(now=NOW + 20 * DAY)).articles == 1
    assert await store.sightings(article.id) == ()
    for kind, slug in ((ChannelKind.SECTION, "politics"), (ChannelKind.OUTLET, "herald")):
        state = await store.channel(kind, slug)
        assert state is not None
        assert (state.size, state.changed) == (0, NOW + 20 * DAY)
    found = await store.search(query.parse("both OR short"), now=later, limit=9)
    assert found.articles == ()


async def test_prune_forgets_in_steps_and_all_of_it(store: Store) -> None:
    await store.apply(newsroom(SHORT), now=NOW)
    seen = [sighting(f"Thing {n}", of=SHORT) for n in range(1200)]
    (first, *_rest) = (await publish(store, SHORT, *seen)).new
    await store.write(batch(SHORT, revised(sighting("Better", of=SHORT), first)), now=NOW)
    assert (await store.prune(now=NOW + 3 * DAY)).articles == 1200
    assert await store.revisions(first.id) == ()
    assert (await store.statistics()).articles == 0


async def test_the_log_of_polls_goes_back_a_month(store: Store) -> None:
    await store.apply(newsroom(SHORT), now=NOW)
    await publish(store, SHORT)
    assert (await store.prune(now=NOW + 30 * DAY)).polls == 0
    assert (await store.prune(now=NOW + 31 * DAY)).polls == 1


async def test_what_there_is_is_counted(store: Store) -> None:
    await store.apply(newsroom(SHORT, LONG), now=NOW)
    await publish(store, SHORT, sighting("One", of=SHORT, by=["Ana López"]))
    counts = await store.statistics()
    assert (counts.outlets, counts.sources, counts.articles, counts.authors, counts.polls) == (1, 2, 1, 1, 1)
    assert counts.bytes > 10_000
    assert await store.check() == ()


async def test_categories_are_counted_whatever_their_capitals(store: Store) -> None:
    await store.apply(newsroom(SHORT), now=NOW)
    tagged = [("Politics",), ("Mining", "Politics"), ("MINING",), ("Mining",)]
    seen = [
        sighting(f"Thing {n}", of=SHORT, categories=tuple(category(term) for term in terms))
        for n, terms in enumerate(tagged)
    ]
    await publish(store, SHORT, *seen)
    assert [(one.value.lower(), one.count, one.where) for one in await store.category_counts()] == [
        ("mining", 3, ("short",)),
        ("politics", 2, ("short",)),
    ]


async def test_a_section_whose_rules_changed_is_named(store: Store) -> None:
    def room(*sections: Section) -> Newsroom:
        return newsroom(SHORT, sections=sections)

    politics = Section(slug="politics", title=Title("Politics"))
    first = await store.apply(room(politics), now=NOW)
    assert first.changed_sections == frozenset()
    assert (await store.apply(room(politics), now=NOW)).changed_sections == frozenset()
    wider = Section(slug="politics", title=Title("Politics"), categories=("Política",))
    again = await store.apply(room(wider, Section(slug="sport", title=Title("Sport"))), now=NOW)
    assert again.changed_sections == {"politics", "sport"}
    vocabulary = await store.vocabulary(room(wider), ["ana"])
    assert {"politics", "sport"} <= vocabulary.sections
    assert ("herald" in vocabulary.outlets, "short" in vocabulary.sources) == (True, True)
    assert {"es", "pt", "gn"} <= vocabulary.languages
    assert {"UY", "GF", "419"} <= vocabulary.countries
    assert vocabulary.authors == frozenset()


async def test_applying_the_same_configuration_again_changes_nothing(store: Store) -> None:
    room = newsroom(SHORT, LONG)
    await store.apply(room, now=NOW)
    before = await store.channel(ChannelKind.OUTLET, "herald")
    applied = await store.apply(room, now=NOW + DAY)
    assert (applied.changed_channels, applied.new_sources, applied.lost_sources) == (frozenset(), (), ())
    assert await store.channel(ChannelKind.OUTLET, "herald") == before


def test_a_second_poller_on_one_file_is_refused_and_a_killed_one_frees_it(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/data/a.db")
    with store.poller_lock(), pytest.raises(PollerRunningError, match="another poller"), store.poller_lock():
        pass
    code = (
        "import sys, time; from aggregator.store import Store\n"
        f"with Store.open('sqlite:///{tmp_path}/data/a.db').poller_lock():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(PollerRunningError), store.poller_lock():
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with store.poller_lock():
            pass


async def test_an_address_that_is_none_is_refused_in_one_line() -> None:
    for address in ("nonsense", "mysql://x/y", "sqlite://", ""):
        with pytest.raises(StoreError) as caught:
            Store.open(address)
        assert "\n" not in str(caught.value)


async def test_a_server_out_of_reach_is_an_error_without_its_password() -> None:
    for scheme in ("postgres", "postgresql"):
        store = Store.open(f"{scheme}://ana:hush@127.0.0.1:1/news")
        with pytest.raises(StoreError, match="out of reach") as caught:
            await store.ready()
        assert "hush" not in str(caught.value)
        assert "\n" not in str(caught.value)
        await store.close()


async def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"<rss/>" * 1000)
    store = Store.open(f"sqlite:///{path}")
    for attempt in (store.ready(), store.migrate()):
        with pytest.raises(StoreError, match="not a database"):
            await attempt
    await store.close()


async def test_a_damaged_file_is_an_error(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "a.db"
    whole = sqlite_template.read_bytes()
    path.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    store = Store.open(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="damaged"):
        await store.ready()
    await store.close()


async def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store.open(f"sqlite:///{tmp_path}/file/a.db")
    with pytest.raises(StoreError, match="cannot be created"):
        await store.migrate()
    await store.close()


async def test_a_reader_goes_on_while_somebody_writes(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}")
    await store.apply(newsroom(SHORT), now=NOW)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert (await store.statistics()).sources == 1
    writer.execute("ROLLBACK")
    writer.close()
    await publish(store, SHORT, sighting("One", of=SHORT))
    await store.close()


async def test_a_store_that_is_closed_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.statistics()
