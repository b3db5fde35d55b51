"""Schedules and polls: what is due, who polls it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, insert, select, update

from aggregator.errors import Trouble
from aggregator.health.judging import SLOW_SECONDS
from aggregator.health.outage import says_that_we_are_well
from aggregator.model import Health, HubLease, Move, Poll, PollOutcome, Refusal, Request, Schedule, Validators, Vitals
from aggregator.store import tables as t
from aggregator.store.channels import bump
from aggregator.store.hosts import keep_refusal
from aggregator.store.lease_rows import keep_trust, wanted
from aggregator.store.mapping import signals_json, storable
from aggregator.store.prepared import prepared
from aggregator.store.problems import end_outage, note
from aggregator.store.records.sources import FeedFacts
from aggregator.store.rhythms import forecast_column, forecast_of, rhythm_column, rhythm_of

_VITALS = ("seconds", "last_news", "watched_since", "failing_since")
_VALIDATORS = ("etag", "last_modified", "final_url", "headers_hash")
_PLAIN = (
    "source_id", "next_poll", "why", "not_before", "retry_after", "body_hash", "last_poll", "last_success", "failures",
    "error", "since", "evidence", "first_document", "interval_seconds", "articles_per_day", "moved_to", "overlaps",
    "unheeded",
)  # fmt: skip


def schedule_of(row: RowMapping, lease: HubLease | None = None) -> Schedule:
    """A schedule's row as a value, with the lease that its source has at a hub."""
    return Schedule(
        **{name: row[name] for name in _PLAIN},
        health=Health(row["health"]),
        move=_move(row),
        validators=Validators(**{name: row[name] for name in _VALIDATORS}),
        vitals=Vitals(longest_silence=_span(row["longest_silence"]), **{name: row[name] for name in _VITALS}),
        rhythm=rhythm_of(row["rhythm"]),
        forecast=forecast_of(row["forecast"]),
        lease=lease,
        owner=row["lease_owner"],
    )


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def schedule_columns(schedule: Schedule) -> dict[str, Any]:
    """A schedule as its row; nobody polls it."""
    columns = {name: getattr(schedule, name) for name in _PLAIN}
    columns |= {name: getattr(schedule.validators, name) for name in _VALIDATORS}
    columns |= {name: getattr(schedule.vitals, name) for name in _VITALS}
    silence = schedule.vitals.longest_silence
    columns["longest_silence"] = silence and silence.total_seconds()
    columns |= {name: storable(value) for name, value in columns.items() if isinstance(value, str)}
    columns |= {"rhythm": rhythm_column(schedule.rhythm), "forecast": forecast_column(schedule.forecast)}
    columns |= {"move_to": None, "move_since": None, "move_seen": 0}
    if move := schedule.move:
        columns |= {"move_to": storable(move.to), "move_since": move.since, "move_seen": move.seen}
    return columns | {"health": schedule.health.value, "asked": None, "lease_owner": None, "lease_until": None}


def _move(row: RowMapping) -> Move | None:
    to, since = row["move_to"], row["move_since"]
    return Move(to=to, since=since, seen=row["move_seen"]) if to and since else None


def schedules(connection: Connection) -> dict[str, Schedule]:
    """Every source's schedule by its id."""
    leases, rows = wanted(connection), connection.execute(select(t.schedule)).mappings()
    return {row["source_id"]: schedule_of(row, leases.get(row["source_id"])) for row in rows}


def slow_sources(connection: Connection) -> frozenset[str]:
    """Those that answer slowly, or not at all."""
    c = t.schedule.c
    return frozenset(connection.execute(select(c.source_id).where(c.seconds > SLOW_SECONDS)).scalars())


def owner_of(connection: Connection, url: str) -> str | None:
    """The source that is, or ever was, at an address."""
    owner: str | None = connection.execute(
        select(t.source_url.c.source_id).where(t.source_url.c.url == url)
    ).scalar_one_or_none()
    return owner


def lost(connection: Connection, schedule: Schedule) -> bool:
    """Whether the claim under which a schedule was made is over: its source has another address or id, or somebody else has
    it."""
    held = connection.execute(*_owner(source_id=schedule.source_id)).first()
    return held is None or held.lease_owner != schedule.owner


@prepared
def _owner(source_id: Any) -> Executable:
    c = t.schedule.c
    return select(c.lease_owner).where(c.source_id == source_id).with_for_update()


def log(connection: Connection, poll: Poll) -> None:
    """What a server saw of us."""
    connection.execute(_LOG, _poll_columns(poll))


