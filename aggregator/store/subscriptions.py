"""Subscriptions to our channels: what of them is due follows from what they have and what is rendered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)

from aggregator.model import HUB_CLOSED, TOPIC_GONE, ChannelKind, Mode, Subscription, Topic
from aggregator.store import tables as t
from aggregator.store.channels import is_there
from aggregator.store.editions import edition_of
from aggregator.store.engine import insert_of, one_writer
from aggregator.store.mapping import chunks
from aggregator.store.problems import DELIVERIES, GIVEN_UP, is_open, note_problem
from aggregator.store.records.channels import Edition
from aggregator.store.records.hub import Delivery, FollowedChannel, HubState, TroubledSubscription

_DELIVERY = ("told", "told_at", "skipped", "failures", "failing_since", "due", "error")
_NO_PAUSE = timedelta(days=2)
_NAMED = 5
_REST = ("callback", "secret", "since", "until")
Row = Mapping[str, Any] | RowMapping


def is_public() -> ColumnElement[bool]:
    """Whether a row of `channel` can be a topic: what is private has no hub."""
    return and_(is_there(), not_(t.channel.c.private))


def due(connection: Connection, now: datetime, limit: int, since: datetime | None = None) -> tuple[Delivery, ...]:
    """Subscriptions that lack what is rendered of their topic, those first that waited longest; where `since` is given, of those
    that came due since then, by themselves or because their topic was rendered."""
    s, r = t.subscription.c, t.rendered.c
    query = (
        _lacking(select(t.subscription, r.channel_id))
        .where(s.until > now, _is_due(now))
        .where(true() if since is None else s.id.in_(_lately(since, now)))
        .order_by(s.due, s.id)
        .limit(limit)
    )
    held = [(row["channel_id"], subscription_of(row)) for row in connection.execute(query).mappings()]
    # What thousands follow is read once, and not with each of them.
    editions = _editions(connection, {channel_id: one.topic for channel_id, one in held}) if held else {}
    return tuple(Delivery(subscription=one, edition=editions[id, one.topic.format]) for id, one in held)


def _editions(connection: Connection, channels: Mapping[int, Topic]) -> dict[tuple[int, str], Edition]:
    r = t.rendered.c
    found: dict[tuple[int, str], Edition] = {}
    for part in chunks(channels):
        for row in connection.execute(select(t.rendered).where(r.channel_id.in_(part))).mappings():
            topic = channels[row["channel_id"]]
            found[row["channel_id"], row["format"]] = edition_of(topic.kind, topic.slug, row)
    return found


def _lacking(query: Select[Any]) -> Select[Any]:
    """Of subscriptions those that have not what is rendered of their topic."""
    s, c, r = t.subscription.c, t.channel.c, t.rendered.c
    joined = query.join(t.channel, and_(c.kind == s.kind, c.slug == s.slug))
    joined = joined.join(t.rendered, and_(r.channel_id == c.id, r.format == s.format))
    return joined.where(is_public(), r.etag != s.told, r.etag != s.skipped)


def _lately(since: datetime, now: datetime) -> CompoundSelect[Any]:
    s, c, r = t.subscription.c, t.channel.c, t.rendered.c
    topics = select(s.id).select_from(t.rendered).join(t.channel, c.id == r.channel_id)
    followed = topics.join(t.subscription, and_(s.kind == c.kind, s.slug == c.slug, s.format == r.format))
    return followed.where(r.made >= since).union_all(select(s.id).where(s.due >= since, s.due <= now))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Nothing is put off for longer than a day: a clock that ran ahead is not waited for."""
    due = t.subscription.c.due
    return or_(due <= now, due > now + _NO_PAUSE)


def subscription_of(row: Row) -> Subscription:
    """A row as a value."""
    return Subscription(topic=topic_of(row), **{name: row[name] for name in (*_REST, *_DELIVERY)})


def topic_of(row: Row) -> Topic:
    return Topic(kind=ChannelKind(row["kind"]), slug=row["slug"], format=row["format"])


def claim(connection: Connection, ids: Collection[str], now: datetime, until: datetime) -> frozenset[str]:
    """Of these subscriptions those that are ours to deliver to `until`: nobody else took them, or told them, meanwhile."""
    s, claimed = t.subscription.c, set[str]()
    for part in chunks(ids):
        lacking = _lacking(select(s.id).select_from(t.subscription)).where(s.id.in_(part))
        claim = update(t.subscription).where(s.id.in_(lacking), _is_due(now))
        taken = claim.values(due=until).returning(s.id)
        claimed.update(connection.execute(taken).scalars())
    return frozenset(claimed)


def renew(connection: Connection, claims: Mapping[str, datetime], until: datetime) -> None:
    """Whoever delivers to these still does; not of those that were settled meanwhile. `claims` are until when, by id."""
    s, due = t.subscription.c, bindparam("b_due", type_=t.subscription.c.due.type)
    if claims:
        held = [{"b_id": id, "b_due": claimed} for id, claimed in claims.items()]
        query = update(t.subscription).where(s.id == bindparam("b_id"), s.due == due)
        connection.execute(query.values(due=until), held)


def settle(connection: Connection, kept: Iterable[Subscription], ended: Collection[str]) -> None:
    """Write down what became of deliveries; `ended` are the ids of subscriptions that are over."""
    s = t.subscription.c
    if rows := [{"b_id": one.id, **{name: getattr(one, name) for name in _DELIVERY}} for one in kept]:
        known: dict[str, Any] = {name: bindparam(name) for name in _DELIVERY}
        connection.execute(update(t.subscription).where(s.id == bindparam("b_id")).values(known), rows)
    for part in chunks(ended):
        connection.execute(delete(t.subscription).where(s.id.in_(part)))


