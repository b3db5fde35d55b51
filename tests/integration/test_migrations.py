"""The database's history, forwards and backwards, on both databases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from aggregator.errors import StoreError
from aggregator.model import AuthorProfile, ChannelKind, Health, Poll, PollOutcome, Schedule
from aggregator.store import Store
from aggregator.store.engine import Database, _sqlite_engines
from aggregator.store.schema import METADATA, REVISIONS, configuration, downgrade, upgrade
from tests.making import NOW, newsroom, publish, sighting, source
from tests.postgresql import Server

HERALD = source()


async def test_an_empty_database_is_set_up_once(empty_database_url: str) -> None:
    store = Store.open(empty_database_url)
    assert await store.migrate()
    assert not await store.migrate()
    await store.ready()
    await store.close()


async def test_the_history_arrives_at_what_the_tables_say(database_url: str) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_ours, "compare_server_default": False}
        )
        return list(compare_metadata(context, METADATA))

    database = Database.of(database_url)
    assert await database.read(differences) == []
    await database.close()


def _is_ours(item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    # The tables of the full-text index are SQLite's own, and metadata cannot say what its expression indexes are.
    words = kind == "index" and (name or "").endswith("_words")
    return not words and not (kind == "table" and (name or "").startswith("article_fts"))


async def test_every_revision_is_named_in_the_schema(database_url: str) -> None:
    def revisions(connection: sa.Connection) -> tuple[str, ...]:
        history = ScriptDirectory.from_config(configuration(connection)).walk_revisions()
        return tuple(reversed([script.revision for script in history]))

    database = Database.of(database_url)
    assert await database.read(revisions) == REVISIONS
    await database.close()


async def test_a_regretted_upgrade_goes_back_and_forth(database_url: str) -> None:
    database = Database.of(database_url)
    await database.write(downgrade, "base")
    names = await database.read(lambda connection: sa.inspect(connection).get_table_names())
    assert set(names) <= {"alembic_version"}
    assert await database.write(upgrade)
    await database.close()


async def test_the_hubs_of_a_source_survive_an_upgrade_and_its_regret(store: Store, database_url: str) -> None:
    await store.apply(newsroom(source("one"), source("two"), source("none")), now=NOW)
    database = Database.of(database_url)
    table = sa.table("source", sa.column("id", sa.String), sa.column("hub", sa.String), sa.column("hubs", sa.JSON))

    def state(connection: sa.Connection) -> None:
        for id, hubs in (("one", ["https://a.example/", "https://b.example/"]), ("two", ["https://c.example/"])):
            connection.execute(table.update().where(table.c.id == id).values(hubs=hubs))

    def stated(column: str) -> Callable[[sa.Connection], dict[str, object]]:
        query = sa.select(table.c.id, table.c[column])
        return lambda connection: {row[0]: row[1] for row in connection.execute(query)}

    await database.write(state)
    await database.write(downgrade, "0019")
    assert await database.read(stated("hub")) == {
        "one": "https://a.example/",
        "two": "https://c.example/",
        "none": None,
    }
    await database.write(upgrade)
    hubs = {"one": ["https://a.example/"], "two": ["https://c.example/"], "none": None}
    assert await database.read(stated("hubs")) == hubs
    await database.close()


async def test_channels_of_an_older_database_learn_who_may_read_them(store: Store, database_url: str) -> None:
    """Of a version that kept in no channel's row whose profile is configured, nor which source is closed."""
    closed, gone, left = source("intranet", private=True), source("gone", withdrawn=True), source("left", private=True)
    bea = AuthorProfile(slug="bea", name="Bea")
    await store.apply(newsroom(closed, gone, left, HERALD, authors=(bea,)), now=NOW)
    await publish(store, HERALD, sighting("Glaciers", of=HERALD, by=("Ann",)))
    await store.apply(newsroom(closed, gone, HERALD, authors=(bea,)), now=NOW)
    places = [(ChannelKind.AUTHOR, "bea"), (ChannelKind.AUTHOR, "ann"), (ChannelKind.SOURCE, "herald")]
    places += [(ChannelKind.SOURCE, slug) for slug in ("intranet", "gone", "left")]
    before = [await store.channel(*place) for place in places]
    assert [bool(state and state.is_there) for state in before] == [True, True, True, False, False, False]
    database = Database.of(database_url)
    await database.write(downgrade, "0020")
    assert await database.write(upgrade)
    assert [await store.channel(*place) for place in places] == before
    await database.close()


