"""Rows of articles ↔ tellings: what the window of the last days is filled from, in this process and in every other."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from aggregator.dedupe.stories import WINDOW_HOURS
from aggregator.dedupe.stories_telling import MARKS, Telling
from aggregator.dedupe.stories_window import LIMIT, Window
from aggregator.dedupe.stories_words import Wording, wording
from aggregator.normalize.whereabouts import whereabouts
from aggregator.store import tables as t
from aggregator.store.mapping import chunks, storable

WINDOW = timedelta(hours=WINDOW_HOURS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Stories that nobody told any more for so long, and whose articles are gone, are not counted any longer.
_OVER = timedelta(days=30)
_TAG = re.compile(r"<[^>]*>")
_BEGINNING = 3_000  # characters of HTML that hold the words that are looked at


class Recent:
    """The window of this process. It belongs to the writer: `catch_up` first and `written` last, in one transaction."""

    def __init__(self) -> None:
        self.window = Window()
        self.turn = -1
        self._changing = False
        self._written: tuple[int, int] | None = None

    def catch_up(self, connection: Connection, now: datetime) -> Window:
        """The window as the database has it now: everything at first, then what others changed.

        What a transaction of ours did that was not committed after all is forgotten with everything else.
        """
        if self._changing or not self._is_committed(connection):
            self.window, self.turn, self._written = Window(), -1, None
        self._changing = True
        c = t.telling.c
        newest = (
            select(c.article_key).where(c.at >= now - WINDOW).order_by(c.at.desc(), c.article_id.desc()).limit(LIMIT)
        )
        query = select(t.telling).where(c.article_key.in_(newest))
        if self.turn >= 0:
            query = select(t.telling).where(c.turn > self.turn)
        for row in connection.execute(query.order_by(c.turn)).mappings():
            if row["gone"]:
                self.window.remove(row["article_id"])
            else:
                self.window.add(_telling(row), row["story_id"], settled=bool(row["settled"]))
            self.turn = max(self.turn, row["turn"])
        self.turn = max(self.turn, 0)
        self.window.forget(hours(now - WINDOW))
        return self.window

    def written(self, connection: Connection, key: int) -> None:
        """The window's changes are in the database, `key` among them: true once this transaction is committed."""
        self.turn = next_turn(connection) - 1
        self._written = (key, self.turn)
        self._changing = False

    def untouched(self) -> None:
        """Nothing was changed."""
        self._changing = False

    def _is_committed(self, connection: Connection) -> bool:
        if self._written is None:
            return True
        key, turn = self._written
        c = t.telling.c
        here = select(c.turn).where(c.article_key == key)
        last = connection.execute(here).scalar()
        # A later `forget` may have deleted the row, but then the numbers went on.
        return last is not None or next_turn(connection) > turn + 1


def hours(at: datetime) -> float:
    """A time in hours since 1970."""
    return (at - _EPOCH) / timedelta(hours=1)


def wording_of(row: dict[str, Any]) -> Wording:
    """What the row of an article says. Its summary is sanitized HTML: nothing but tags stands between angle brackets."""
    said = (row["summary"] or row["text"])[:_BEGINNING]
    if "<" in said:
        said = _TAG.sub(" ", said)
    return said_of(row["title"], html.unescape(said) if "&" in said else said)


def said_of(title: str, summary: str) -> Wording:
    """What plain `title` and `summary` say, and where they set it."""
    return wording(title, summary, *whereabouts(title, summary))


def keep(connection: Connection, tellings: Sequence[tuple[int, datetime, Telling, str]]) -> None:
    """Write down tellings of new articles: (key, time, telling, story)."""
    if not tellings:
        return
    turn = next_turn(connection)
    connection.execute(insert(t.telling), [_row(key, at, telling, story, turn) for key, at, telling, story in tellings])


def next_turn(connection: Connection) -> int:
    """A number above that of everything written before."""
    return int(connection.execute(select(func.coalesce(func.max(t.telling.c.turn), 0))).scalar_one()) + 1


def restory(connection: Connection, keys: Collection[int], story: str, *, settled: bool) -> None:
    """Say that articles are of another story."""
    values: dict[str, Any] = {"story_id": story, "turn": next_turn(connection)} | ({"settled": True} if settled else {})
    for part in chunks(keys):
        connection.execute(update(t.telling).where(t.telling.c.article_key.in_(part)).values(values))


def drop(connection: Connection, keys: Collection[int]) -> None:
    """Take articles that are not public any more out of every window, and forget their words."""
    if not keys:
        return
    nothing = {"headline": "", "terms": "", "marks": b"", "lead": b""}
    values = {"gone": True, "turn": next_turn(connection), **nothing}
    for part in chunks(keys):
        connection.execute(update(t.telling).where(t.telling.c.article_key.in_(part)).values(values))


def forget(connection: Connection, now: datetime) -> None:
    """Delete what is older than any window, but never the last turn: numbers must go on rising."""
    c, s, a = t.telling.c, t.story.c, t.article.c
    last = select(func.max(c.turn)).scalar_subquery()
    connection.execute(delete(t.telling).where(and_(c.at < now - WINDOW, c.turn < last)))
    connection.execute(
        delete(t.story).where(s.last_listed < now - _OVER, ~exists(select(a.key).where(a.story_id == s.id)))
    )


def note_stories(connection: Connection, stories: Collection[str], now: datetime) -> None:
    """Write down which stories have more than one article."""
    c = t.story.c
    for part in chunks(stories):
        there = set(connection.execute(select(c.id).where(c.id.in_(part))).scalars())
        connection.execute(update(t.story).where(c.id.in_(there)).values(last_listed=now))
        if fresh := [{"id": id, "last_listed": now} for id in part if id not in there]:
            connection.execute(insert(t.story), fresh)


def change_stories(connection: Connection, moved: Iterable[tuple[int, str]]) -> None:
    """Say in articles and in channels which story each article is of: (key, story)."""
    rows = [{"b_key": key, "b_story": story} for key, story in moved]
    if not rows:
        return
    story: BindParameter[str] = bindparam("b_story")
    connection.execute(update(t.article).where(t.article.c.key == bindparam("b_key")).values(story_id=story), rows)
    m = t.membership.c
    connection.execute(update(t.membership).where(m.article_key == bindparam("b_key")).values(story_id=story), rows)


def _row(key: int, at: datetime, told: Telling, story: str, turn: int) -> dict[str, Any]:
    return {
        "article_key": key,
        "article_id": told.id,
        "outlet_id": told.outlet,
        "language": told.language,
        "at": at,
        "story_id": story,
        "settled": False,
        "gone": False,
        "turn": turn,
        "headline": storable(told.headline),
        # Terms have marks; the countries behind them have none.
        "terms": storable(" ".join([*told.terms, *sorted(told.countries)])),
        "marks": b"".join(mark.to_bytes(2, "little") for mark in told.terms.values()),
        "lead": told.lead,
    }


def _telling(row: RowMapping) -> Telling:
    terms, marks = row["terms"].split(" ") if row["terms"] else [], row["marks"]
    numbers = [MARKS[int.from_bytes(marks[at : at + 2], "little")] for at in range(0, len(marks), 2)]
    return Telling(
        id=row["article_id"],
        outlet=row["outlet_id"],
        language=row["language"],
        at=hours(row["at"]),
        headline=row["headline"],
        terms=dict(zip(terms, numbers, strict=False)),
        lead=row["lead"],
        countries=frozenset(terms[len(numbers) :]),
    )
