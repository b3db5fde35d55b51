"""Articles → stories: which one each new article is part of, which prove to be one, and what operators say of them.

A story's id is that of its first article. Where stories become one, or an article gets another story, the old id forwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.dedupe.stories import Joined, join
from aggregator.dedupe.stories_window import Telling, Window
from aggregator.errors import StoreError
from aggregator.model import Article, Evidence, Visibility, article_id
from aggregator.store import tables as t
from aggregator.store import tellings
from aggregator.store.channels import promote, tell_mates
from aggregator.store.engine import one_writer
from aggregator.store.placing import reselect
from aggregator.store.sightings import STORY
from aggregator.store.tellings import Recent

RULES_VERSION = 1
Selects = Callable[[Article], Collection[str]]


@dataclass(slots=True)
class Assigned:
    """What new articles brought: `joined` by article id, `merged` story → the one that it became part of."""

    joined: dict[str, Joined] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
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
        window.add(telling, joined.story if joined else telling.id)
        if joined:
            assigned.joined[telling.id] = joined
            if joined.merges:
                _unite(connection, window, {joined.story, *joined.merges}, keys, assigned)
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


def _unite(
    connection: Connection, window: Window, stories: Collection[str], keys: Mapping[str, int], assigned: Assigned
) -> None:
    """Give the tellings of several stories the id of the oldest."""
    kept = oldest(connection, stories, keys)
    for story in sorted(set(stories) - {kept}):
        for id in window.whole(story):
            window.move(id, kept)
        assigned.merged[story] = kept


def oldest(connection: Connection, stories: Collection[str], keys: Mapping[str, int] | None = None) -> str:
    """Of stories the one whose first article was listed first."""
    c = t.article.c
    known = dict(connection.execute(select(c.id, c.key).where(c.id.in_(stories))).all()) | dict(keys or {})
    return min(stories, key=lambda story: (known.get(story, 1 << 63), story))


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
    moved: list[int] = []
    for old in assigned.merged:
        kept = old
        while kept in assigned.merged:
            kept = assigned.merged[kept]
        moved += _merge(connection, old, kept, now)
    stories = {story_of(id) for id in assigned.joined}
    tellings.note_stories(connection, stories, now)
    tell_mates(connection, stories, now)
    recent.written(connection, assigned.told[0][0])
    reselect(connection, moved, selects, now)
    _explain(connection, assigned, source_id, story_of)


def _merge(connection: Connection, old: str, kept: str, now: datetime) -> list[int]:
    """Everything of one story becomes part of another, and the old id forwards; the keys of its articles."""
    c = t.article.c
    keys = list(connection.execute(select(c.key).where(c.story_id == old)).scalars())
    if keys:
        tellings.change_stories(connection, [(key, kept) for key in keys])
        tellings.restory(connection, keys, kept, settled=False)
        _forward(connection, old, kept, now)
    connection.execute(delete(t.story).where(t.story.c.id == old))
    return keys


def _forward(connection: Connection, old: str, new: str, now: datetime) -> None:
    """The old address forwards, as does all that forwarded to it; the new one stands for itself."""
    c = t.redirect.c
    story = c.kind == "story"
    connection.execute(delete(t.redirect).where(story, c.old.in_([old, new])))
    connection.execute(update(t.redirect).where(story, c.new == old).values(new=new, at=now))
    connection.execute(insert(t.redirect).values(kind="story", old=old, new=new, at=now))


def _explain(connection: Connection, assigned: Assigned, source_id: str, story_of: Callable[[str], str]) -> None:
    """Evidence for each article that joined a story: the id of the article that it is nearest to."""
    keys = {telling.id: key for key, _at, telling, _story in assigned.told}
    reasons = {
        id: Evidence(
            kind=STORY,
            value=story_of(id),
            rule=joined.rule,
            raw=joined.nearest,
            weight=joined.sure,
            version=RULES_VERSION,
        )
        for id, joined in assigned.joined.items()
    }
    names = ("kind", "value", "rule", "raw", "weight", "version")
    rows = [
        {"article_key": keys[id], "source_id": source_id, **{name: getattr(reason, name) for name in names}}
        for id, reason in reasons.items()
    ]
    if rows:
        connection.execute(insert(t.evidence), rows)


def join_stories(connection: Connection, ids: Sequence[str], selects: Selects | None, now: datetime) -> str:
    """Make the stories of these articles one, as an operator says; the id of that story."""
    one_writer(connection)
    rows = _articles(connection, ids)
    stories = {row["story_id"] for row in rows}
    kept = oldest(connection, stories)
    moved = [key for story in sorted(stories - {kept}) for key in _merge(connection, story, kept, now)]
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
        new = _free(connection, rows[0]["id"])
        tellings.change_stories(connection, [(key, new) for key in keys])
        tellings.restory(connection, keys, new, settled=True)
        connection.execute(delete(t.redirect).where(t.redirect.c.kind == "story", t.redirect.c.old == new))
        if len(rows) > 1:
            tellings.note_stories(connection, {new}, now)
        channels = connection.execute(
            select(t.membership.c.channel_id).where(t.membership.c.story_id.in_([story, new])).distinct()
        ).scalars()
        promote(connection, [(channel, one) for channel in channels for one in (story, new)], now)
        tell_mates(connection, {story, new}, now)
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
            raise StoreError(f"there is no article {id}")
        if found[id]["visibility"] != Visibility.PUBLIC.value:
            raise StoreError(f"article {id} is not public: it is never part of a story")
    return [found[id] for id in dict.fromkeys(ids)]


def _free(connection: Connection, id: str) -> str:
    """An id for a story that begins with article `id`: its own, unless the story that it left goes on under that."""
    c, attempt, wanted = t.article.c, 0, id
    while connection.execute(select(c.key).where(c.story_id == wanted).limit(1)).scalar() is not None:
        attempt += 1
        wanted = article_id("story", id, attempt=attempt)
    return wanted
