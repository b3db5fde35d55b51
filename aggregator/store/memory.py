"""What identity is decided by: owners of keys, articles that share a clue, and habits of the outlet; and how they are learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, delete, insert, select, update

from aggregator.dedupe import (
    Clue,
    Habit,
    Habits,
    Known,
    Lesson,
    clues_of,
    habits_of,
    identity_keys,
    wanted_clues,
)
from aggregator.model import Key, Sighting, order_key
from aggregator.store import tables as t
from aggregator.store.identities import known
from aggregator.store.mapping import ARTICLE_COLUMNS, chunks, content_of, storable
from aggregator.store.prepared import prepared
from aggregator.text import fold

# Beyond this an article is not told again under other keys; and of what shares a clue the newest are enough.
_REMEMBERED = timedelta(days=60)
_NEWEST = 20
_HALF_LIFE = timedelta(days=180)
_NO_ID = "a" * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What `dedupe.decide` wants to know of an outlet before it decides on sightings."""

    known: Mapping[Key, Known]
    near: Mapping[Clue, Sequence[Known]]
    habits: Habits


def recall(connection: Connection, outlet_id: str, sightings: Sequence[Sighting]) -> Memory:
    """All that is held that these sightings could be."""
    habits = habits_of(_lessons(connection, outlet_id))
    keys = {key for sighting in sightings for key in identity_keys(sighting, habits)}
    owners = known(connection, outlet_id, keys)
    near = _near(connection, outlet_id, wanted_clues(sightings, owners, habits))
    return Memory(known=owners, near=near, habits=habits)


def learn(connection: Connection, outlet_id: str, lessons: Iterable[Lesson]) -> None:
    """Add up what a document taught."""
    c = t.habit.c
    for lesson in lessons:
        here = (
            c.outlet_id == outlet_id,
            c.habit == lesson.habit.value,
            c.scope == lesson.scope,
            c.value == storable(lesson.value)[:200],
        )
        sums = {"agree": c.agree + lesson.agree, "disagree": c.disagree + lesson.disagree}
        if connection.execute(update(t.habit).where(*here).values(sums)).rowcount == 0:
            connection.execute(
                insert(t.habit).values(
                    outlet_id=outlet_id,
                    habit=lesson.habit.value,
                    scope=lesson.scope,
                    value=storable(lesson.value)[:200],
                    agree=lesson.agree,
                    disagree=lesson.disagree,
                )
            )


def fade(connection: Connection, now: datetime) -> None:
    """Half of what was observed is forgotten in half a year: an outlet that mended its ways is believed again, and what one
    bad day spoke against is believed in time. What goes on is observed anew."""
    c = t.habit.c
    connection.execute(update(t.habit).where(c.faded.is_(None)).values(faded=now))
    halves = {"agree": c.agree // 2, "disagree": c.disagree // 2}
    connection.execute(update(t.habit).where(c.faded < now - _HALF_LIFE).values(halves | {"faded": now}))
    connection.execute(delete(t.habit).where(c.agree == 0, c.disagree == 0))


def remember(connection: Connection, sightings: Mapping[int, Sighting], *, fresh: bool) -> None:
    """Let the articles of these keys be found by what the sightings say; `fresh` ones have no clues yet."""
    rows = {(sighting.outlet_id, clue.value, key) for key, sighting in sightings.items() for clue in clues_of(sighting)}
    if not fresh:
        rows -= _remembered(connection, rows)
    if rows:
        columns = [{"outlet_id": id, "value": value, "article_key": key} for id, value, key in sorted(rows)]
        connection.execute(insert(t.clue), columns)


def forget_clues(connection: Connection, now: datetime) -> int:
    """Forget the clues to what was listed too long ago; how many."""
    oldest = order_key(now - _REMEMBERED, _NO_ID)
    c = t.clue.c
    outlets = list(connection.execute(select(c.outlet_id).distinct()).scalars())
    return sum(
        connection.execute(delete(t.clue).where(c.outlet_id == id, c.article_key < oldest)).rowcount for id in outlets
    )


def _lessons(connection: Connection, outlet_id: str) -> list[Lesson]:
    return [
        Lesson(Habit(row["habit"]), row["scope"], row["value"], agree=row["agree"], disagree=row["disagree"])
        for row in connection.execute(*_habits(outlet_id=outlet_id)).mappings()
    ]


@prepared
def _habits(outlet_id: Any) -> Executable:
    return select(t.habit).where(t.habit.c.outlet_id == outlet_id)


def _near(connection: Connection, outlet_id: str, clues: Collection[Clue]) -> dict[Clue, tuple[Known, ...]]:
    """The newest articles that share each clue."""
    named = {clue.value: clue for clue in clues}
    found: defaultdict[int, list[int]] = defaultdict(list)
    for part in chunks(named):
        for value, key in connection.execute(*_sharing(outlet_id=outlet_id, values=part)):
            found[value].append(key)
    newest = {value: sorted(keys)[-_NEWEST:] for value, keys in found.items()}
    held = _articles(connection, {key for keys in newest.values() for key in keys})
    return {named[value]: tuple(held[key] for key in keys if key in held) for value, keys in newest.items()}


@prepared
def _sharing(outlet_id: Any, values: Any) -> Executable:
    c = t.clue.c
    return select(c.value, c.article_key).where(c.outlet_id == outlet_id, c.value.in_(values))


def _articles(connection: Connection, keys: Collection[int]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    authors = _authors(connection, keys)
    for part in chunks(keys):
        rows = connection.execute(select(*ARTICLE_COLUMNS).where(t.article.c.key.in_(part))).mappings()
        for row in rows:
            found[row["key"]] = Known(
                article_id=row["id"],
                content=content_of(row),
                published=row["published"],
                updated=row["updated"],
                source_id=row["source_id"],
                authors=frozenset(authors[row["key"]]),
            )
    return found


def _authors(connection: Connection, keys: Collection[int]) -> defaultdict[int, set[str]]:
    """The folded names of the persons who are credited."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    c = t.credit.c
    for part in chunks(keys):
        query = select(c.article_key, c.name).where(c.article_key.in_(part), c.kind == "person")
        for key, name in connection.execute(query):
            names[key].add(fold(name))
    return names


def _remembered(connection: Connection, rows: Collection[tuple[str, int, int]]) -> set[tuple[str, int, int]]:
    there: set[tuple[str, int, int]] = set()
    by_outlet: defaultdict[str, set[int]] = defaultdict(set)
    for outlet_id, value, _key in rows:
        by_outlet[outlet_id].add(value)
    for outlet_id, values in by_outlet.items():
        for part in chunks(values):
            sharing = connection.execute(*_sharing(outlet_id=outlet_id, values=part))
            there.update((outlet_id, value, key) for value, key in sharing)
    return there
