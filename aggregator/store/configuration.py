"""A newsroom → the database: outlets, sources, schedules, channels, authors, and what that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, bindparam, insert, select, update

from aggregator.model import Channel, ChannelKind, Health, Newsroom, Section, Source
from aggregator.store import tables as t
from aggregator.store.agencies import join_agencies
from aggregator.store.channels import Address, bump, ensure
from aggregator.store.engine import one_writer
from aggregator.store.mapping import chunks
from aggregator.store.polls import schedule_columns
from aggregator.store.problems import end_problems
from aggregator.store.profiles import apply_profiles
from aggregator.store.records.upkeep import Applied, AppliedConfiguration
from aggregator.store.renaming import address_key, move_outlets, rename_sources
from aggregator.store.strangers import first_schedules
from aggregator.store.visibility import recompute

# A poll of the old address that is under way ends for nothing: it has lost its claim.
_CLAIM = ("asked", "lease_owner", "lease_until")
_OF_AN_ADDRESS = (
    "etag", "last_modified", "final_url", "headers_hash", "body_hash", "retry_after", "move_to", "move_since", "moved_to",
    *_CLAIM,
)  # fmt: skip

_KEPT_FILES = 20


def apply(connection: Connection, newsroom: Newsroom, now: datetime) -> Applied:
    """Make the database agree with a configuration. It deletes nothing: what left the configuration is marked."""
    one_writer(connection)
    before = in_force(connection)
    renamed = rename_sources(connection, newsroom.sources, now)
    move_outlets(connection, newsroom.sources, now)
    _apply_outlets(connection, newsroom)
    held = _sources(connection)
    reopened = _apply_sources(connection, newsroom.sources, held)
    _apply_addresses(connection, newsroom.sources, now)
    _apply_schedules(connection, newsroom.sources, held, now)
    changed = _apply_channels(connection, newsroom, now)
    apply_profiles(connection, newsroom.authors, now)
    join_agencies(connection, now)
    _recompute(connection, reopened, now)
    end_problems(connection, {source.id for source in newsroom.sources if source.enabled and not source.withdrawn}, now)
    _keep_digest(connection, newsroom, now)
    ids = {source.id for source in newsroom.sources}
    configured = {id for id, row in held.items() if row["configured"]}
    every = {channel.slug for channel in newsroom.channels if not channel.removed} if reopened else set()
    return Applied(
        changed_channels=frozenset(changed[ChannelKind.CHANNEL] | every),
        changed_sections=frozenset(changed[ChannelKind.SECTION]) if before else frozenset(),
        new_sources=tuple(sorted(ids - configured)),
        lost_sources=tuple(sorted(configured - ids)),
        renamed=renamed,
    )


def in_force(connection: Connection) -> str | None:
    """The digest of the configuration that was last applied."""
    c = t.applied_configuration.c
    digest: str | None = connection.execute(select(c.digest).order_by(c.id.desc()).limit(1)).scalar()
    return digest


def in_force_since(connection: Connection) -> datetime | None:
    """When the configuration was applied that is in force."""
    c = t.applied_configuration.c
    since: datetime | None = connection.execute(select(c.at).order_by(c.id.desc()).limit(1)).scalar()
    return since


def _keep_digest(connection: Connection, newsroom: Newsroom, now: datetime) -> None:
    if in_force(connection) != newsroom.digest:
        counts = {
            name: len(getattr(newsroom, name)) for name in ("outlets", "sources", "sections", "authors", "channels")
        }
        row = {"at": now, "digest": newsroom.digest, "summary": counts, "files": dict(newsroom.files)}
        connection.execute(insert(t.applied_configuration).values(row))
        c = t.applied_configuration.c
        latest = select(c.id).order_by(c.id.desc()).limit(_KEPT_FILES)
        connection.execute(update(t.applied_configuration).where(c.id.not_in(latest)).values(files=None))


def applied(connection: Connection, limit: int) -> tuple[AppliedConfiguration, ...]:
    """The configurations that were in force, the last one first."""
    c = t.applied_configuration.c
    query = select(c.at, c.digest, c.files).order_by(c.id.desc()).limit(limit)
    return tuple(
        AppliedConfiguration(at=at, digest=digest, files=files or {}) for at, digest, files in connection.execute(query)
    )


def _apply_outlets(connection: Connection, newsroom: Newsroom) -> None:
    rows = {
        outlet.id: {
            "id": outlet.id,
            "title": outlet.title,
            "url": outlet.url,
            "country": outlet.country,
            "language": outlet.language,
            "configured": True,
        }
        for outlet in newsroom.outlets
    }
    upsert(connection, t.outlet, rows, _held(connection, t.outlet))
    _unconfigure(connection, t.outlet, rows)


def _sources(connection: Connection) -> dict[str, RowMapping]:
    return _held(connection, t.source)


def _held(connection: Connection, table: Table) -> dict[str, RowMapping]:
    return {row["id"]: row for row in connection.execute(select(table)).mappings()}


def _apply_sources(connection: Connection, sources: Collection[Source], held: Mapping[str, RowMapping]) -> set[str]:
    """The ids of sources that are now open to other readers than before."""
    rows = {
        source.id: {
            "id": source.id,
            "outlet_id": source.outlet.id,
            "url": source.public_url,
            "title": source.title,
            "republish": source.republish.value,
            "summary_length": source.summary_length,
            "pictures": source.pictures,
            "attribution": source.attribution,
            "licence": source.licence,
            "delay_minutes": source.delay.total_seconds() / 60,
            "keep_days": source.keep.total_seconds() / 86400,
            "private": source.private,
            "withdrawn": source.withdrawn,
            "enabled": source.enabled,
            "configured": True,
        }
        for source in sources
    }
    upsert(connection, t.source, rows, held)
    _unconfigure(connection, t.source, rows)
    flags = ("private", "withdrawn")
    return {id for id, row in rows.items() if id in held and any(held[id][name] != row[name] for name in flags)}


def upsert(
    connection: Connection, table: Table, rows: Mapping[str, dict[str, Any]], held: Mapping[str, RowMapping]
) -> None:
    """Insert what is missing, update what differs, by `id`."""
    fresh = [row for id, row in rows.items() if id not in held]
    if fresh:
        connection.execute(insert(table), fresh)
    changed = [row for id, row in rows.items() if id in held and any(held[id][name] != row[name] for name in row)]
    if changed:
        names = [name for name in changed[0] if name != "id"]
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}", type_=table.c[name].type) for name in names}),
            [{f"b_{name}": value for name, value in row.items()} for row in changed],
        )


def _unconfigure(connection: Connection, table: Table, ids: Collection[str]) -> None:
    gone = [id for id in connection.execute(select(table.c.id).where(table.c.configured)).scalars() if id not in ids]
    for part in chunks(gone):
        connection.execute(update(table).where(table.c.id.in_(part)).values(configured=False))


def _apply_addresses(connection: Connection, sources: Iterable[Source], now: datetime) -> None:
    c = t.source_url.c
    held = dict(connection.execute(select(c.url, c.source_id)).all())
    for source in sources:
        url = address_key(source)
        if url not in held:
            connection.execute(insert(t.source_url).values(url=url, source_id=source.id, first_seen=now))
            held[url] = source.id
        elif held[url] != source.id:
            connection.execute(update(t.source_url).where(c.url == url).values(source_id=source.id))


def _apply_schedules(
    connection: Connection, sources: Iterable[Source], held: Mapping[str, RowMapping], now: datetime
) -> None:
    """A new source is due as soon as its server lets us, and one with a new address is asked anew."""
    there = set(connection.execute(select(t.schedule.c.source_id)).scalars())
    if fresh := [source for source in sources if source.id not in there]:
        first = first_schedules(connection, fresh, now)
        connection.execute(insert(t.schedule), [schedule_columns(schedule) for schedule in first])
    elsewhere = [source for source in sources if source.id in held and held[source.id]["url"] != source.public_url]
    moved = [source.id for source in elsewhere if not _confirms_move(connection, source)]
    for part in chunks(moved):
        # Where it is pushed from is another place's word.
        connection.execute(update(t.source).where(t.source.c.id.in_(part)).values(hubs=None, topic=None))
        connection.execute(
            update(t.schedule)
            .where(t.schedule.c.source_id.in_(part))
            .values(
                next_poll=now,
                why="its address changed",
                health=Health.NEW.value,
                since=None,
                evidence="",
                failing_since=None,
                first_document=True,
                failures=0,
                error=None,
                move_seen=0,
                unheeded=0,
                overlaps=True,
                **dict.fromkeys(_OF_AN_ADDRESS),
            )
        )
    for schedule in first_schedules(connection, (source for source in elsewhere if source.id in moved), now):
        if schedule.retry_after is not None:
            values = {
                name: getattr(schedule, name)
                for name in ("next_poll", "not_before", "retry_after", "why", "error", "evidence")
            }
            connection.execute(update(t.schedule).where(t.schedule.c.source_id == schedule.source_id).values(values))


def _confirms_move(connection: Connection, source: Source) -> bool:
    """The operator wrote down the address that was adopted already: everything that is known of it holds."""
    c = t.schedule.c
    here = (c.source_id == source.id, c.moved_to == source.url)
    home = dict.fromkeys(("moved_to", *_CLAIM))
    return connection.execute(update(t.schedule).where(*here).values(home)).rowcount == 1


def _apply_channels(connection: Connection, newsroom: Newsroom, now: datetime) -> dict[ChannelKind, set[str]]:
    """Channels of everything configured; the slugs of those whose definition changed, by kind."""
    wanted: dict[Address, dict[str, Any]] = {
        **{(ChannelKind.SECTION, one.slug): _defined(_section_rules(one)) for one in newsroom.sections},
        **{
            (ChannelKind.OUTLET, one.id): _defined("") | {"private": newsroom.is_private(one)}
            for one in newsroom.outlets
        },
        **{(ChannelKind.SOURCE, one.id): _sources_own(one) for one in newsroom.sources},
        **{(ChannelKind.CHANNEL, one.slug): _operators(one) for one in newsroom.channels},
    }
    rows = ensure(connection, list(wanted), now)
    changed: dict[ChannelKind, set[str]] = {kind: set() for kind in ChannelKind}
    for (kind, slug), columns in wanted.items():
        row = rows[kind, slug]
        if row["definition"] != columns["definition"]:
            changed[kind].add(slug)
        if any(row[name] != value for name, value in columns.items()):
            connection.execute(update(t.channel).where(t.channel.c.id == row["id"]).values(columns))
            bump(connection, {row["id"]: 0}, now)
    _unconfigure_channels(connection, wanted)
    return changed


def _unconfigure_channels(connection: Connection, wanted: Collection[Address]) -> None:
    c = t.channel.c
    query = select(c.id, c.kind, c.slug).where(c.configured, c.kind != ChannelKind.AUTHOR.value)
    gone = [id for id, kind, slug in connection.execute(query) if (ChannelKind(kind), slug) not in wanted]
    for part in chunks(gone):
        connection.execute(update(t.channel).where(c.id.in_(part)).values(configured=False))


def _defined(rules: str) -> dict[str, Any]:
    return {"definition": _hash(rules) if rules else "", "configured": True}


def _section_rules(section: Section) -> str:
    return repr((section.title, section.countries, section.categories, section.paths, section.keywords, section.exclude,
                 section.parent, section.pin, section.bar))  # fmt: skip


def _sources_own(source: Source) -> dict[str, Any]:
    return _defined("") | {"private": source.private, "removed": source.withdrawn}


def _operators(channel: Channel) -> dict[str, Any]:
    how = (channel.where, channel.stories, channel.order, channel.private, channel.removed)
    return {
        "definition": _hash(repr(how)),
        "configured": True,
        "removed": channel.removed,
        "ordering": channel.order.value,
        "stories": channel.stories.mode,
        "prefer": list(channel.stories.prefer),
        "private": channel.private,
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _recompute(connection: Connection, sources: Collection[str], now: datetime) -> None:
    """Look again at every article of sources that changed their openness."""
    c, a = t.sighting.c, t.article.c
    for id in sorted(sources):
        last = -1
        while True:
            seen = select(c.article_key).where(c.source_id == id, c.article_key > last)
            passed_on = select(a.key).where(a.relayed == id, a.key > last)
            query = seen.union(passed_on).order_by("article_key")
            keys = list(connection.execute(query.limit(500)).scalars())
            if not keys:
                break
            recompute(connection, keys, now)
            last = keys[-1]
