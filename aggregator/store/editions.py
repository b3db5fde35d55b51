"""Editions: what is rendered of channels, kept until the channel changes; and which channels did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, delete, func, insert, or_, select, true, update

from aggregator.model import ChannelKind
from aggregator.store import tables as t
from aggregator.store.channels import Address, is_there
from aggregator.store.engine import one_writer
from aggregator.store.reading import state_of
from aggregator.store.records.channels import ChannelState, Edition, Rendered, RenderFailure

_NAMES = ("format", "version", "digest", "etag", "last_modified", "sizes")


def editions(connection: Connection, kind: ChannelKind, slug: str) -> tuple[ChannelState, Mapping[str, Edition]] | None:
    """A channel's state and what is kept of it, by format, as of one moment; None for a channel unknown."""
    c, r = t.channel.c, t.rendered.c
    channel = connection.execute(select(t.channel).where(c.kind == kind.value, c.slug == slug)).mappings().first()
    if channel is None:
        return None
    rows = connection.execute(select(t.rendered).where(r.channel_id == channel["id"])).mappings()
    return state_of(channel), {row["format"]: edition_of(kind, slug, row) for row in rows}


def edition_of(kind: ChannelKind, slug: str, row: Mapping[str, Any] | RowMapping) -> Edition:
    """A row of the table `rendered` as a value."""
    values: dict[str, Any] = {name: row[name] for name in _NAMES}
    return Edition(kind=kind, slug=slug, omitted=tuple(row["omitted"] or ()), **values)


def body(connection: Connection, edition: Edition, coding: str) -> bytes | None:
    """The bytes of an edition in a coding; None when another edition took its place, or it has none in this coding."""
    c, r, b = t.channel.c, t.rendered.c, t.rendered_body.c
    query = (
        select(b.body)
        .join(t.channel, c.id == b.channel_id)
        .join(t.rendered, and_(r.channel_id == b.channel_id, r.format == b.format))
        .where(c.kind == edition.kind.value, c.slug == edition.slug)
        .where(b.format == edition.format, b.coding == coding, r.etag == edition.etag)
    )
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)


def keep(
    connection: Connection, state: ChannelState, digest: str, rendered: Iterable[Rendered], error: str, now: datetime
) -> None:
    """Keep what was rendered of a channel, unless something newer is kept already; and `error`, unless it is empty."""
    one_writer(connection)
    id = _id(connection, state.kind, state.slug)
    if id is None or not _in_force(connection, digest):
        return
    c = t.rendered.c
    for one in rendered:
        here = (c.channel_id == id, c.format == one.edition.format)
        held = connection.execute(select(c.version).where(*here)).scalar()
        if held is not None and held > one.edition.version:
            continue
        values = {name: getattr(one.edition, name) for name in _NAMES}
        values |= {"omitted": list(one.edition.omitted), "made": now}
        if held is None:
            connection.execute(insert(t.rendered).values(channel_id=id, **values))
        else:
            connection.execute(update(t.rendered).where(*here).values(values))
        if one.bodies:
            _replace_bodies(connection, id, one)
    _keep_error(connection, id, state, digest, error, now)


def _in_force(connection: Connection, digest: str) -> bool:
    """Whether `digest` is of the configuration applied last: two processes with two of them must not take turns forever."""
    c = t.applied_configuration.c
    applied = connection.execute(select(c.digest).order_by(c.id.desc()).limit(1)).scalar()
    return applied is None or digest.startswith(f"{applied}:")


def _keep_error(connection: Connection, id: int, state: ChannelState, digest: str, error: str, now: datetime) -> None:
    connection.execute(delete(t.render_failure).where(t.render_failure.c.channel_id == id))
    if error:
        row = {"channel_id": id, "version": state.version, "digest": digest, "at": now, "error": error}
        connection.execute(insert(t.render_failure).values(row))


def _replace_bodies(connection: Connection, id: int, one: Rendered) -> None:
    b, format = t.rendered_body.c, one.edition.format
    connection.execute(delete(t.rendered_body).where(b.channel_id == id, b.format == format))
    rows = [{"channel_id": id, "format": format, "coding": coding, "body": body} for coding, body in one.bodies.items()]
    connection.execute(insert(t.rendered_body), rows)


def _id(connection: Connection, kind: ChannelKind, slug: str) -> int | None:
    c = t.channel.c
    return connection.execute(select(c.id).where(c.kind == kind.value, c.slug == slug)).scalar()


def outdated(
    connection: Connection,
    *,
    digest: str,
    formats: int,
    failed_before: datetime,
    limit: int,
    since: datetime | None = None,
) -> tuple[Address, ...]:
    """Channels that changed since they were rendered, those that somebody subscribed to first, then those rendered longest
    ago; what failed is tried again later. Of those that changed `since` then, where it is given.

    A channel is rendered when it has editions in all `formats` (their number) of its own version and of `digest`. None where
    `digest` is not in force: what is rendered then is not kept.
    """
    if not _in_force(connection, digest):
        return ()
    c, r, f = t.channel.c, t.rendered.c, t.render_failure.c
    fresh = and_(r.channel_id == c.id, r.version == c.version, r.digest == digest)
    made = select(func.max(r.made)).where(r.channel_id == c.id).scalar_subquery()
    s = t.subscription.c
    followed = case((select(s.id).where(s.kind == c.kind, s.slug == c.slug).exists(), 1), else_=0)
    failed = and_(f.version == c.version, f.digest == digest, f.at > failed_before)
    query = (
        select(c.kind, c.slug)
        .outerjoin(t.render_failure, f.channel_id == c.id)
        .where(is_there(), or_(f.channel_id.is_(None), ~failed))
        .where(true() if since is None else c.changed >= since)
        .where(select(func.count()).where(fresh).scalar_subquery() < formats)
        .order_by(followed.desc(), func.coalesce(made, 0), c.id)
        .limit(limit)
    )
    return tuple((ChannelKind(kind), slug) for kind, slug in connection.execute(query))


def failures(connection: Connection) -> tuple[RenderFailure, ...]:
    """The channels that could not be rendered, the latest first."""
    c, f = t.channel.c, t.render_failure.c
    query = select(c.kind, c.slug, f.at, f.error).join(t.channel, c.id == f.channel_id).order_by(f.at.desc(), c.id)
    rows = connection.execute(query)
    return tuple(RenderFailure(kind=ChannelKind(kind), slug=slug, at=at, error=error) for kind, slug, at, error in rows)
