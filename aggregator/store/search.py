"""A query → its newest articles, with bounded work: candidates from the sparsest index, then every condition.

The archive may be of any size. A search looks at no more than a budget of candidates; where it ends before the page is full
it says so, and from where to go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, and_, select, text

from aggregator.query.parser import Query
from aggregator.query.tree import terms
from aggregator.store import tables as t
from aggregator.store.drivers import EVERY, Arm, Driver, drivers
from aggregator.store.loading import load_articles, with_mates
from aggregator.store.records.articles import Found
from aggregator.store.selection import Condition, visible, where

BUDGET = 20_000
_PROBE = 200
_LARGEST_STEP = 5_000
_BLOCK = 500
_TERMS = 10
# Above every key, and the largest integer that either database takes.
_END = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The keys found, newest first; `cut` and `next` as in `records.Found`."""

    keys: tuple[int, ...]
    cut: bool = False
    next: int | None = None


def search(
    connection: Connection, query: Query, *, now: datetime, limit: int, before: int | None = None, private: bool = False
) -> Found:
    """The newest `limit` articles that `query` asks for, of those with a key below `before`; with story mates."""
    page = find(connection, query, now=now, limit=limit, before=before, private=private)
    articles = with_mates(connection, load_articles(connection, page.keys))
    return Found(articles=articles, cut=page.cut, next=page.next)


def find(
    connection: Connection,
    query: Query,
    *,
    now: datetime,
    limit: int,
    before: int | None = None,
    private: bool = False,
    budget: int = BUDGET,
) -> Page:
    """As `search`, the keys alone: at most `budget` candidates are looked at, fewer where many terms are asked of each."""
    asked = and_(visible(private=private), where(query.tree, now=now))
    at = _END if before is None else before
    driver = _sparsest(connection, drivers(query.tree, now=now, dialect=connection.dialect), at, budget)
    weight = 1 + sum(1 for _ in terms(query.tree)) // _TERMS
    found: list[int] = []
    step = min(max(_PROBE, 2 * limit), _LARGEST_STEP)
    while budget > 0:
        candidates, floor = driver.take(at, min(step, budget))
        for block in _blocks(candidates):
            found += _matching(connection, asked, block)
            if len(found) > limit:
                return Page(keys=tuple(found[:limit]), next=found[limit - 1] if limit else at)
        if floor is None:
            return Page(keys=tuple(found))
        budget -= len(candidates) * weight
        at, step = floor, min(4 * step, _LARGEST_STEP)
    return Page(keys=tuple(found), cut=True, next=at)


def every(connection: Connection, query: Query, *, now: datetime, private: bool = False) -> Iterator[int]:
    """The keys of all articles that `query` asks for, newest first, at whatever cost."""
    before: int | None = None
    while True:
        page = find(connection, query, now=now, limit=BUDGET, before=before, private=private)
        yield from page.keys
        if (before := page.next) is None:
            return


def matching(
    connection: Connection, query: Query, keys: Collection[int], *, now: datetime, private: bool = False
) -> list[int]:
    """Those of `keys` that `query` asks for, newest first."""
    asked = and_(visible(private=private), where(query.tree, now=now))
    ordered = sorted(set(keys), reverse=True)
    return [key for block in _blocks(ordered) for key in _matching(connection, asked, block)]


def _matching(connection: Connection, asked: Condition, keys: Sequence[int]) -> list[int]:
    c = t.article.c
    return list(connection.execute(select(c.key).where(c.key.in_(keys), asked).order_by(c.key.desc())).scalars())


def _blocks(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + _BLOCK] for start in range(0, len(keys), _BLOCK)]


@dataclass(slots=True)
class _Keys:
    """The keys of an arm, as they are asked for."""

    connection: Connection
    arm: Arm
    whole: list[int] | None = field(default=None)

    def fits(self, most: int) -> bool:
        """Whether the arm can be used: it streams, or has few keys, which are then read."""
        if self.arm.streams:
            return True
        with _indexed(self.connection):
            keys = list(self.connection.execute(self.arm.select.limit(most + 1)).scalars())
        self.whole = sorted(set(keys), reverse=True)
        return len(keys) <= most

    def take(self, before: int, most: int) -> list[int]:
        if self.whole is not None:
            return list(islice((key for key in self.whole if key < before), most))
        key = self.arm.key
        return list(
            self.connection.execute(self.arm.select.where(key < before).order_by(key.desc()).limit(most)).scalars()
        )


@contextmanager
def _indexed(connection: Connection) -> Iterator[None]:
    """PostgreSQL does not know what it costs to part a text into words: it would do that for every row rather than use the
    index of words."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    connection.execute(text("SET LOCAL enable_seqscan = DEFAULT"))


@dataclass(slots=True)
class _Union:
    """The keys of a driver."""

    arms: list[_Keys]

    def take(self, before: int, most: int) -> tuple[list[int], int | None]:
        """Keys below `before`, newest first, and the key down to which they are all; None when they are all there are."""
        taken = [arm.take(before, most) for arm in self.arms]
        floor = max((keys[-1] for keys in taken if len(keys) == most), default=None)
        keys = {key for keys in taken for key in keys if floor is None or key >= floor}
        return sorted(keys, reverse=True), floor


def _sparsest(connection: Connection, choices: Sequence[Driver], before: int, budget: int) -> _Union:
    """The driver whose next keys reach farthest back: the fewer there are, the more of them the budget covers."""
    best, farthest = None, 0
    usable = _intersected([union for driver in choices if (union := _opened(connection, driver, budget))])
    for union in usable if len(usable) > 1 else ():
        keys, floor = union.take(before, _PROBE)
        reach = len(keys) - _END if floor is None else floor
        if best is None or reach < farthest:
            best, farthest = union, reach
    return best or next(iter(usable), None) or _Union([_Keys(connection, arm) for arm in EVERY])


def _opened(connection: Connection, driver: Driver, budget: int) -> _Union | None:
    union = _Union([_Keys(connection, arm) for arm in driver])
    return union if all(arm.fits(budget) for arm in union.arms) else None


def _intersected(unions: Sequence[_Union]) -> list[_Union]:
    """Of drivers that were read as a whole, what they have in common: each has every article that is asked for."""
    whole = [union for union in unions if len(union.arms) == 1 and union.arms[0].whole is not None]
    if len(whole) < 2:
        return list(unions)
    common = set.intersection(*(set(union.arms[0].whole or ()) for union in whole))
    first = whole[0].arms[0]
    rest = [union for union in unions if union not in whole]
    return [*rest, _Union([_Keys(first.connection, first.arm, sorted(common, reverse=True))])]
