"""Articles → stories: the same headline in another outlet within a day is the same story."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from aggregator.dedupe import headline_key
from aggregator.model import Content, Visibility
from aggregator.store import tables as t
from aggregator.store.mapping import chunks

_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be part of a story."""

    id: str
    outlet_id: str
    listed: datetime
    story: str


def key_of(content: Content) -> str | None:
    """What equal headlines share, short enough for an index."""
    key = headline_key(content)
    return key and hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()


def assign(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> set[str]:
    """Set `story_id` of new articles' rows; the ids of the stories of others that they joined.

    Private articles stay alone: a story would tell of them.
    """
    public = [row for row in rows if row["visibility"] == Visibility.PUBLIC.value and row["headline_key"]]
    held = _held(connection, public)
    joined: dict[str, dict[str, Any]] = {}
    for row in sorted(public, key=lambda row: row["key"]):
        near = [other for other in held[row["headline_key"]] if _same_story(row, other)]
        if near:
            row["story_id"] = min(near, key=lambda other: (other.listed, other.id)).story
            joined[row["story_id"]] = row
        held[row["headline_key"]].append(Candidate(row["id"], row["outlet_id"], row["listed"], row["story_id"]))
    _keep(connection, joined, now)
    return set(joined)


def _same_story(row: dict[str, Any], other: Candidate) -> bool:
    return bool(other.outlet_id != row["outlet_id"] and abs(other.listed - row["listed"]) <= _WINDOW)


def _held(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, list[Candidate]]:
    held: dict[str, list[Candidate]] = defaultdict(list)
    if not rows:
        return held
    first, last = min(row["listed"] for row in rows), max(row["listed"] for row in rows)
    c = t.article.c
    for part in chunks({row["headline_key"] for row in rows}):
        query = select(c.headline_key, c.id, c.outlet_id, c.listed, c.story_id).where(
            c.headline_key.in_(part),
            c.visibility == Visibility.PUBLIC.value,
            c.listed.between(first - _WINDOW, last + _WINDOW),
        )
        for key, id, outlet_id, listed, story in connection.execute(query):
            held[key].append(Candidate(id, outlet_id, listed, story))
    return held


def _keep(connection: Connection, joined: dict[str, dict[str, Any]], now: datetime) -> None:
    """Write the rows of stories that have more than one article."""
    c = t.story.c
    for part in chunks(joined):
        there = set(connection.execute(select(c.id).where(c.id.in_(part))).scalars())
        connection.execute(update(t.story).where(c.id.in_(there)).values(last_listed=now))
        fresh = [
            {"id": id, "headline_key": joined[id]["headline_key"], "last_listed": now} for id in part if id not in there
        ]
        if fresh:
            connection.execute(insert(t.story), fresh)