async def test_an_address_that_was_adopted_for_a_document_that_is_held_back_is_left_again(
    store: Store, database_url: str
) -> None:
    """Of a version that took a parked domain's 304 for a sighting of the feed."""
    await store.apply(newsroom(source("parked"), source("moved")), now=NOW)
    for id, health in (("parked", Health.HELD), ("moved", Health.MOVED)):
        adopted = Schedule(source_id=id, next_poll=NOW, health=health, moved_to=f"https://{id}.example/new")
        await store.record(adopted, Poll(source_id=id, started=NOW, finished=NOW, outcome=PollOutcome.NOT_MODIFIED))
    database = Database.of(database_url)
    await database.write(downgrade, "0022")
    await database.write(upgrade)
    schedules = await store.schedules()
    assert (schedules["parked"].moved_to, schedules["parked"].overlaps) == (None, False)
    assert (schedules["moved"].moved_to, schedules["moved"].overlaps) == ("https://moved.example/new", True)
    await database.close()


async def test_a_newer_database_is_refused(database_url: str) -> None:
    store = Store.open(database_url)
    database = Database.of(database_url)
    await database.write(
        lambda connection: connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    )
    for attempt in (store.migrate(), store.ready()):
        with pytest.raises(StoreError, match="newer than this program"):
            await attempt
    await database.close()
    await store.close()


async def test_a_database_that_is_not_set_up_is_not_ready(empty_database_url: str) -> None:
    store = Store.open(empty_database_url)
    with pytest.raises(StoreError, match="aggregator db upgrade"):
        await store.ready()
    await store.close()


async def test_tables_of_somebody_else_are_left_alone(empty_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    database = Database.of(empty_database_url)
    await database.write(lambda connection: connection.execute(sa.text("CREATE TABLE article (title TEXT)")))
    store = Store.open(empty_database_url)
    with pytest.raises(StoreError, match="not ours"):
        await store.migrate()
    await database.close()
    await store.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_hold_every_letter_is_refused(postgresql: Server, encoding: str) -> None:
    name = postgresql.create(encoding=encoding)
    store = Store.open(postgresql.url(name))
    with pytest.raises(StoreError, match=f"is in {encoding}: CREATE DATABASE … ENCODING 'UTF8'"):
        await store.migrate()
    await store.close()
    postgresql.drop(name)


async def test_two_programs_that_start_together_set_it_up_once(empty_database_url: str) -> None:
    stores = [Store.open(empty_database_url) for _ in range(3)]
    assert sorted(await asyncio.gather(*(store.migrate() for store in stores))) == [False, False, True]
    for store in stores:
        await store.close()


def test_programs_that_make_a_file_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    """SQLite lets none of them wait (https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode)."""

    def open_at_once(start: threading.Barrier, path: Path) -> None:
        engine = _sqlite_engines(sa.make_url(f"sqlite:///{path}"))[0]
        start.wait()
        engine.connect().close()
        engine.dispose()

    for number in range(30):
        start = threading.Barrier(4)
        with ThreadPoolExecutor(4) as programs:
            opened = [programs.submit(open_at_once, start, tmp_path / f"{number}.db") for _ in range(4)]
        for one in opened:
            one.result()


async def test_names_of_an_older_database_are_known_by_their_letters(store: Store, database_url: str) -> None:
    await store.apply(newsroom(source("one")), now=NOW)
    (before,) = (await publish(store, source("one"), sighting("Uno", of=source("one"), by=["Сергей Иванов"]))).new
    database = Database.of(database_url)
    await database.write(downgrade, "0026")
    alias = sa.table("author_alias", sa.column("folded"))
    names = await database.read(lambda connection: connection.execute(sa.select(alias.c.folded)).scalars().all())
    assert names == ["сергеи иванов"]
    await database.write(upgrade)
    await database.close()
    again = sighting("Dos", of=source("one"), by=["Сергей Иванов"])
    (after,) = (await publish(store, source("one"), again)).new
    (other,) = (await publish(store, source("one"), sighting("Tres", of=source("one"), by=["Сергеи Иванов"]))).new
    slugs = [article.credits[0].slug for article in (before, after, other)]
    assert slugs[0] == slugs[1] != slugs[2]
