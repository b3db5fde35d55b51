"""Configured author profiles → authors: their names and slugs win over what we found ourselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from aggregator.model import AuthorProfile, ChannelKind
from aggregator.store import tables as t
from aggregator.store.authors import folded, free_slugs
from aggregator.store.channels import bump, ensure
from aggregator.store.mapping import chunks, title_json
from aggregator.store.merging import merge_authors
from aggregator.store.parting import part


def apply_profiles(connection: Connection, profiles: Sequence[AuthorProfile], now: datetime) -> None:
    """Make authors agree with the configured profiles; who left them stays, without what they said."""
    a = t.author.c
    slugs = [profile.slug for profile in profiles]
    gone = list(connection.execute(select(a.id).where(a.configured, a.slug.not_in(slugs))).scalars())
    for id in gone:
        said = dict.fromkeys(("role", "bio", "url", "image"))
        connection.execute(update(t.author).where(a.id == id).values(configured=False, **said))
        # Another profile may claim them now: then it is a new slug of the same person, to which the old one forwards.
        connection.execute(update(t.author_alias).where(t.author_alias.c.author_id == id).values(configured=False))
        _tell(connection, id, now)
    claimed = [_apply(connection, profile, now) for profile in profiles]
    part(connection, {*gone, *(id for id in claimed if id is not None)}, now)
    c = t.channel.c
    theirs = c.slug.in_(slugs)
    authors = update(t.channel).where(c.kind == ChannelKind.AUTHOR.value, c.configured != theirs)
    connection.execute(authors.values(configured=theirs))


def _apply(connection: Connection, profile: AuthorProfile, now: datetime) -> int | None:
    """The author's id, if the profile no longer claims what it claimed."""
    names = _names(profile)
    row = _by_slug(connection, profile.slug)
    if row is not None and not row["configured"] and not _is_meant(row, profile, names):
        _move_aside(connection, row, now)
        row = None
    columns = _columns(profile)
    if row is None:
        _forget_redirect(connection, profile.slug)
        made = connection.execute(insert(t.author).values(columns).returning(t.author.c.id))
        id = made.scalar_one()
    else:
        id = row["id"]
    for other in _same_person(connection, profile, names, id):
        merge_authors(connection, other, id, profile.slug, now)
    if row is not None and any(row[name] != value for name, value in columns.items()):
        connection.execute(update(t.author).where(t.author.c.id == id).values(columns))
        _tell(connection, id, now)
    given_up = _claim(connection, id, profile, names)
    ensure(connection, [(ChannelKind.AUTHOR, profile.slug)], now)
    return id if given_up else None


def _names(profile: AuthorProfile) -> list[str]:
    return list(dict.fromkeys(folded(name) for name in (profile.name, *profile.aliases)))


def _is_meant(row: RowMapping, profile: AuthorProfile, names: Collection[str]) -> bool:
    return row["folded"] in names and (not profile.outlets or row["outlet_id"] in profile.outlets)


def _columns(profile: AuthorProfile) -> dict[str, Any]:
    return {
        "slug": profile.slug,
        "name": profile.name,
        "folded": folded(profile.name),
        "kind": profile.kind,
        "outlet_id": profile.outlets[0] if len(profile.outlets) == 1 else "",
        "configured": True,
        "role": title_json(profile.role),
        "bio": title_json(profile.bio),
        "url": profile.url,
        "image": profile.image,
    }


def _by_slug(connection: Connection, slug: str) -> RowMapping | None:
    return connection.execute(select(t.author).where(t.author.c.slug == slug)).mappings().first()


def _same_person(connection: Connection, profile: AuthorProfile, names: Collection[str], id: int) -> list[RowMapping]:
    """Authors found by themselves whose name now means the profile."""
    a, p = t.author_alias.c, t.author.c
    query = (
        select(t.author)
        .join(t.author_alias, a.author_id == p.id)
        .where(a.folded.in_(names), ~a.configured, ~p.configured, p.id != id)
    )
    if profile.outlets:
        query = query.where(a.outlet_id.in_(profile.outlets))
    return list({row["id"]: row for row in connection.execute(query).mappings()}.values())


def _move_aside(connection: Connection, row: RowMapping, now: datetime) -> None:
    """A profile takes the slug of somebody else, who gets another one. The old address is the profile's: no forwarding."""
    (slug,) = free_slugs(connection, [(row["name"], row["outlet_id"], row["kind"])])
    connection.execute(update(t.author).where(t.author.c.id == row["id"]).values(slug=slug))
    here = (t.channel.c.kind == ChannelKind.AUTHOR.value, t.channel.c.slug == row["slug"])
    connection.execute(update(t.channel).where(*here).values(slug=slug, version=t.channel.c.version + 1, changed=now))


def _forget_redirect(connection: Connection, slug: str) -> None:
    r = t.redirect.c
    connection.execute(delete(t.redirect).where(r.kind == ChannelKind.AUTHOR.value, r.old == slug))


def _tell(connection: Connection, author_id: int, now: datetime) -> None:
    """The profile's words changed: every channel that carries its articles shows them."""
    m, c = t.membership.c, t.credit.c
    query = (
        select(m.channel_id).join(t.credit, c.article_key == m.article_key).where(c.author_id == author_id, m.carried)
    )
    bump(connection, dict.fromkeys(connection.execute(query.distinct()).scalars(), 0), now)


def _claim(connection: Connection, id: int, profile: AuthorProfile, names: Collection[str]) -> bool:
    """The profile's names mean this author, everywhere or in its outlets, and no longer those it gave up, if any."""
    a = t.author_alias.c
    wanted = {(name, outlet) for name in names for outlet in (profile.outlets or ("",))}
    mine = select(a.folded, a.outlet_id).where(a.author_id == id, a.configured)
    given_up = [(name, outlet) for name, outlet in connection.execute(mine) if (name, outlet) not in wanted]
    for name, outlet in given_up:
        connection.execute(delete(t.author_alias).where(a.folded == name, a.outlet_id == outlet))
    held = {
        (name, outlet): (author_id, configured)
        for part in chunks(names)
        for name, outlet, author_id, configured in connection.execute(
            select(a.folded, a.outlet_id, a.author_id, a.configured).where(a.folded.in_(part))
        )
    }
    for name, outlet in wanted:
        values = {"author_id": id, "configured": True}
        if (name, outlet) not in held:
            connection.execute(insert(t.author_alias).values(folded=name, outlet_id=outlet, **values))
        elif held[name, outlet] != (id, True):
            connection.execute(update(t.author_alias).where(a.folded == name, a.outlet_id == outlet).values(values))
    return bool(given_up)
