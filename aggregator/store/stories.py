"""New articles → stories: which one each is part of, and which prove to be one, or two, by it.

A story's id is that of its first article. Where stories become one, the old id forwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from aggregator.dedupe.stories import Joined, join
from aggregator.dedupe.stories_grouping import Regrouping
from aggregator.dedupe.stories_telling import Telling
from aggregator.dedupe.stories_window import Window
from aggregator.model import Article, Visibility
from aggregator.store import tables as t
from aggregator.store import tellings
from aggregator.store.channels import tell_mates
from aggregator.store.copies import originals
from aggregator.store.placing import reselect
from aggregator.store.sightings import STORY
from aggregator.store.story_changes import free, merge, move, oldest
from aggregator.store.tellings import Recent

RULES_VERSION = 3
Selects = Callable[[Article], Collection[str]]


@dataclass(slots=True)
class Assigned:
    """What new articles brought: `joined` by article id, `merged` story → the one that it became part of, `moved` article id →
    the story that it is of now."""

    joined: dict[str, Joined] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    told: list[tuple[int, datetime, Telling, str]] = field(default_factory=list)


def assign(connection: Connection, recent: Recent, rows: Sequence[dict[str, Any]], now: datetime) -> Assigned:
    """Set `story_id` of new articles' rows, which are not in the database yet.

    Private articles stay alone: a story would tell of them. So does what is older than the window, and what recurs.
    """
    assigned = Assigned()
    wanted = [row for row in rows if _may_join(row, now)]
    if not wanted:
        return assigned
    window = recent.catch_up(connection, now)
    keys = {row["id"]: row["key"] for row in rows}
    for row in sorted(wanted, key=lambda row: (_at(row), row["id"])):
        said = tellings.wording_of(row)
        if said.recurring or not said.title:
            continue
        telling = window.weigh(
            said,
            id=row["id"],
            outlet=row["outlet_id"],
            language=(row["language"] or "").partition("-")[0].lower(),
            at=tellings.hours(_at(row)),
        )
        joined = join(telling, window)
        if joined:
            assigned.joined[telling.id] = joined
            for one in joined.regroupings:
                _regroup(connection, window, one, keys, assigned)
        window.add(telling, window.story_of(joined.nearest) if joined else telling.id)
        assigned.told.append((row["key"], _at(row), telling, ""))
    if not assigned.told:
        recent.untouched()
    by_id = {row["id"]: row for row in rows}
    for _key, _when, telling, _story in assigned.told:
        by_id[telling.id]["story_id"] = window.story_of(telling.id)
    return assigned


def _may_join(row: Mapping[str, Any], now: datetime) -> bool:
    return bool(row["visibility"] == Visibility.PUBLIC.value and _at(row) >= now - tellings.WINDOW)


def _at(row: Mapping[str, Any]) -> datetime:
    """When an article was told: its date, but not later than we saw it."""
    at: datetime = min(row["published"], row["listed"])
    return at


def _regroup(
    connection: Connection, window: Window, one: Regrouping, keys: Mapping[str, int], assigned: Assigned
) -> None:
    """Give several stories the id of the oldest, and those who leave theirs that id or one of their own."""
    taken = {*assigned.merged, *assigned.moved.values()}
    story = (
        oldest(connection, one.stories, keys)
        if one.stories
        else free(connection, one.moved[0], lambda id: id in taken or bool(window.whole(id)))
    )
    for other in sorted({*one.stories} - {story}):
        assigned.merged[other] = story
    assigned.moved |= dict.fromkeys(one.moved, story)
    window.unite(one.stories, one.moved, story)


def keep(
    connection: Connection,
    recent: Recent,
    assigned: Assigned,
    *,
    source_id: str,
    selects: Selects,
    now: datetime,
) -> None:
    """Write down what `assign` found, once the new articles are in the database."""
    if not assigned.told:
        return
    story_of = recent.window.story_of
    tellings.keep(connection, [(key, at, telling, story_of(telling.id)) for key, at, telling, _ in assigned.told])
    changed: list[int] = []
    for old in assigned.merged:
        changed += merge(connection, old, _final(assigned, old), now)
    parted = move(connection, {id: _final(assigned, story) for id, story in assigned.moved.items()}, now)
    stories = {story_of(id) for id in assigned.joined}
    tellings.note_stories(connection, stories, now)
    tell_mates(connection, stories, now)
    recent.written(connection, assigned.told[0][0])
    reselect(connection, [*changed, *parted], selects, now)
    connection.execute(delete(t.evidence).where(t.evidence.c.kind == STORY, t.evidence.c.article_key.in_(parted)))
    _explain(connection, assigned, source_id, story_of)


def _final(assigned: Assigned, story: str) -> str:
    while story in assigned.merged:
        story = assigned.merged[story]
    return story


def _explain(connection: Connection, assigned: Assigned, source_id: str, story_of: Callable[[str], str]) -> None:
    """Evidence for each article that joined a story: the id of the article that it is nearest to. A copy points to its
    original, also where that came later."""
    keys = {telling.id: key for key, _at, telling, _story in assigned.told}
    copies = {id: joined.nearest for id, joined in assigned.joined.items() if joined.rule == "copy_of"}
    first = originals(connection, copies) if copies else set()
    rows = []
    for id, joined in assigned.joined.items():
        said = {"kind": STORY, "value": story_of(id), "weight": joined.sure, "version": RULES_VERSION}
        rule = "copied_by" if id in first else joined.rule
        rows.append(said | {"article_key": keys[id], "source_id": source_id, "rule": rule, "raw": joined.nearest})
        if id in first:
            _point(connection, joined.nearest, said | {"rule": "copy_of", "raw": id})
    if rows:
        connection.execute(insert(t.evidence), rows)


def _point(connection: Connection, copy: str, said: dict[str, Any]) -> None:
    """Say of an article that was here what it is a copy of."""
    c, a, e = t.article.c, t.article.c.id == copy, t.evidence.c
    found = connection.execute(select(c.key, c.source_id).where(a)).first()
    if found is not None:
        connection.execute(delete(t.evidence).where(e.article_key == found.key, e.kind == STORY))
        connection.execute(insert(t.evidence).values(said | {"article_key": found.key, "source_id": found.source_id}))
