"""Verdicts → articles that exist or shall exist: the aliases in the database have the last word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, func, insert, select, update

from aggregator.dedupe import Known
from aggregator.model import Key, KeyKind, New, Unchanged, Verdict, article_id
from aggregator.store import tables as t
from aggregator.store.mapping import ARTICLE_COLUMNS, chunks, content_of, index_key
from aggregator.store.prepared import prepared

# When an alias was last seen is of use to the day only; writing it at every poll would cost more than all else.
_STALE = timedelta(days=1)
# Rules of aliases that operators wrote: of an article that is there or never comes, of one that may come.
DECIDED, RESERVED = "as an operator decided", "as an operator decided, when it comes"


@dataclass(frozen=True, slots=True)
class _Alias:
    article_id: str
    last_seen: datetime
    rule: str


def known(connection: Connection, outlet_id: str, keys: Collection[Key]) -> dict[Key, Known]:
    """What is held under each of `keys`; the content of a purged article is None."""
    aliases = _lookup(connection, outlet_id, keys)
    aliases |= _by_id(connection, [key for key in keys if key.kind is KeyKind.ARTICLE and key not in aliases])
    held: dict[str, Known] = {}
    for part in chunks({alias.article_id for alias in aliases.values()}):
        for row in connection.execute(*_articles(ids=part)).mappings():
            held[row["id"]] = Known(
                article_id=row["id"],
                content=None if row["ruling"] else content_of(row),
                published=row["published"],
                updated=row["updated"],
                source_id=row["source_id"],
            )
    return {key: _known(alias, held.get(alias.article_id)) for key, alias in aliases.items()}


def _known(alias: _Alias, held: Known | None) -> Known:
    if held is None:
        reserved = alias.rule == RESERVED
        return Known(
            article_id=alias.article_id, content=None, published=None, updated=alias.last_seen, reserved=reserved
        )
    return replace(held, merged=True) if alias.rule == DECIDED else held


@prepared
def _articles(ids: Any) -> Executable:
    return select(*ARTICLE_COLUMNS).where(t.article.c.id.in_(ids))


def _by_id(connection: Connection, keys: Collection[Key]) -> dict[Key, _Alias]:
    """Of ids those that are an article's, or were, in whatever outlet: whoever passes on what we publish names it so."""
    named, found, c = {key.value: key for key in keys}, dict[Key, _Alias](), t.alias.c
    for part in chunks(named):
        query = select(c.article_id, func.max(c.last_seen)).where(c.article_id.in_(part)).group_by(c.article_id)
        for id, last_seen in connection.execute(query):
            found[named[id]] = _Alias(id, last_seen, "")
    return found


