"""An operator's decisions on articles → what is shown and what is one, kept so that another database decides alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, or_, select, update

from aggregator.errors import DecisionError
from aggregator.model import Action, Decision, Key, KeyKind, OwnedKey, Ruling, Visibility, article_id
from aggregator.store import tables as t
from aggregator.store.decision_rows import decisions, keep
from aggregator.store.engine import one_writer
from aggregator.store.erasing import erase, forget_words
from aggregator.store.identities import DECIDED, RESERVED, known
from aggregator.store.mapping import chunks
from aggregator.store.owning import joined_last, keys_of, own
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
    keep(connection, kept)
    return kept


def apply_decisions(connection: Connection, taken: Sequence[Decision], selects: Selects | None, now: datetime) -> int:
    """Decide in this database what was decided in another (the latest first, as `decisions` has it); how many were not known.

    An article that is not here yet is decided on when it comes: its keys are, already. It is parted from what came before it.
    """
    one_writer(connection)
    held = {(one.at, one.action, one.articles) for one in decisions(connection)}
    fresh = [one for one in reversed(taken) if (one.at, one.action, one.articles) not in held]
    for decision in fresh:
        if decision.action in (Action.JOIN, Action.PART):
            _await(connection, decision.keys, now)
            _retell(connection, decision, selects, now)
        else:
            _apply(connection, decision, now)
        keep(connection, decision)
    return len(fresh)


def _apply(connection: Connection, decision: Decision, now: datetime) -> None:
    rows = _rows(connection, decision.articles)
    into = decision.articles[0]
    if decision.action is Action.WITHDRAW:
        for row in rows.values():
            erase(connection, row, now)
        forget_words(connection)
        own(connection, decision.keys, DECIDED, now)
    elif decision.action is Action.RESTORE:
        own(connection, decision.keys, RESERVED, now)
        _restore(connection, decision, now)
    elif decision.action is Action.MERGE and len(rows) == len(decision.articles):
        _merge(connection, decision, now)
    else:
        merged = decision.action is Action.MERGE
        keys = [replace(key, article_id=into) if merged else key for key in decision.keys]
        own(connection, keys, RESERVED, now)


def _withdraw(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """Erase what we hold of the articles and keep their keys: they never return."""
    rows = _rows(connection, decision.articles)
    keys = keys_of(connection, decision.articles)
    _must_exist(decision.articles, rows, keys)
    for row in rows.values():
        erase(connection, row, now)
    forget_words(connection)
    own(connection, keys, DECIDED, now)
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
    keys = keys_of(connection, decision.articles)
    _must_exist(decision.articles, rows, keys)
    # Of what was pruned meanwhile the keys alone are left: let it come again.
    own(connection, [key for key in keys if key.article_id not in rows], RESERVED, now)
    _read_again(connection, keys, rows, now)
    return replace(decision, keys=keys)


def _merge(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """The first of the articles is what the others are, too; their addresses forward to it."""
    into, *others = decision.articles
    rows = _rows(connection, decision.articles)
    keys = keys_of(connection, decision.articles)
    _must_exist(decision.articles, rows)
    if not others or len(set(decision.articles)) < len(decision.articles):
        raise DecisionError("a merge takes two or more different articles: the first is the one that stays")
    if len({row["outlet_id"] for row in rows.values()}) > 1:
        raise DecisionError("articles of different outlets are not one article: they may be one story")
    if ruled := [id for id, row in rows.items() if row["ruling"]]:
        raise DecisionError(f"article {ruled[0]} is {rows[ruled[0]]['ruling']}: restore it first")
    own(connection, [replace(key, article_id=into) for key in keys if key.article_id != into], DECIDED, now)
    connection.execute(update(t.article).where(t.article.c.id.in_(others)).values(ruling=Ruling.MERGED.value))
    for id in others:
        bury(connection, rows[id]["key"], id, now)
        forward_article(connection, id, into, now)
    recompute(connection, [rows[id]["key"] for id in others], now)
    _read_again(connection, keys, rows, now)
    return replace(decision, keys=keys)


def _split(connection: Connection, decision: Decision, now: datetime) -> Decision:
    """What joined the article by weak evidence leaves it: an article again when its source shows it next."""
    if len(decision.articles) != 1:
        raise DecisionError("one article is split at a time")
    (id,) = decision.articles
    rows = _rows(connection, decision.articles)
    _must_exist(decision.articles, rows)
    joined = decision.keys or joined_last(connection, id)
    if not joined:
        raise DecisionError(f"nothing joined article {id} by weak evidence: say what shall leave it with --key")
    first = min(joined, key=lambda owned: (_STRONGEST[owned.key.kind], owned.key.value))
    new = article_id(first.outlet_id, first.key.value)
    if new == id:
        raise DecisionError(f"article {id} has its id from that key: split off the others")
    keys = tuple(replace(owned, article_id=new) for owned in joined)
    own(connection, keys, RESERVED, now)
    _read_again(connection, keys, rows, now)
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
    return replace(decision, articles=ids, keys=keys_of(connection, ids))


def retell(connection: Connection, arrived: Collection[str], selects: Selects | None, now: datetime) -> None:
    """Decide of the stories of articles that decisions waited for, as was decided before they came."""
    if arrived:
        for decision in reversed(decisions(connection)):
            if decision.action in (Action.JOIN, Action.PART) and not set(arrived).isdisjoint(decision.articles):
                _retell(connection, decision, selects, now)


def _retell(connection: Connection, decision: Decision, selects: Selects | None, now: datetime) -> None:
    """What of the decision can be carried out with those of its articles that are here."""
    public = _public(connection, decision.articles)
    there = [id for id in decision.articles if id in public]
    if decision.action is Action.PART:
        part_story(connection, there, selects, now)
    elif len(there) > 1:
        join_stories(connection, there, selects, now)


def _await(connection: Connection, keys: Sequence[OwnedKey], now: datetime) -> None:
    """Let articles that are not here yet be noticed when they come; what is somebody's here stays so."""
    held: set[Key] = set()
    for outlet_id in {owned.outlet_id for owned in keys}:
        held |= known(connection, outlet_id, [one.key for one in keys if one.outlet_id == outlet_id]).keys()
    own(connection, [owned for owned in keys if owned.key not in held], RESERVED, now)


