"""One poll's verdicts → articles, sightings, channels, schedule: one transaction, no statement per item."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from aggregator.model import Article, New, Revised, Sighting, Source, Verdict, Visibility, order_key
from aggregator.store import relays
from aggregator.store import tables as t
from aggregator.store.absence import note_absence
from aggregator.store.credits import add_credits
from aggregator.store.decisions import retell
from aggregator.store.engine import one_writer
from aggregator.store.identities import DECIDED, settle
from aggregator.store.joined import keep_joined
from aggregator.store.leases import done_with
from aggregator.store.loading import load_articles, with_mates
from aggregator.store.mapping import categories_json, content_columns, word_columns
from aggregator.store.memory import learn, remember
from aggregator.store.numbering import after_all, part_keys
from aggregator.store.placing import place, replace_seats
from aggregator.store.polls import log, lost, record
from aggregator.store.reapplying import notice
from aggregator.store.records.sources import Batch, Written
from aggregator.store.revisions import revise
from aggregator.store.sightings import keep_evidence, keep_identity, see
from aggregator.store.stories import Assigned, assign
from aggregator.store.stories import keep as keep_stories
from aggregator.store.tellings import Recent
from aggregator.store.visibility import recompute
from aggregator.store.waiting import is_over


def write(connection: Connection, batch: Batch, now: datetime, recent: Recent) -> Written:
    """Store everything a poll brought, or nothing of it. `recent` is what this process knows of the last days' stories.

    Whose claim was lost while it asked has nothing to say any more: who has the source now, or its new address, says it.
    """
    one_writer(connection)
    if lost(connection, batch.schedule):
        log(connection, replace(batch.poll, new=0, revised=0))
        return Written()
    written, shown = take_up(connection, batch, now, recent)
    note_absence(connection, batch, shown, now)
    poll = replace(batch.poll, new=len(written.new), revised=len(written.revised))
    record(connection, batch.schedule, poll, batch.feed if batch.push is None else None)
    if batch.push is not None:
        done_with(connection, batch.push)
    for outlet_id, lesson in batch.lessons:
        learn(connection, outlet_id, [lesson])
    return written


def take_up(
    connection: Connection, batch: Batch, now: datetime, recent: Recent
) -> tuple[Written, Mapping[int, Sighting]]:
    """Store what a batch says of articles: what changed for readers, and all that it shows by key."""
    one_writer(connection)
    verdicts = settle(connection, batch.verdicts, now)
    fresh = {verdict.id: verdict.sighting for verdict in verdicts if isinstance(verdict, New)}
    keys, assigned = _insert(connection, batch, fresh, now, recent)
    new = {keys[id]: sighting for id, sighting in fresh.items()}
    held = _by_key(verdicts, relays.own(connection, batch, verdicts, fresh))
    sightings = {key: verdict.sighting for key, verdict in held.items()}
    relays.settle(connection, batch, new, sightings, now)
    keep_joined(connection, batch.source.id, held, now)
    news = see(connection, batch.source.id, new | sightings, now)
    add_credits(connection, new, now)
    remember(connection, new, fresh=True)
    # Two feeds of an outlet may word one article differently: only who changed its words revises it, not each in turn.
    touched = {key: verdict for key, verdict in held.items() if key in news or not verdict.sighting.raw_hash}
    told = {key: verdict for key, verdict in touched.items() if isinstance(verdict, Revised) or _is_merge(verdict)}
    remember(connection, {key: verdict.sighting for key, verdict in told.items()}, fresh=False)
    keep_identity(connection, batch.source.id, told)
    keep_evidence(connection, batch.source.id, new | {key: sightings[key] for key in touched})
    visible = revise(connection, touched, now)
    recompute(connection, touched, now)
    written = Written(
        new=place(connection, batch, new, now),
        revised=_revised(replace_seats(connection, batch, {k: sightings[k] for k in touched}, visible, now), touched),
        verdicts=tuple(verdicts),
    )
    notice(connection, batch.rules, [*new, *touched])
    keep_stories(connection, recent, assigned, source_id=batch.source.id, selects=batch.selects, now=now)
    arrived = [verdict.id for verdict in verdicts if isinstance(verdict, New) and verdict.rule == DECIDED]
    retell(connection, arrived, batch.selects, now)
    return written, new | sightings


def _revised(articles: Sequence[Article], touched: Mapping[int, Verdict]) -> tuple[Article, ...]:
    return tuple(article for article in articles if isinstance(touched[article.key], Revised))


def _by_key(verdicts: Sequence[Verdict], keys: Mapping[str, int]) -> dict[int, Verdict]:
    """One verdict for each article held: a document may name one twice; what revises it counts, else the first."""
    chosen: dict[int, Verdict] = {}
    for verdict in verdicts:
        key = keys.get(verdict.id)
        if key is not None and (key not in chosen or (isinstance(verdict, Revised) and not _is_revised(chosen[key]))):
            chosen[key] = verdict
    return chosen


def _is_merge(verdict: Verdict) -> bool:
    return not isinstance(verdict, New) and verdict.merge


def _is_revised(verdict: Verdict) -> bool:
    return isinstance(verdict, Revised)


def _insert(
    connection: Connection, batch: Batch, fresh: Mapping[str, Sighting], now: datetime, recent: Recent
) -> tuple[dict[str, int], Assigned]:
    """Insert new articles; their keys by id, and what they are to stories."""
    if not fresh:
        return {}, Assigned()
    listed = after_all(connection, now)
    delays = _delays(connection, {sighting.origin for sighting in fresh.values() if sighting.origin})
    rows = []
    for id, sighting in fresh.items():
        delay = max(batch.source.delay.total_seconds() / 60, delays.get(sighting.origin or "", 0))
        rows.append(_row(batch, id, sighting, now, last=listed, delay=delay))
    part_keys(connection, rows)
    assigned = assign(connection, recent, rows, now)
    connection.execute(insert(t.article), rows)
    return {row["id"]: row["key"] for row in rows}, assigned


def _delays(connection: Connection, origins: Collection[str]) -> dict[str, float]:
    """The minutes that the sources of what others pass on ask for, by id."""
    s = t.source.c
    if not origins:
        return {}
    found = connection.execute(select(s.id, s.delay_minutes).where(s.id.in_(origins)))
    return {row.id: row.delay_minutes for row in found}


def _row(batch: Batch, id: str, sighting: Sighting, now: datetime, *, last: datetime, delay: float) -> dict[str, Any]:
    published = sighting.published or now
    listed = min(published, last) if batch.first_document else last
    source = batch.source
    waiting = not is_over(published, now, delay, now)
    return {
        "id": id,
        "key": order_key(listed, id),
        "outlet_id": sighting.outlet_id,
        "source_id": source.id,
        **content_columns(sighting.content),
        **word_columns(sighting.content, sighting.categories),
        "categories": categories_json(sighting.categories),
        "countries": list(sighting.countries),
        "published": published,
        "updated": max(published, min(sighting.updated or published, now)),
        "listed": listed,
        "last_seen": now,
        "relayed": sighting.origin,
        "story_id": id,
        "visibility": _visibility(source, waiting=waiting).value,
        "waiting": waiting,
        "revision": 0,
    }


def _visibility(source: Source, *, waiting: bool) -> Visibility:
    if source.withdrawn:
        return Visibility.WITHDRAWN
    if waiting:
        return Visibility.WAITING
    return Visibility.PRIVATE if source.private else Visibility.PUBLIC


def article(connection: Connection, id: str) -> Article | None:
    """The article of an id, whoever may see it."""
    key = connection.execute(select(t.article.c.key).where(t.article.c.id == id)).scalar()
    return with_mates(connection, load_articles(connection, [key]))[0] if key is not None else None