def record(connection: Connection, schedule: Schedule, poll: Poll, facts: FeedFacts | None = None) -> bool:
    """What came of a poll: its place in the log, the schedule after it, what the feed says of itself. False: the log alone, for
    its claim was lost."""
    log(connection, poll)
    if lost(connection, schedule):
        return False
    columns = schedule_columns(schedule)
    ended = note(connection, schedule.source_id, schedule.health, schedule.evidence, poll.finished)
    if ended == Health.HELD and schedule.health is not Health.GONE:
        _let_go(connection, schedule.source_id)
    answered = poll.status is not None and not (poll.requests and poll.requests[-1].own)
    if says_that_we_are_well(answered=answered, trouble=poll.trouble):
        end_outage(connection, poll.finished)
    connection.execute(_RECORD, {**columns, "b_source_id": schedule.source_id})
    if schedule.moved_to is not None and owner_of(connection, schedule.moved_to) is None:
        alias = {"url": schedule.moved_to, "source_id": schedule.source_id, "first_seen": poll.finished}
        connection.execute(insert(t.source_url).values(alias))
    if schedule.lease is not None:
        keep_trust(connection, schedule.lease)
    if facts is not None:
        _keep_facts(connection, schedule.source_id, facts, poll.finished)
    return True


_RECORD = update(t.schedule).where(t.schedule.c.source_id == bindparam("b_source_id"))
_LOG = insert(t.poll)


def _let_go(connection: Connection, source_id: str) -> None:
    """Nothing of the source is held back any more."""
    values = {"since": None, "seen": None, "document": None, "evidence": None, "reason": ""}
    connection.execute(update(t.held).where(t.held.c.source_id == source_id).values(values))


def record_refusal(
    connection: Connection, schedule: Schedule, poll: Poll, refusal: Refusal, siblings: Iterable[str]
) -> None:
    """A poll that was answered 429 or 503, and what that means for its host."""
    record(connection, schedule, poll)
    keep_refusal(connection, refusal, siblings)


def _poll_columns(poll: Poll) -> dict[str, Any]:
    names = ("source_id", "started", "finished", "status", "received", "entries", "new", "revised")
    columns = {name: getattr(poll, name) for name in names} | {"outcome": poll.outcome.value}
    columns["error"] = poll.error and storable(poll.error)
    columns["trouble"] = poll.trouble and poll.trouble.value
    columns["requests"] = [asdict(request) for request in poll.requests] or None
    return columns


def _poll(row: RowMapping) -> Poll:
    names = ("source_id", "started", "finished", "status", "received", "entries", "new", "revised", "error")
    return Poll(
        **{name: row[name] for name in names},
        outcome=PollOutcome(row["outcome"]),
        trouble=Trouble(row["trouble"]) if row["trouble"] else None,
        requests=requests_of(row["requests"]),
    )


def requests_of(value: Sequence[dict[str, Any]] | None) -> tuple[Request, ...]:
    """The requests of a poll's row."""
    return tuple(Request(**request) for request in value or ())


def _keep_facts(connection: Connection, source_id: str, facts: FeedFacts, now: datetime) -> None:
    values = {
        "feed_title": storable(facts.title) or None,
        "site_url": facts.site_url and storable(facts.site_url),
        "hubs": [storable(hub) for hub in facts.hubs] or None,
        "topic": facts.topic and storable(facts.topic),
        "signals": signals_json(facts.signals),
    }
    held = connection.execute(*_facts(source_id=source_id)).mappings().first()
    if held is None:
        return
    values["feed_id"] = held["feed_id"] or (facts.id and storable(facts.id))  # for ever (RFC 4287 §4.2.6)
    if all(held[name] == value for name, value in values.items()):
        return
    told = held["signals"] != values["signals"]
    # It may name a licence that nobody has read yet: what its host reserves is asked for anew.
    asked = {"host_asked": None} if told else {}
    connection.execute(update(t.source).where(t.source.c.id == source_id).values(**values, **asked))
    if told or held["feed_id"] != values["feed_id"]:
        tell_changes(connection, source_id, now)


@prepared
def _facts(source_id: Any) -> Executable:
    c = t.source.c
    return select(c.feed_title, c.feed_id, c.site_url, c.hubs, c.topic, c.signals).where(c.id == source_id)


def tell_changes(connection: Connection, source_id: str, now: datetime) -> None:
    """What is shown of every article of a source changed: the channels that carry any say something else now."""
    s, m = t.sighting.c, t.membership.c
    seen = select(s.article_key).where(s.source_id == source_id)
    query = select(m.channel_id).where(m.article_key.in_(seen), m.carried).distinct()
    bump(connection, dict.fromkeys(connection.execute(query).scalars(), 0), now)


def poll_log(connection: Connection, source_ids: Iterable[str] = (), *, limit: int = 50) -> tuple[Poll, ...]:
    """The last polls, newest first, of some sources or of all."""
    query = select(t.poll).order_by(t.poll.c.started.desc(), t.poll.c.id.desc()).limit(limit)
    if wanted := list(source_ids):
        query = query.where(t.poll.c.source_id.in_(wanted))
    return tuple(_poll(row) for row in connection.execute(query).mappings())
