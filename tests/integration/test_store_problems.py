"""The log of problems: one entry from beginning to end, changed when what we know of it changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import Health, Poll, PollOutcome, Schedule
from aggregator.store import ProblemRecord, Store
from aggregator.store.engine import Database
from tests.making import NOW, newsroom, publish, sighting, source

HERALD, SECRET = source("herald"), source("secret", private=True)
HOUR = timedelta(hours=1)


async def note(store: Store, at: datetime, health: Health, evidence: str = "", *, of: str = "herald") -> None:
    schedule = Schedule(source_id=of, next_poll=at + HOUR, health=health, since=at, evidence=evidence)
    await store.record(schedule, Poll(source_id=of, started=at, finished=at, outcome=PollOutcome.FAILED))


def told(problems: tuple[ProblemRecord, ...]) -> list[tuple[str, str, datetime, datetime, datetime | None]]:
    return [(one.health, one.evidence, one.began, one.updated, one.ended) for one in problems]


async def test_a_problem_is_one_entry_however_often_it_is_seen(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    for hour in range(3):
        await note(store, NOW + hour * HOUR, Health.FAILING, "HTTP 404 Not Found")
    assert told(await store.problems()) == [("failing", "HTTP 404 Not Found", NOW, NOW, None)]


async def test_it_is_updated_when_its_evidence_changes_and_when_it_ends(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    await note(store, NOW, Health.FAILING, "HTTP 404 Not Found")
    await note(store, NOW + HOUR, Health.FAILING, "HTTP 500")
    assert told(await store.problems()) == [("failing", "HTTP 500", NOW, NOW + HOUR, None)]
    await note(store, NOW + 2 * HOUR, Health.WELL)
    await note(store, NOW + 3 * HOUR, Health.WELL)
    assert told(await store.problems()) == [("failing", "HTTP 500", NOW, NOW + 2 * HOUR, NOW + 2 * HOUR)]


async def test_another_word_is_another_problem(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    await note(store, NOW, Health.FAILING, "HTTP 404")
    first = (await store.problems())[0].id
    await note(store, NOW + HOUR, Health.BLOCKED, "HTTP 403")
    second, ended = await store.problems()
    assert (ended.id, ended.ended) == (first, NOW + HOUR)
    assert (second.health, second.began, second.ended) == ("blocked", NOW + HOUR, None)


async def test_what_is_no_longer_polled_has_no_problem(store: Store) -> None:
    await store.apply(newsroom(HERALD, SECRET), now=NOW)
    await note(store, NOW, Health.FAILING)
    await note(store, NOW, Health.FAILING, of="secret")
    await store.apply(newsroom(source("herald", enabled=False)), now=NOW + HOUR)
    assert [one.ended for one in await store.problems()] == [NOW + HOUR, NOW + HOUR]


async def test_private_sources_are_left_out_unless_asked_for(store: Store) -> None:
    await store.apply(newsroom(HERALD, SECRET), now=NOW)
    await note(store, NOW, Health.FAILING, of="secret")
    assert await store.problems(private=False) == ()
    assert len(await store.problems()) == 1
    assert len(await store.problems(limit=1)) == 1


async def test_old_problems_are_forgotten_when_they_ended(store: Store) -> None:
    await store.apply(newsroom(HERALD, SECRET), now=NOW)
    await note(store, NOW, Health.FAILING)
    await note(store, NOW, Health.FAILING, of="secret")
    await note(store, NOW + HOUR, Health.WELL)
    await store.prune(now=NOW + timedelta(days=91))
    assert [one.source_id for one in await store.problems()] == ["secret"]


async def test_a_source_with_a_new_address_begins_anew(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    await note(store, NOW, Health.FAILING, "HTTP 404")
    url = "https://herald.example/new"
    await store.apply(newsroom(source("herald", url=url, public_url=url)), now=NOW + HOUR)
    (status,) = await store.source_statuses()
    assert (status.health, status.evidence, status.since) == (Health.NEW, "", None)
    assert (await store.schedules())["herald"].first_document


async def test_rows_of_articles_that_are_not_there_are_damage(store: Store, database_url: str) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    await publish(store, HERALD, sighting("One thing"))
    assert await store.check() == ()
    database = Database.of(database_url)
    await database.write(lambda connection: connection.execute(sa.text("DELETE FROM article")))
    await database.close()
    found = await store.check()
    assert "1 rows of sighting belong to articles that are not there" in found