def settle(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> list[Verdict]:
    """The verdicts as they hold now: what somebody else stored meanwhile is no longer new. Writes all aliases."""
    by_outlet: dict[str, list[int]] = defaultdict(list)
    for position, verdict in enumerate(verdicts):
        by_outlet[verdict.sighting.outlet_id].append(position)
    settled: dict[int, Verdict] = {}
    for outlet_id, positions in by_outlet.items():
        group = _Group(connection, outlet_id, [verdicts[position] for position in positions], now)
        settled |= dict(zip(positions, group.settle(), strict=True))
    return [settled[position] for position in sorted(settled)]


def bury(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Keep the identities of entries without keeping the entries: they never come back. What an article that we hold is
    known by stays its own."""
    buried = [New(sighting=one.sighting, keys=one.keys, id=one.id, rule="dropped by an operator") for one in verdicts]
    settle(connection, buried, now)


class _Group:
    """The verdicts of one outlet while they are settled."""

    def __init__(self, connection: Connection, outlet_id: str, verdicts: Sequence[Verdict], now: datetime) -> None:
        self.connection, self.outlet_id, self.verdicts, self.now = connection, outlet_id, verdicts, now
        self.held = _lookup(connection, outlet_id, {key for verdict in verdicts for key in verdict.keys})
        self.owners = {key: alias.article_id for key, alias in self.held.items()}
        self.taken = _taken(connection, {verdict.id for verdict in verdicts if isinstance(verdict, New)})
        self.renamed: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}

    def settle(self) -> list[Verdict]:
        settled: dict[int, Verdict] = {}
        # The new ones first: another entry of the document may say that it is one of them, and stand before it.
        for position in sorted(range(len(self.verdicts)), key=lambda n: not isinstance(self.verdicts[n], New)):
            settled[position] = self._settled(self.verdicts[position])
        if self.rows:
            self.connection.execute(insert(t.alias), list(self.rows.values()))
        self._touch()
        return [settled[position] for position in range(len(self.verdicts))]

    def _settled(self, verdict: Verdict) -> Verdict:
        if isinstance(verdict, New):
            owner = next((self.owners[key] for key in verdict.keys if key in self.owners), None)
            if owner == verdict.id and self._arrives(owner):
                self._own(verdict, owner)
                return replace(verdict, rule=DECIDED)
            id = owner or self._free_id(verdict)
            self.renamed[verdict.id] = id
            self._own(verdict, id)
            if owner:
                return Unchanged(sighting=verdict.sighting, keys=verdict.keys, id=id, rule=verdict.rule)
            return replace(verdict, id=id)
        id = self.renamed.get(verdict.id, verdict.id)
        self._own(verdict, id)
        return replace(verdict, id=id)

    def _arrives(self, id: str) -> bool:
        """Whether an operator's decision waits for this article; from now on it is one like others."""
        c = t.alias.c
        waiting = (c.article_id == id, c.rule == RESERVED)
        there = self.connection.execute(select(t.article.c.key).where(t.article.c.id == id)).first()
        return there is None and bool(
            self.connection.execute(update(t.alias).where(*waiting).values(rule=DECIDED)).rowcount
        )

    def _free_id(self, verdict: New) -> str:
        id, attempt = verdict.id, 0
        while id in self.taken or id in self.renamed.values():
            attempt += 1
            id = article_id(self.outlet_id, verdict.keys[0].value, attempt=attempt)
            self.taken |= _taken(self.connection, {id})
        return id

    def _own(self, verdict: Verdict, id: str) -> None:
        for key in verdict.keys:
            if key in self.owners:
                continue
            self.owners[key] = id
            columns = columns_of(key)
            self.rows[self.outlet_id, *columns] = {
                "outlet_id": self.outlet_id,
                **dict(zip(("kind", "scope", "value"), columns, strict=True)),
                "article_id": id,
                "rule": verdict.rule,
                "first_seen": self.now,
                "last_seen": self.now,
            }

    def _touch(self) -> None:
        stale = [
            dict(zip(("b_kind", "b_scope", "b_value"), columns_of(key), strict=True))
            for key, alias in self.held.items()
            if alias.last_seen <= self.now - _STALE
        ]
        if stale:
            c = t.alias.c
            self.connection.execute(
                update(t.alias)
                .where(
                    c.outlet_id == self.outlet_id,
                    c.kind == bindparam("b_kind"),
                    c.scope == bindparam("b_scope"),
                    c.value == bindparam("b_value"),
                )
                .values(last_seen=self.now),
                stale,
            )


def columns_of(key: Key) -> tuple[str, str, str]:
    """Kind, scope and value as an alias has them; of what came from there the same again."""
    return key.kind.value, index_key(key.scope), index_key(key.value)


def _lookup(connection: Connection, outlet_id: str, keys: Iterable[Key]) -> dict[Key, _Alias]:
    """Who owns which of `keys`: one statement for each kind and scope, so that the primary key is used in full."""
    groups: dict[tuple[KeyKind, str], dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        groups[key.kind, key.scope][index_key(key.value)].append(key)
    found: dict[Key, _Alias] = {}
    for (kind, scope), values in groups.items():
        for part in chunks(values):
            aliases = _aliases(outlet_id=outlet_id, kind=kind.value, scope=index_key(scope), values=part)
            for value, owner, last_seen, rule in connection.execute(*aliases):
                found |= dict.fromkeys(values[value], _Alias(owner, last_seen, rule))
    return found


@prepared
def _aliases(outlet_id: Any, kind: Any, scope: Any, values: Any) -> Executable:
    c = t.alias.c
    here = (c.outlet_id == outlet_id, c.kind == kind, c.scope == scope, c.value.in_(values))
    return select(c.value, c.article_id, c.last_seen, c.rule).where(*here)


def _taken(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which of `ids` are an article's, or were."""
    taken: set[str] = set()
    for part in chunks(ids):
        for column in (t.article.c.id, t.alias.c.article_id):
            taken.update(connection.execute(select(column).where(column.in_(part))).scalars())
    return taken
