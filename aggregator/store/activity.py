"""How every source is, and how much was done of late: what an operator looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, RowMapping, case, func, select, type_coerce

from aggregator.cadence import by_hour
from aggregator.etiquette.leases import trouble
from aggregator.model import Health, HubLease, PollOutcome
from aggregator.store import tables as t
from aggregator.store.lease_rows import waiting, wanted
from aggregator.store.mapping import signals_of
from aggregator.store.records.sources import Hour, SourceStatus
from aggregator.store.rhythms import forecast_of, rhythm_of

_HOUR = timedelta(hours=1)


def source_statuses(connection: Connection) -> tuple[SourceStatus, ...]:
    """How every configured source is, by id."""
    seen = select(t.sighting.c.source_id, func.count()).group_by(t.sighting.c.source_id)
    counts: dict[str, int] = dict(connection.execute(seen).all())
    query = (
        select(t.source, t.schedule, t.outlet.c.title.label("outlet_title"))
        .outerjoin(t.schedule, t.schedule.c.source_id == t.source.c.id)
        .outerjoin(t.outlet, t.outlet.c.id == t.source.c.outlet_id)
        .where(t.source.c.configured)
        .order_by(t.source.c.id)
    )
    leases, queued = wanted(connection), waiting(connection)
    return tuple(
        _status(row, counts.get(row["id"], 0), leases.get(row["id"]), queued.get(row["id"], 0))
        for row in connection.execute(query).mappings()
    )


def _status(row: RowMapping, articles: int, lease: HubLease | None, waiting: int) -> SourceStatus:
    disabled = not row["enabled"] or row["withdrawn"]
    never = disabled or row["health"] == Health.GONE.value
    next_poll, why = _next(row)
    names = ("error", "since", "last_poll", "last_success", "articles_per_day", "interval_seconds", "moved_to")
    return SourceStatus(
        id=row["id"],
        outlet=row["outlet_id"],
        url=row["url"],
        title=row["title"] or row["feed_title"] or row["outlet_title"] or row["id"],
        health=Health.DISABLED if disabled else Health(row["health"] or Health.NEW.value),
        next_poll=None if never else next_poll,
        why="disabled" if disabled else "its publisher said that it is gone" if never else why,
        evidence="" if disabled else row["evidence"] or (trouble(lease) if lease else None) or "",
        forecast=None if disabled else forecast_of(row["forecast"]),
        failures=row["failures"] or 0,
        articles=articles,
        lease=None if disabled else lease,
        pushes_waiting=waiting,
        private=bool(row["private"]),
        signals=signals_of([*(row["signals"] or ()), *(row["host_signals"] or ())]),
        licence=row["licence"],
        by_hour=by_hour(rhythm) if (rhythm := rhythm_of(row["rhythm"])) else (),
        **{name: row[name] for name in names},
    )


def _next(row: RowMapping) -> tuple[datetime | None, str]:
    """When a source is asked next, and why then: one that was claimed waits for its floor, also where a kill ended its poll."""
    due, floor = row["next_poll"], row["not_before"]
    if due is None or floor is None or floor <= due:
        return due, row["why"] or ""
    return floor, "it was asked just now, and nothing has come of it yet" if row["lease_owner"] else row["why"]


def poll_outcomes(connection: Connection, since: datetime) -> dict[PollOutcome, int]:
    """How many polls ended how since then."""
    c = t.poll.c
    counted = select(c.outcome, func.count()).where(c.started >= since).group_by(c.outcome)
    found: dict[str, int] = dict(connection.execute(counted).all())
    return {outcome: found.get(outcome.value, 0) for outcome in PollOutcome}


def last_hours(connection: Connection, now: datetime, *, hours: int = 24) -> tuple[Hour, ...]:
    """The hours until `now`, oldest first, the one that runs last: also those in which nothing was done."""
    running = now.replace(minute=0, second=0, microsecond=0)
    begins = [running - _HOUR * ago for ago in reversed(range(hours))]
    c = t.poll.c
    number = type_coerce(c.started, BigInteger) // (_HOUR // timedelta(microseconds=1))
    # What a hub pushes brings articles, and is no poll of ours.
    polls = func.sum(case((c.outcome != PollOutcome.PUSHED.value, 1), else_=0))
    failed = func.sum(case((c.outcome.in_([one.value for one in PollOutcome if one.failed]), 1), else_=0))
    query = select(number, polls, failed, func.sum(c.new)).where(c.started >= begins[0]).group_by(number)
    found = {int(hour): (polls, failed, new) for hour, polls, failed, new in connection.execute(query)}
    counted = ((begin, found.get(int(begin.timestamp()) // 3600, (0, 0, 0))) for begin in begins)
    return tuple(Hour(began=begin, polls=polls, failed=failed, new=new) for begin, (polls, failed, new) in counted)
