"""An operator's decisions on articles → what is shown and what is one, kept so that another database decides alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from aggregator.dedupe import WEAK_RULES
from aggregator.errors import DecisionError
from aggregator.model import Action, Decision, Key, KeyKind, OwnedKey, Ruling, Visibility, article_id
from aggregator.store import tables as t
from aggregator.store.engine import one_writer
from aggregator.store.erasing import erase, forget_words
from aggregator.store.identities import DECIDED, RESERVED, columns_of
from aggregator.store.mapping import chunks, storable
from aggregator.store.renaming import forward_article
from aggregator.store.stories import Selects
from aggregator.store.story_decisions import join_stories, part_story
from aggregator.store.tombstones import bury, exhume
from aggregator.store.visibility import recompute

_STRONGEST = {KeyKind.ARTICLE: -1, KeyKind.GUID: 0, KeyKind.LINK: 1, KeyKind.ADDRESS: 2, KeyKind.HASH: 3}


def decide(connection: Connection, decision: Decision, selects: Selects | None, now: datetime) -> Decision:
    """Carry a decision out and keep it; as it was kept, with its keys. Raises DecisionError where it cannot be carried out."""
    one_writer(connection)
    if decision.action in (Action.JOIN, Action.PART):
        kept = _of_stories(connection, decision, selects, now)
    else:
        kept = _ACTS[decision.action](connection, decision, now)
    _keep(connection, kept)
    return kept


def decisions(connection: Connection, limit: int | None = None) -> tuple[Decision, ...]:
    """What was decided, the latest first."""
    query = select(t.decision).order_by(t.decision.c.id.desc()).limit(limit)
    return tuple(_decision(row) for row in connection.execute(query).mappings())


def apply_decisions(connection: Connection, taken: Sequence[Decision], selects: Selects | None, now: datetime) -> int:
    """Decide in this database what was decided in another (the latest first, as `decisions` has it); how many were not known.

    An article that is not here yet is decided on when it comes: its keys are, already. Stories are decided of what is here.
    """
    one_writer(connection)
    held = {(one.at, one.action, one.articles) for one in decisions(connection)}
    fresh = [one for one in reversed(taken) if (one.at, one.action, one.articles) not in held]
    for decision in fresh:
        if decision.action in (Action.JOIN, Action.PART):
            there = tuple(id for id in decision.articles if id in _public(connection, decision.articles))
            if len(there) > (decision.action is Action.JOIN):
                _of_stories(connection, replace(decision, articles=there), selects, now)
        else:
            _apply(connection, decision, now)
        _keep(connection, decision)
    return len(fresh)


def _apply(connection: Connection, decision: Decision, now: datetime) -> None:
    rows = _rows(connection, decision.articles)
    into = decision.articles[0]
    if decision.action is Action.WITHDRAW:
        for row in rows.values():
            erase(connection, row, now)
        forget_words(connection)
        _own(connection, decision.keys, DECIDED, now)
    elif decision.action is Action.RESTORE:
        _own(connection, decision.keys, RESERVED, now)
        _restore(connection, decision, now)
    elif decision.action is Action.MERGE and len(rows) == len(decision.articles):
        _merge(connection, decision, now)
    else:
        merged = decision.action is Action.MERGE
        keys = [replace(key, article_id=into) if merged else key for key in decision.keys]
        _own(connection, keys, RESERVED, now)


def _withdraw(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """Erase what we hold of the articles and keep their keys: they never return."""
    rows = _rows(connection, decision.articles)
    keys = _keys(connection, decision.articles)
    _must_exist(decision.articles, rows, keys)
    for row in rows.values():
        erase(connection, row, now)
    forget_words(connection)
    _own(connection, keys, DECIDED, now)
    return replace(decision, keys=keys)


def _restore(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """Undo withdrawing and merging. What was erased comes back when its source shows it next, under its old id."""
    rows = _rows(connection, decision.articles)
    for id, row in rows.items():
        if row["ruling"] == Ruling.MERGED.value:
            _give_back(connection, id, now)
    c, r = t.article.c, t.redirect.c
    connection.execute(update(t.article).where(c.id.in_(rows)).values(ruling=None))
    connection.execute(delete(t.redirect).where(r.kind == "article", r.old.in_(rows)))
    exhume(connection, decision.articles)
    recompute(connection, [row["key"] for row in rows.values()], now)
    keys = _keys(connection, decision.articles)
    _must_exist(decision.articles, rows, keys)
    # Of what was pruned meanwhile the keys alone are left: let it come again.
    _own(connection, [key for key in keys if key.article_id not in rows], RESERVED, now)
    _read_again(connection, keys, rows)
    return replace(decision, keys=keys)


def _merge(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """The first of the articles is what the others are, too; their addresses forward to it."""
    into, *others = decision.articles
    rows = _rows(connection, decision.articles)
    keys = _keys(connection, decision.articles)
    _must_exist(decision.articles, rows)
    if not others or len(set(decision.articles)) < len(decision.articles):
        raise DecisionError("a merge takes two or more different articles: the first is the one that stays")
    if len({row["outlet_id"] for row in rows.values()}) > 1:
        raise DecisionError("articles of different outlets are not one article: they may be one story")
    if ruled := [id for id, row in rows.items() if row["ruling"]]:
        raise DecisionError(f"article {ruled[0]} is {rows[ruled[0]]['ruling']}: restore it first")
    _own(connection, [replace(key, article_id=into) for key in keys if key.article_id != into], DECIDED, now)
    connection.execute(update(t.article).where(t.article.c.id.in_(others)).values(ruling=Ruling.MERGED.value))
    for id in others:
        bury(connection, rows[id]["key"], id, now)
        forward_article(connection, id, into, now)
    recompute(connection, [rows[id]["key"] for id in others], now)
    _read_again(connection, keys, rows)
    return replace(decision, keys=keys)


def _split(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """What joined the article by weak evidence leaves it: an article again when its source shows it next."""
    if len(decision.articles) != 1:
        raise DecisionError("one article is split at a time")
    (id,) = decision.articles
    rows = _rows(connection, decision.articles)
    _must_exist(decision.articles, rows)
    joined = decision.keys or _joined(connection, id)
    if not joined:
        raise DecisionError(f"nothing joined article {id} by weak evidence: say what shall leave it with --key")
    first = min(joined, key=lambda owned: (_STRONGEST[owned.key.kind], owned.key.value))
    new = article_id(first.outlet_id, first.key.value)
    if new == id:
        raise DecisionError(f"article {id} has its id from that key: split off the others")
    keys = tuple(replace(owned, article_id=new) for owned in joined)
    _own(connection, keys, RESERVED, now)
    _read_again(connection, keys, rows)
    return replace(decision, articles=(id, new), keys=keys)


def _of_stories(connection: Connection, decision: Decision, selects: Selects | None, now: datetime) -> Decision:
    """Make the stories of articles one, or take the articles out of theirs; kept with all their keys."""
    ids = tuple(dict.fromkeys(decision.articles))
    if decision.action is Action.PART:
        if not part_story(connection, ids, selects, now):
            raise DecisionError("nobody else tells the stories of these articles: there is nothing to part")
    elif len(ids) < 2:
        raise DecisionError("to join takes two or more articles, whose stories become one")
    else:
        join_stories(connection, ids, selects, now)
    return replace(decision, articles=ids, keys=_keys(connection, ids))


def _public(connection: Connection, ids: Collection[str]) -> set[str]:
    c = t.article.c
    query = select(c.id).where(c.id.in_(ids), c.visibility == Visibility.PUBLIC.value)
    return set(connection.execute(query).scalars())


_ACTS = {Action.WITHDRAW: _withdraw, Action.RESTORE: _restore, Action.MERGE: _merge, Action.SPLIT: _split}


def owned_keys(connection: Connection, id: str) -> tuple[tuple[OwnedKey, str, datetime], ...]:
    """All that an article is known by, with the rule that said so and when, the first first."""
    a = t.alias.c
    query = select(t.alias).where(a.article_id == id).order_by(a.first_seen, a.kind, a.value)
    rows = connection.execute(query).mappings()
    return tuple((_owned(row), row["rule"], row["first_seen"]) for row in rows)


def _owned(row: RowMapping) -> OwnedKey:
    return OwnedKey(row["outlet_id"], Key(KeyKind(row["kind"]), row["value"], row["scope"]), row["article_id"])


def _rows(connection: Connection, ids: Collection[str]) -> dict[str, RowMapping]:
    c = t.article.c
    query = select(c.id, c.key, c.outlet_id, c.ruling, c.story_id).where(c.id.in_(ids))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _keys(connection: Connection, ids: Collection[str]) -> tuple[OwnedKey, ...]:
    a = t.alias.c
    query = select(t.alias).where(a.article_id.in_(ids)).order_by(a.kind, a.scope, a.value)
    return tuple(map(_owned, connection.execute(query).mappings()))


def _joined(connection: Connection, id: str) -> tuple[OwnedKey, ...]:
    """The keys that came to an article last by weak evidence."""
    a = t.alias.c
    weak = or_(a.rule.in_(WEAK_RULES), (a.kind == KeyKind.GUID.value) & a.rule.like("same link%"))
    query = select(t.alias).where(a.article_id == id, weak).order_by(a.first_seen.desc())
    rows = list(connection.execute(query).mappings())
    return tuple(_owned(row) for row in rows if row["first_seen"] == rows[0]["first_seen"])


def _must_exist(ids: Sequence[str], rows: Collection[str], keys: Sequence[OwnedKey] = ()) -> None:
    there = {*rows, *(key.article_id for key in keys)}
    if missing := [id for id in ids if id not in there]:
        raise DecisionError(
            f"there is no article {missing[0]}: `aggregator explain` finds articles by address and title"
        )


def _own(connection: Connection, keys: Sequence[OwnedKey], rule: str, now: datetime) -> None:
    """Let keys be of the articles that they are decided to be of, whoever had them."""
    a = t.alias.c
    for owned in keys:
        kind, scope, value = columns_of(owned.key)
        here = (a.outlet_id == owned.outlet_id, a.kind == kind, a.scope == scope, a.value == value)
        decided = {"article_id": owned.article_id, "rule": rule}
        if connection.execute(update(t.alias).where(*here).values(decided)).rowcount == 0:
            where = {"outlet_id": owned.outlet_id, "kind": kind, "scope": scope, "value": value}
            connection.execute(insert(t.alias).values(where | decided | {"first_seen": now, "last_seen": now}))


def _give_back(connection: Connection, id: str, now: datetime) -> None:
    """The keys that the last merge took from an article."""
    for decision in decisions(connection):
        if decision.action is Action.MERGE and id in decision.articles[1:]:
            _own(connection, [key for key in decision.keys if key.article_id == id], DECIDED, now)
            return


def _read_again(connection: Connection, keys: Sequence[OwnedKey], rows: dict[str, RowMapping]) -> None:
    """What was decided takes effect at the next poll, also where the document has not changed since."""
    s, c = t.sighting.c, t.schedule.c
    articles = [row["key"] for row in rows.values()]
    sources = {owned.key.scope for owned in keys if owned.key.scope}
    sources.update(connection.execute(select(s.source_id).where(s.article_key.in_(articles))).scalars())
    connection.execute(update(t.sighting).where(s.article_key.in_(articles)).values(raw_hash=""))
    for part in chunks(sources):
        connection.execute(
            update(t.schedule).where(c.source_id.in_(part)).values(etag=None, last_modified=None, body_hash=None)
        )


def _keep(connection: Connection, decision: Decision) -> None:
    keys = [[owned.outlet_id, *columns_of(owned.key), owned.article_id] for owned in decision.keys]
    row = {
        "at": decision.at,
        "action": decision.action.value,
        "articles": list(decision.articles),
        "reason": storable(decision.reason),
        "operator": storable(decision.operator),
        "detail": {"keys": keys},
    }
    connection.execute(insert(t.decision).values(row))


def _decision(row: RowMapping) -> Decision:
    keys = (row["detail"] or {}).get("keys", [])
    return Decision(
        at=row["at"],
        action=Action(row["action"]),
        articles=tuple(row["articles"] or ()),
        reason=row["reason"],
        operator=row["operator"],
        keys=tuple(OwnedKey(outlet, Key(KeyKind(kind), value, scope), id) for outlet, kind, scope, value, id in keys),
    )