def _public(connection: Connection, ids: Collection[str]) -> set[str]:
    c = t.article.c
    query = select(c.id).where(c.id.in_(ids), c.visibility == Visibility.PUBLIC.value)
    return set(connection.execute(query).scalars())


_ACTS = {Action.WITHDRAW: _withdraw, Action.RESTORE: _restore, Action.MERGE: _merge, Action.SPLIT: _split}


def _rows(connection: Connection, ids: Collection[str]) -> dict[str, RowMapping]:
    c = t.article.c
    query = select(c.id, c.key, c.outlet_id, c.ruling, c.story_id).where(c.id.in_(ids))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _must_exist(ids: Sequence[str], rows: Collection[str], keys: Sequence[OwnedKey] = ()) -> None:
    there = {*rows, *(key.article_id for key in keys)}
    if missing := [id for id in ids if id not in there]:
        raise DecisionError(
            f"there is no article {missing[0]}: `aggregator explain` finds articles by address and title"
        )


def _give_back(connection: Connection, id: str, now: datetime) -> None:
    """The keys that the last merge took from an article."""
    for decision in decisions(connection):
        if decision.action is Action.MERGE and id in decision.articles[1:]:
            own(connection, [key for key in decision.keys if key.article_id == id], DECIDED, now)
            return


def _read_again(connection: Connection, keys: Sequence[OwnedKey], rows: dict[str, RowMapping], now: datetime) -> None:
    """What was decided takes effect at the next poll, also where the document has not changed since; and that poll is due,
    unless the source asked for a pause or is not well."""
    s, c = t.sighting.c, t.schedule.c
    articles = [row["key"] for row in rows.values()]
    sources = {owned.key.scope for owned in keys if owned.key.scope}
    sources.update(connection.execute(select(s.source_id).where(s.article_key.in_(articles))).scalars())
    connection.execute(update(t.sighting).where(s.article_key.in_(articles)).values(raw_hash=""))
    for part in chunks(sources):
        here = c.source_id.in_(part)
        connection.execute(update(t.schedule).where(here).values(etag=None, last_modified=None, body_hash=None))
        well = (c.failures == 0, or_(c.retry_after.is_(None), c.retry_after <= now))
        soon = {"next_poll": now, "why": "an operator decided on its articles"}
        connection.execute(update(t.schedule).where(here, *well, c.next_poll > now).values(soon))
