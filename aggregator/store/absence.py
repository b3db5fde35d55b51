"""A document that leaves out what it showed, and goes on with older entries → articles that their source may have taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Executable, select, update

from aggregator.dedupe.retraction import is_retraction
from aggregator.model import ChannelKind, Sighting
from aggregator.store import tables as t
from aggregator.store.mapping import chunks
from aggregator.store.prepared import prepared
from aggregator.store.records.sources import Batch

GONE, RETRACTED = "gone from its source, which goes on with older articles", "its source calls it a retraction"
_FEWEST_ENTRIES, _TWICE, _LOOKED_AT = 5, 2, 200
# A list that is ordered by weight drops entries from its middle all day long.
_IN_ORDER, _AT_MOST = 0.9, 0.1
# Of ranks (see `model.order_key`): what is newer than the oldest shown may have been listed before it.
_A_DAY = 86_400_000 << 21


def note_absence(connection: Connection, batch: Batch, shown: Mapping[int, Sighting], now: datetime) -> None:
    """Count the documents in a row that left out an article between others; the second one makes it suspected.

    `shown` are the articles of this document by key. Nothing is deleted: the source may be wrong, or we may.
    """
    _appear(connection, batch.source.id, shown)
    retracted = [key for key, sighting in shown.items() if is_retraction(sighting.content)]
    suspect_retraction(connection, retracted, now)
    entries = sorted((verdict.sighting for verdict in batch.verdicts), key=lambda sighting: sighting.position)
    if not batch.whole or len(entries) < _FEWEST_ENTRIES or not _newest_first(entries):
        return
    missing = _missing(connection, batch.source.id, shown, min(one.published for one in entries if one.published))
    if not missing or len(missing) > max(1, _AT_MOST * len(entries)):
        return
    s, a = t.sighting.c, t.article.c
    here = (s.source_id == batch.source.id, s.article_key.in_(missing))
    connection.execute(update(t.sighting).where(*here).values(absent=s.absent + 1))
    still = select(s.article_key).where(s.article_key.in_(missing), s.absent < _TWICE)
    connection.execute(
        update(t.article)
        .where(a.key.in_(missing), a.key.not_in(still), a.suspected.is_(None), a.ruling.is_(None))
        .values(suspected=now, suspicion=GONE)
    )


def _newest_first(entries: Collection[Sighting]) -> bool:
    dates = [sighting.published for sighting in entries]
    known = [date for date in dates if date is not None]
    if len(known) < len(dates):
        return False
    return sum(one >= other for one, other in pairwise(known)) >= _IN_ORDER * (len(known) - 1)


def _missing(connection: Connection, source_id: str, shown: Collection[int], oldest: datetime) -> list[int]:
    """The articles of a source that are newer than the oldest it shows and not among those shown."""
    if not shown:
        return []
    c, m, a = t.channel.c, t.membership.c, t.article.c
    here = select(c.id).where(c.kind == ChannelKind.SOURCE.value, c.slug == source_id).scalar_subquery()
    query = (
        select(m.article_key)
        .join(t.article, a.key == m.article_key)
        .where(m.channel_id == here, m.rank > min(shown) - _A_DAY, a.published > oldest)
        .order_by(m.rank.desc())
        .limit(_LOOKED_AT)
    )
    return [key for key in connection.execute(query).scalars() if key not in shown]


def _appear(connection: Connection, source_id: str, shown: Collection[int]) -> None:
    s, a = t.sighting.c, t.article.c
    for part in chunks(shown):
        back = list(connection.execute(*_absent(keys=part, source_id=source_id)).scalars())
        if back:
            here = (s.article_key.in_(back), s.source_id == source_id)
            connection.execute(update(t.sighting).where(*here).values(absent=0))
            doubted = (a.key.in_(back), a.suspicion == GONE)
            connection.execute(update(t.article).where(*doubted).values(suspected=None, suspicion=None))


@prepared
def _absent(keys: Any, source_id: Any) -> Executable:
    s = t.sighting.c
    return select(s.article_key).where(s.article_key.in_(keys), s.source_id == source_id, s.absent > 0)


def suspect_retraction(connection: Connection, keys: Collection[int], now: datetime) -> None:
    """Their source, or the page that their address leads to, says that it takes these articles back."""
    a = t.article.c
    if keys:
        connection.execute(
            update(t.article).where(a.key.in_(keys), a.suspected.is_(None)).values(suspected=now, suspicion=RETRACTED)
        )
