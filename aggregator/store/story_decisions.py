"""What operators say of stories: these are one, this is none of them. No rule undoes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from aggregator.errors import DecisionError
from aggregator.model import Visibility
from aggregator.store import tables as t
from aggregator.store import tellings
from aggregator.store.channels import tell_mates
from aggregator.store.engine import one_writer
from aggregator.store.placing import reselect
from aggregator.store.stories import Selects
from aggregator.store.story_changes import free, merge, oldest, part_from


def join_stories(connection: Connection, ids: Sequence[str], selects: Selects | None, now: datetime) -> str:
    """Make the stories of these articles one, as an operator says; the id of that story."""
    one_writer(connection)
    rows = _articles(connection, ids)
    stories = {row["story_id"] for row in rows}
    kept = oldest(connection, stories)
    moved = [key for story in sorted(stories - {kept}) for key in merge(connection, story, kept, now)]
    c = t.article.c
    whole = connection.execute(select(c.key).where(c.story_id == kept)).scalars().all()
    tellings.restory(connection, whole, kept, settled=True)
    tellings.note_stories(connection, {kept}, now)
    tell_mates(connection, {kept}, now)
    if selects is not None:
        reselect(connection, moved, selects, now)
    return kept


def part_story(connection: Connection, ids: Sequence[str], selects: Selects | None, now: datetime) -> tuple[str, ...]:
    """Take these articles out of their stories, as an operator says; those of one story stay together. The new stories' ids.

    No rule ever puts them back: only an operator does.
    """
    one_writer(connection)
    leaving: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(_articles(connection, ids), key=lambda row: row["key"]):
        leaving[row["story_id"]].append(row)
    made: list[str] = []
    for story, rows in sorted(leaving.items()):
        keys = [row["key"] for row in rows]
        rest = select(t.article.c.key).where(t.article.c.story_id == story, t.article.c.key.not_in(keys)).limit(1)
        if connection.execute(rest).scalar() is None:
            continue
        new = free(connection, rows[0]["id"])
        part_from(connection, keys, story, new, now, settled=True)
        if selects is not None:
            reselect(connection, keys, selects, now)
        made.append(new)
    return tuple(made)


def _articles(connection: Connection, ids: Sequence[str]) -> list[Any]:
    c = t.article.c
    rows = connection.execute(select(c.id, c.key, c.story_id, c.visibility).where(c.id.in_(list(ids)))).mappings().all()
    found = {row["id"]: row for row in rows}
    for id in ids:
        if id not in found:
            raise DecisionError(f"there is no article {id}: `aggregator explain` finds articles by address and title")
        if found[id]["visibility"] != Visibility.PUBLIC.value:
            raise DecisionError(f"article {id} is not public: it is never part of a story")
    return [found[id] for id in dict.fromkeys(ids)]
