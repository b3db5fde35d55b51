"""Documents that are held back: kept with the reason, compared with the next, released or dropped by an operator."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from aggregator.dedupe import History, Suspicion
from aggregator.errors import NothingHeldError
from aggregator.etiquette.servers import returned
from aggregator.model import Health, Poll, PollOutcome, Schedule, Validators, Verdict
from aggregator.store import articles
from aggregator.store import tables as t
from aggregator.store.engine import one_writer
from aggregator.store.identities import bury
from aggregator.store.leases import done_with
from aggregator.store.mapping import storable, storable_json
from aggregator.store.memory import learn
from aggregator.store.polls import log, lost, record, schedule_of
from aggregator.store.records.sources import Batch, HeldRecord, Hold, Past, Written
from aggregator.store.tellings import Recent

# The latest articles of a source say what is usual there.
_LATEST = 50
_OLD = timedelta(days=3)
_EXAMPLES = 5


def past(connection: Connection, source_id: str) -> Past:
    """What a source showed before, and whether it is held."""
    row = _row(connection, source_id)
    here = row if row and row["since"] else None
    return Past(
        history=_history(connection, source_id),
        held=Suspicion(here["kind"]) if here else None,
        trusted=tuple(map(Suspicion, (row and row["trusted"]) or ())),
    )


def _row(connection: Connection, source_id: str) -> RowMapping | None:
    return connection.execute(select(t.held).where(t.held.c.source_id == source_id)).mappings().first()


def _history(connection: Connection, source_id: str) -> History:
    s, a = t.sighting.c, t.article.c
    query = (
        select(a.language, a.published, a.listed, s.first_seen)
        .join(t.article, a.key == s.article_key)
        .where(s.source_id == source_id)
        .order_by(s.article_key.desc())
        .limit(_LATEST)
    )
    latest = list(connection.execute(query).mappings())
    # What a first document brings is old by nature, and listed when it was published.
    later = [row for row in latest if row["listed"] != row["published"]]
    late = sum(row["first_seen"] - row["published"] > _OLD for row in later)
    about = select(t.source.c.feed_title, t.schedule.c.last_news).outerjoin(
        t.schedule, t.schedule.c.source_id == t.source.c.id
    )
    title, last_news = connection.execute(about.where(t.source.c.id == source_id)).one_or_none() or (None, None)
    return History(
        articles=len(latest),
        title=title or "",
        languages=Counter(row["language"].partition("-")[0] for row in latest if row["language"]),
        usually_late=late / len(later) if later else 0.0,
        latest=last_news,
    )


def hold(connection: Connection, hold: Hold, now: datetime, recent: Recent) -> Written:
    """Keep a document in place of publishing it, but for its news: a later one takes the place of an earlier, the beginning
    stays. See `articles.write` for a claim that was lost."""
    poll, suspect = hold.poll, hold.suspect
    one_writer(connection)
    if lost(connection, hold.schedule):
        log(connection, poll)
        return Written()
    here = t.held.c.source_id == poll.source_id
    before = _row(connection, poll.source_id)
    values: dict[str, Any] = {
        "kind": suspect.suspicion.value,
        "reason": storable(suspect.reason),
        "evidence": storable_json(_examples(suspect.verdicts)),
        "since": (before and before["since"]) or now,
        "seen": now,
        "url": storable(hold.document.url),
        "content_type": storable(hold.document.content_type),
        "document": zlib.compress(hold.document.body),
    }
    if before:
        connection.execute(update(t.held).where(here).values(values))
    else:
        connection.execute(insert(t.held).values(source_id=poll.source_id, **values))
    if hold.push is not None:
        done_with(connection, hold.push)
    if hold.news is not None:
        return articles.write(connection, hold.news, now, recent)
    for outlet_id, lesson in hold.lessons:
        learn(connection, outlet_id, [lesson])
    record(connection, hold.schedule, poll)
    return Written()


def _examples(verdicts: Sequence[Verdict]) -> list[str]:
    oldest = sorted(verdicts, key=lambda verdict: (verdict.sighting.published is None, verdict.sighting.published))
    return [verdict.sighting.content.title[:200] for verdict in oldest[:_EXAMPLES]]


def held(connection: Connection, source_id: str | None = None) -> tuple[HeldRecord, ...]:
    """What is held back now, the longest held first."""
    c = t.held.c
    query = select(t.held).where(c.since.is_not(None)).order_by(c.since, c.source_id)
    if source_id is not None:
        query = query.where(c.source_id == source_id)
    return tuple(_record(row) for row in connection.execute(query).mappings())


def _record(row: RowMapping) -> HeldRecord:
    names = ("source_id", "reason", "since", "seen", "url", "content_type")
    return HeldRecord(
        **{name: row[name] for name in names},
        suspicion=Suspicion(row["kind"]),
        examples=tuple(row["evidence"] or ()),
        body=zlib.decompress(row["document"]) if row["document"] else b"",
    )


def release(connection: Connection, batch: Batch, now: datetime, recent: Recent) -> Written:
    """Store what was held back: the source is well again, and not suspected of changing its ids once more."""
    row = _row(connection, batch.source.id)
    if row is None or row["since"] is None:
        raise NothingHeldError(f"nothing of {batch.source.id} is held back any more")
    current = _schedule(connection, batch.source.id)
    schedule = replace(
        current, health=Health.WELL, since=now, evidence="", error=None, first_document=False, overlaps=True
    )
    written = articles.write(connection, replace(batch, schedule=schedule), now, recent)
    trusted = sorted({*(row["trusted"] or ()), row["kind"]} & {Suspicion.RENUMBERING.value})
    connection.execute(update(t.held).where(t.held.c.source_id == batch.source.id).values(trusted=trusted))
    return written


def drop(connection: Connection, source_id: str, verdicts: Sequence[Verdict], now: datetime) -> int:
    """Forget what was held back: what made it suspicious never comes back. Returns how many entries that were."""
    bury(connection, verdicts, now)
    schedule, row = _schedule(connection, source_id), _row(connection, source_id)
    if row is not None and row["kind"] == Suspicion.TAKEOVER:
        schedule = returned(schedule)  # it may have been adopted while that was not known
    schedule = replace(
        schedule,
        health=Health.WELL,
        since=now,
        evidence="",
        error=None,
        # What else is in the document is news: it is read again.
        validators=Validators(),
        body_hash=None,
        next_poll=now,
        why="what was held of it was dropped",
    )
    poll = Poll(
        source_id=source_id, started=now, finished=now, outcome=PollOutcome.SAME_BODY, error="dropped by an operator"
    )
    record(connection, schedule, poll)
    return len(verdicts)


def _schedule(connection: Connection, source_id: str) -> Schedule:
    row = connection.execute(select(t.schedule).where(t.schedule.c.source_id == source_id)).mappings().one()
    return schedule_of(row)
