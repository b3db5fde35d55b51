"""Printed names → authors: whom a name means in an outlet, and the slug of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, exists, func, insert, select, update

from aggregator.model import ChannelKind, Credit
from aggregator.query.words import name_key
from aggregator.store import tables as t
from aggregator.store.channels import ensure, is_there
from aggregator.store.mapping import chunks, index_key, storable, title_of
from aggregator.store.marks import is_of_all, marks, recognise, remember
from aggregator.store.reading import redirect
from aggregator.store.records.channels import AuthorRecord
from aggregator.text import one_line, tokens

_SLUG_LENGTH = 80
RESERVED = frozenset({"none"})


@dataclass(frozen=True, slots=True)
class Known:
    """An author as far as a credit needs it; `lacks` names what a feed may add: url, image."""

    id: int
    slug: str
    lacks: tuple[str, ...] = ()


def folded(name: str) -> str:
    """A name as it is looked up."""
    return index_key(name_key(name))


def resolve(connection: Connection, outlet_id: str, named: Iterable[Credit], now: datetime) -> dict[str, Known]:
    """The author of each credit by its folded name, made where nobody has that name in the outlet yet."""
    unique: dict[str, Credit] = {}
    for credit in named:
        if one_line(credit.name):
            unique.setdefault(folded(credit.name), credit)
    names = {name: _names(credit) for name, credit in unique.items()}
    held = _meanings(connection, outlet_id, {form for forms in names.values() for form in forms})
    authors: dict[str, Known] = {}
    strangers: dict[str, Credit] = {}
    for name, credit in unique.items():
        author = next((held[form] for form in names[name] if form in held), None)
        if author:
            authors[name] = author
        else:
            strangers[name] = credit
    _complete(connection, {name: (authors[name], unique[name]) for name in authors})
    if strangers:
        authors |= _meet(connection, outlet_id, strangers, now)
    return authors


def _complete(connection: Connection, met: dict[str, tuple[Known, Credit]]) -> None:
    """A page or a portrait that a feed gives of somebody who had none."""
    for author, credit in met.values():
        given = {part: getattr(credit, part) for part in author.lacks if getattr(credit, part)}
        if given:
            values = {part: storable(value) for part, value in given.items()}
            connection.execute(update(t.author).where(t.author.c.id == author.id).values(values))


def _meet(connection: Connection, outlet_id: str, strangers: dict[str, Credit], now: datetime) -> dict[str, Known]:
    """Strangers by name: whom we know otherwise, and those whom we do not know. Who comes twice in other words is one."""
    authors = _known_otherwise(connection, outlet_id, strangers)
    fresh = {name: credit for name, credit in strangers.items() if name not in authors}
    firsts: dict[str, Credit] = {}
    for name, credit in fresh.items():
        if not any(set(marks(credit, outlet_id)) & set(marks(other, outlet_id)) for other in firsts.values()):
            firsts[name] = credit
    if firsts:
        authors |= _create(connection, outlet_id, firsts, now)
        others = {name: credit for name, credit in fresh.items() if name not in firsts}
        if others:
            authors |= _meet(connection, outlet_id, others, now)
    return authors


def _known_otherwise(connection: Connection, outlet_id: str, strangers: dict[str, Credit]) -> dict[str, Known]:
    """Who is recognised bears the new name too from now on."""
    ids = recognise(connection, outlet_id, strangers)
    if not ids:
        return {}
    p = t.author.c
    rows = connection.execute(select(p.id, p.slug).where(p.id.in_(set(ids.values()))))
    known = {id: Known(id, slug) for id, slug in rows}
    aliases = [
        {"folded": name, "outlet_id": outlet_id, "author_id": id, "configured": False} for name, id in ids.items()
    ]
    connection.execute(insert(t.author_alias), aliases)
    remember(connection, [(mark, id) for name, id in ids.items() for mark in marks(strangers[name], outlet_id)])
    return {name: known[id] for name, id in ids.items()}


def _names(credit: Credit) -> list[str]:
    """The forms that mean this author, the printed one first."""
    return list(dict.fromkeys([folded(credit.name), *(folded(name) for name in credit.names)]))


def _meanings(connection: Connection, outlet_id: str, names: Collection[str]) -> dict[str, Known]:
    """Whom names mean here: what is configured wins, then what is said of this outlet."""
    a, p = t.author_alias.c, t.author.c
    found: dict[str, tuple[tuple[bool, bool], Known]] = {}
    for part in chunks(names):
        query = (
            select(a.folded, a.outlet_id, a.configured, p.id, p.slug, p.url, p.image, p.configured.label("profile"))
            .join(t.author, p.id == a.author_id)
            .where(a.folded.in_(part), a.outlet_id.in_(["", outlet_id]))
        )
        for name, where, configured, id, slug, url, image, profile in connection.execute(query):
            strength = (bool(configured), where != "")
            lacks = () if profile else tuple(part for part, value in (("url", url), ("image", image)) if value is None)
            if name not in found or found[name][0] < strength:
                found[name] = (strength, Known(id, slug, lacks))
    return {name: author for name, (_strength, author) in found.items()}


def _create(connection: Connection, outlet_id: str, strangers: dict[str, Credit], now: datetime) -> dict[str, Known]:
    slugs = free_slugs(connection, [(credit.name, outlet_id, credit.kind) for credit in strangers.values()])
    rows = [
        {
            "slug": slug,
            "name": storable(one_line(credit.name)),
            "folded": name,
            "kind": credit.kind,
            "outlet_id": "" if is_of_all(credit) else outlet_id,
            "configured": False,
            "url": credit.url and storable(credit.url),
            "image": credit.image and storable(credit.image),
        }
        for slug, (name, credit) in zip(slugs, strangers.items(), strict=True)
    ]
    c = t.author.c
    made = connection.execute(insert(t.author).returning(c.id, c.slug, c.folded), rows)
    authors = {name: Known(id, slug) for id, slug, name in made}
    # Only the printed name is certain; the others of a credit are there to find somebody, not to claim them.
    aliases = [
        {"folded": name, "outlet_id": outlet_id, "author_id": author.id, "configured": False}
        for name, author in authors.items()
    ]
    connection.execute(insert(t.author_alias), aliases)
    met = [(mark, author.id) for name, author in authors.items() for mark in marks(strangers[name], outlet_id)]
    remember(connection, met)
    ensure(connection, [(ChannelKind.AUTHOR, author.slug) for author in authors.values()], now)
    return authors


def free_slugs(connection: Connection, wanted: Sequence[tuple[str, str, str]]) -> list[str]:
    """A slug for each (name, outlet id, kind): the name, else name-outlet, else that with a number."""
    firsts, seconds = zip(*(candidates(*one) for one in wanted), strict=True)
    taken = set(RESERVED) | _taken(connection, {*firsts, *seconds})
    slugs: list[str] = []
    for first, second in zip(firsts, seconds, strict=True):
        slug = next((slug for slug in (first, second) if slug not in taken), "") or _numbered(connection, second, taken)
        taken.add(slug)
        slugs.append(slug)
    return slugs


def candidates(name: str, outlet_id: str, kind: str) -> tuple[str, str]:
    """The slugs that somebody may have, the one to be preferred first."""
    first = _slug(name) or kind
    return first, f"{first}-{outlet_id}" if outlet_id else first


def _numbered(connection: Connection, slug: str, taken: set[str]) -> str:
    number = 2
    while (candidate := f"{slug}-{number}") in taken or _taken(connection, {candidate}):
        number += 1
    return candidate


def _slug(name: str) -> str:
    return "-".join(tokens(name))[:_SLUG_LENGTH].rstrip("-")


def _taken(connection: Connection, slugs: Collection[str]) -> set[str]:
    """Which slugs an author has, or had: a forwarding address must not come to mean somebody else."""
    taken: set[str] = set()
    for part in chunks(slugs):
        taken.update(connection.execute(select(t.author.c.slug).where(t.author.c.slug.in_(part))).scalars())
        former = select(t.redirect.c.old).where(
            t.redirect.c.kind == ChannelKind.AUTHOR.value, t.redirect.c.old.in_(part)
        )
        taken.update(connection.execute(former).scalars())
    return taken


def author(connection: Connection, slug: str) -> AuthorRecord | None:
    """The author of a slug."""
    row = connection.execute(select(t.author).where(t.author.c.slug == slug)).mappings().first()
    return _record(connection, row) if row else None


def _record(connection: Connection, row: RowMapping) -> AuthorRecord:
    aliases = select(t.author_alias.c.folded).where(t.author_alias.c.author_id == row["id"])
    size = select(func.coalesce(func.max(t.channel.c.size), 0)).where(
        t.channel.c.kind == ChannelKind.AUTHOR.value, t.channel.c.slug == row["slug"]
    )
    names: dict[str, Any] = {name: row[name] for name in ("slug", "name", "kind", "outlet_id", "url", "image")}
    return AuthorRecord(
        **names,
        configured=bool(row["configured"]),
        role=title_of(row["role"]),
        bio=title_of(row["bio"]),
        aliases=tuple(sorted(set(connection.execute(aliases).scalars()))),
        count=connection.execute(size).scalar_one(),
    )


def known_authors(connection: Connection, slugs: Collection[str]) -> frozenset[str]:
    """Those of `slugs` that are, or were, an author's with a place of their own."""
    moved = moved_authors(connection, slugs)
    found: set[str] = set()
    for part in chunks({*slugs, *moved.values()}):
        found.update(
            connection.execute(select(t.author.c.slug).where(t.author.c.slug.in_(part), _has_place())).scalars()
        )
    return frozenset(slug for slug in slugs if moved.get(slug, slug) in found)


def moved_authors(connection: Connection, slugs: Collection[str]) -> dict[str, str]:
    """Those of `slugs` that forward, and where to."""
    forwards = {slug: redirect(connection, ChannelKind.AUTHOR.value, slug) for slug in slugs}
    return {slug: new for slug, new in forwards.items() if new}


def known_names(connection: Connection, names: Collection[str]) -> frozenset[str]:
    """Those of folded `names` that an author with a place of his or her own bears, in whatever outlet."""
    found: set[str] = set()
    aliases = select(t.author_alias.c.folded).join(t.author, t.author.c.id == t.author_alias.c.author_id)
    for part in chunks(names):
        for column, query in ((t.author.c.folded, select(t.author.c.folded)), (t.author_alias.c.folded, aliases)):
            found.update(connection.execute(query.where(column.in_(part), _has_place())).scalars())
    return frozenset(found)


def _has_place() -> ColumnElement[bool]:
    """Whether an author has a channel to read: not who writes for private sources alone."""
    c = t.channel.c
    return exists().where(c.kind == ChannelKind.AUTHOR.value, c.slug == t.author.c.slug, is_there())
