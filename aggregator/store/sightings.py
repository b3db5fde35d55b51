"""Entries seen in a source → sightings: what it said, when it last said so, and why we made of it what we did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Executable, RowMapping, bindparam, delete, insert, select, update

from aggregator.model import Evidence, New, Sighting, Verdict, Visibility
from aggregator.store import tables as t
from aggregator.store.mapping import categories_json, categories_of, chunks, storable, storable_json
from aggregator.store.prepared import prepared
from aggregator.store.records.articles import RevisionRecord, SightingRecord

# Most polls bring what we saw a quarter of an hour ago: writing that down each time would cost more than all else.
_STALE = timedelta(hours=1)
IDENTITY = "identity"
STORY = "story"


@dataclass(frozen=True, slots=True)
class _Seen:
    last_seen: datetime
    raw_hash: str


def see(connection: Connection, source_id: str, sightings: Mapping[int, Sighting], now: datetime) -> set[int]:
    """Note that `source_id` shows these articles; the keys of those it showed for the first time, or otherwise than before."""
    held = _held(connection, source_id, sightings)
    rows = {key: _row(key, source_id, sighting, now) for key, sighting in sightings.items()}
    fresh = [row for key, row in rows.items() if key not in held]
    changed = [row for key, row in rows.items() if key in held and held[key].raw_hash != row["raw_hash"]]
    stale = [key for key in rows if key in held and held[key].last_seen <= now - _STALE]
    if fresh:
        connection.execute(insert(t.sighting), fresh)
    _change(connection, source_id, changed)
    _touch(connection, source_id, [*stale, *(row["article_key"] for row in fresh)], now)
    return {row["article_key"] for row in (*fresh, *changed)}


def _held(connection: Connection, source_id: str, keys: Collection[int]) -> dict[int, _Seen]:
    held: dict[int, _Seen] = {}
    for part in chunks(keys):
        rows = connection.execute(*_seen(keys=part, source_id=source_id))
        held |= {key: _Seen(last_seen, raw_hash) for key, last_seen, raw_hash in rows}
    return held


@prepared
def _seen(keys: Any, source_id: Any) -> Executable:
    c = t.sighting.c
    return select(c.article_key, c.last_seen, c.raw_hash).where(c.article_key.in_(keys), c.source_id == source_id)


def _row(key: int, source_id: str, sighting: Sighting, now: datetime) -> dict[str, Any]:
    return {
        "article_key": key,
        "source_id": source_id,
        "guid": sighting.guid and storable(sighting.guid),
        "position": sighting.position,
        "bylines": storable_json(sighting.bylines),
        "categories": categories_json(sighting.categories),
        "raw_published": sighting.raw_published and storable(sighting.raw_published),
        "raw_updated": sighting.raw_updated and storable(sighting.raw_updated),
        "raw_hash": sighting.raw_hash,
        "first_seen": now,
        "last_seen": now,
    }


def _change(connection: Connection, source_id: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    c = t.sighting.c
    names = [name for name in rows[0] if name not in {"article_key", "source_id", "first_seen"}]
    connection.execute(
        update(t.sighting)
        .where(c.article_key == bindparam("b_article_key"), c.source_id == source_id)
        .values({name: bindparam(f"b_{name}", type_=c[name].type) for name in names}),
        [{f"b_{name}": row[name] for name in ("article_key", *names)} for row in rows],
    )


def _touch(connection: Connection, source_id: str, keys: Collection[int], now: datetime) -> None:
    for part in chunks(keys):
        connection.execute(*_seen_there(keys=part, source_id=source_id, now=now))
        connection.execute(*_seen_anywhere(keys=part, now=now))


@prepared
def _seen_there(keys: Any, source_id: Any, now: Any) -> Executable:
    c = t.sighting.c
    return update(t.sighting).where(c.article_key.in_(keys), c.source_id == source_id).values(last_seen=now)


@prepared
def _seen_anywhere(keys: Any, now: Any) -> Executable:
    return update(t.article).where(t.article.c.key.in_(keys)).values(last_seen=now)


def keep_evidence(
    connection: Connection, source_id: str, sightings: Mapping[int, Sighting], *, of_pages: bool = False
) -> None:
    """Replace what this source gave as evidence for these articles: its feed, or their pages (whose rules are called S4)."""
    forgotten = _forget_of_pages if of_pages else _forget_of_feeds
    for part in chunks(sightings):
        connection.execute(*forgotten(keys=part, source_id=source_id))
    rows = [
        {
            "article_key": key,
            "source_id": source_id,
            "kind": evidence.kind,
            "value": storable(evidence.value),
            "rule": evidence.rule,
            "raw": storable(evidence.raw),
            "weight": evidence.weight,
            "version": evidence.version,
        }
        for key, sighting in sightings.items()
        for evidence in sighting.evidence
    ]
    if rows:
        connection.execute(insert(t.evidence), rows)


@prepared
def _forget_of_feeds(keys: Any, source_id: Any) -> Executable:
    return _forgotten(keys, source_id).where(~t.evidence.c.rule.startswith("S4:"))


@prepared
def _forget_of_pages(keys: Any, source_id: Any) -> Executable:
    return _forgotten(keys, source_id).where(t.evidence.c.rule.startswith("S4:"))


def _forgotten(keys: Any, source_id: Any) -> Delete:
    c = t.evidence.c
    given = (c.article_key.in_(keys), c.source_id == source_id)
    return delete(t.evidence).where(*given, c.kind.not_in([IDENTITY, STORY]))


def keep_identity(connection: Connection, source_id: str, verdicts: Mapping[int, Verdict]) -> None:
    """Why what this source showed under other keys is an article that we held: the rule, the key and the scores."""
    rows = [
        {
            "article_key": key,
            "source_id": source_id,
            "kind": IDENTITY,
            "value": storable(" ".join((verdict.keys[0].kind.value, verdict.keys[0].value))[:500]),
            "rule": verdict.rule,
            "raw": ", ".join(f"{name} {score:g}" for name, score in verdict.scores),
            "weight": min([score for name, score in verdict.scores if name in ("title", "text")], default=1.0),
            "version": 1,
        }
        for key, verdict in verdicts.items()
        if not isinstance(verdict, New) and verdict.merge and verdict.keys
    ]
    c = t.evidence.c
    for row in rows:
        same = (c.article_key == row["article_key"], c.kind == IDENTITY, c.value == row["value"])
        connection.execute(delete(t.evidence).where(*same))
    if rows:
        connection.execute(insert(t.evidence), rows)


def evidence(connection: Connection, id: str) -> tuple[tuple[str, Evidence], ...]:
    """Why we say what we say of an article: (source id, evidence)."""
    names = ("kind", "value", "rule", "raw", "weight", "version")
    query = (
        select(t.evidence)
        .join(t.article, t.article.c.key == t.evidence.c.article_key)
        .where(t.article.c.id == id)
        .order_by(t.evidence.c.id)
    )
    rows = connection.execute(query).mappings().all()
    told = _titles(connection, {row["raw"] for row in rows if row["kind"] == STORY})
    found = ((row["source_id"], Evidence(**{name: row[name] for name in names})) for row in rows)
    return tuple((id, replace(one, raw=told.get(one.raw, one.raw)) if one.kind == STORY else one) for id, one in found)


def _titles(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The titles of public articles: what is withdrawn later is no longer quoted."""
    a = t.article.c
    query = select(a.id, a.title).where(a.id.in_(ids), a.visibility == Visibility.PUBLIC.value)
    return dict(connection.execute(query).all()) if ids else {}


def sightings(connection: Connection, id: str) -> tuple[SightingRecord, ...]:
    """Where an article was seen, the first place first."""
    query = (
        select(t.sighting)
        .join(t.article, t.article.c.key == t.sighting.c.article_key)
        .where(t.article.c.id == id)
        .order_by(t.sighting.c.first_seen, t.sighting.c.source_id)
    )
    return tuple(_record(row) for row in connection.execute(query).mappings())


def _record(row: RowMapping) -> SightingRecord:
    names = ("source_id", "guid", "position", "raw_published", "raw_updated", "raw_hash", "first_seen", "last_seen")
    return SightingRecord(
        **{name: row[name] for name in names},
        bylines=tuple(row["bylines"] or ()),
        categories=tuple(category.label or category.term for category in categories_of(row["categories"])),
    )


def revisions(connection: Connection, id: str) -> tuple[RevisionRecord, ...]:
    """What an article said before, the first version first."""
    query = select(t.revision).where(t.revision.c.article_id == id).order_by(t.revision.c.number)
    names = ("number", "at", "title", "summary", "text")
    rows = connection.execute(query).mappings()
    return tuple(
        RevisionRecord(**{name: row[name] for name in names}, changes=tuple(row["changes"] or ())) for row in rows
    )