def items(connection: Connection, etags: Collection[str]) -> dict[str, frozenset[str]]:
    """The hashes of the items of editions that somebody has, by entity tag; of those that are known."""
    c, found = t.edition_items.c, dict[str, frozenset[str]]()
    for part in chunks(etags):
        rows = connection.execute(select(c.etag, c["items"]).where(c.etag.in_(part)))
        found |= {etag: frozenset(hashes) for etag, hashes in rows}
    return found


def has_items(connection: Connection, etag: str) -> bool:
    """Whether it is remembered what an edition consists of."""
    e = t.edition_items.c
    return connection.execute(select(e.etag).where(e.etag == etag)).scalar() is not None


def keep_items(connection: Connection, etag: str, hashes: Collection[str]) -> None:
    """Remember what an edition consists of."""
    kept = insert_of(connection, t.edition_items).values(etag=etag, items=list(hashes))
    connection.execute(kept.on_conflict_do_nothing())


def end_lost(connection: Connection, now: datetime, *, everyone: bool) -> int:
    """End subscriptions whose topic is gone or private now, or all of them where our hub is closed; their callbacks are told
    (WebSub §5.2). How many there were."""
    s, c = t.subscription.c, t.channel.c
    query = select(t.subscription)
    if not everyone:
        joined = query.outerjoin(t.channel, and_(c.kind == s.kind, c.slug == s.slug))
        query = joined.where(or_(c.id.is_(None), not_(is_public())))
    if connection.execute(query.limit(1)).first() is None:
        return 0
    one_writer(connection)
    lost = connection.execute(query).mappings().all()
    for row in lost:
        connection.execute(delete(t.intent).where(t.intent.c.id == row["id"]))
        copied = {name: row[name] for name in ("id", "kind", "slug", "format", "callback", "host", "told")}
        told = {
            "mode": Mode.DENIED.value,
            "reason": HUB_CLOSED if everyone else TOPIC_GONE,
            "asked": now,
            "due": now,
            "lease_seconds": 0,
            "attempts": 0,
        }
        connection.execute(insert(t.intent).values(**copied, **told))
    for part in chunks([row["id"] for row in lost]):
        connection.execute(delete(t.subscription).where(s.id.in_(part)))
    return len(lost)


def forget(connection: Connection, now: datetime) -> int:
    """Forget subscriptions whose lease ended, and what nobody has any more; how many ended."""
    s, i, e = t.subscription.c, t.intent.c, t.edition_items.c
    ended = connection.execute(delete(t.subscription).where(s.until <= now)).rowcount
    used = or_(e.etag.in_(select(s.told)), e.etag.in_(select(i.told)))
    connection.execute(delete(t.edition_items).where(not_(used)))
    return ended


def followed(connection: Connection, now: datetime) -> tuple[FollowedChannel, ...]:
    """How many subscriptions each channel has, all formats together."""
    s = t.subscription.c
    query = select(s.kind, s.slug, func.count()).where(s.until > now).group_by(s.kind, s.slug)
    rows = connection.execute(query.order_by(s.kind, s.slug))
    return tuple(FollowedChannel(kind=ChannelKind(kind), slug=slug, count=count) for kind, slug, count in rows)


def state(connection: Connection, now: datetime, given_up_after: int) -> HubState:
    """Our hub in figures."""
    s, i = t.subscription.c, t.intent.c
    live = s.until > now
    query = select(
        func.count(), func.count(s.host.distinct()), func.coalesce(func.sum(_one(s.failures > 0)), 0),
        func.coalesce(func.sum(_one(s.failures > given_up_after)), 0), func.max(s.told_at),
    ).where(live)  # fmt: skip
    all_of_them, hosts, failing, given_up, told_at = connection.execute(query).one()
    return HubState(
        subscriptions=all_of_them,
        hosts=hosts,
        failing=failing,
        given_up=given_up,
        told_at=told_at,
        asked=connection.execute(
            select(func.count()).select_from(t.intent).where(i.mode != Mode.DENIED.value)
        ).scalar_one(),
    )


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def troubled(connection: Connection, now: datetime, limit: int) -> tuple[TroubledSubscription, ...]:
    """Subscriptions that deliveries fail for, those that have failed longest first."""
    s = t.subscription.c
    query = select(t.subscription).where(s.until > now, s.failures > 0).order_by(s.failing_since, s.id).limit(limit)
    return tuple(
        TroubledSubscription(
            topic=topic_of(row),
            host=row["host"],
            failures=row["failures"],
            since=row["failing_since"],
            next=row["due"],
            error=row["error"],
        )
        for row in connection.execute(query).mappings()
    )


def note_given_up(connection: Connection, now: datetime, after: int) -> None:
    """Subscriptions that deliveries failed for more than `after` times in a row are a problem for operators to see."""
    s = t.subscription.c
    count = func.count()
    query = select(s.host, count).where(s.until > now, s.failures > after).group_by(s.host)
    hosts = connection.execute(query.order_by(count.desc(), s.host)).all()
    word = GIVEN_UP if hosts else None
    if word or is_open(connection, DELIVERIES):
        one_writer(connection)
        said = [f"{host} ({number})" for host, number in hosts[:_NAMED]]
        said += [f"{len(hosts) - _NAMED} other hosts"] if len(hosts) > _NAMED else []
        note_problem(connection, DELIVERIES, word, ", ".join(said), now)
