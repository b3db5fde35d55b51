"""An author whom the configuration no longer makes one → the people that the printed names alone would have made.

What a profile joined is derived from the configuration, and follows it: whoever it no longer names gets an author again, under
the address from before if that forwards here. Stored articles follow when they are read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, tuple_, update

from aggregator.dedupe.people import contradict
from aggregator.model import ChannelKind, Credit
from aggregator.store import tables as t
from aggregator.store.authors import candidates, folded, free_slugs
from aggregator.store.channels import ensure
from aggregator.store.mapping import chunks, storable
from aggregator.store.marks import Mark, marks
from aggregator.store.reapplying import restart


@dataclass(slots=True)
class _Bearer:
    """One whom printed names mean by themselves: `names` by outlet, as printed, with how many credits each has."""

    kind: str
    marks: set[Mark] = field(default_factory=set)
    names: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.names.values())

    @property
    def name(self) -> str:
        """The one that was printed most."""
        return max(self.names, key=lambda one: (self.names[one], one))[0]

    @property
    def outlet_id(self) -> str:
        """The only one, else none."""
        outlets = {outlet for _name, outlet in self.names}
        return outlets.pop() if len(outlets) == 1 else ""


def part(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Part those of the authors `ids` whose names mean several people, once the configuration said what it has to say."""
    parted = [_part(connection, row, now) for row in _authors(connection, ids)]
    if any(parted):
        restart(connection, now)


def _authors(connection: Connection, ids: Collection[int]) -> list[RowMapping]:
    return [
        row
        for some in chunks(ids)
        for row in connection.execute(select(t.author).where(t.author.c.id.in_(some))).mappings()
    ]


def _part(connection: Connection, author: RowMapping, now: datetime) -> bool:
    bearers, meant = _bearers(connection, author)
    before = _addresses_before(connection, author["slug"], bearers)
    if not meant and bearers:
        # The profile is gone: whom its address was made for keeps it, else who wrote most.
        first = max(bearers, key=lambda one: (id(one) not in before, one.count))
        bearers.remove(first)
        connection.execute(update(t.author).where(t.author.c.id == author["id"]).values(outlet_id=first.outlet_id))
    # Who never had an address and is called so without the profile was recognised by a page or the like: that holds on.
    others = [one for one in bearers if id(one) in before or not _is_called(connection, author["id"], one)]
    for one in others:
        _move_out(connection, author, one, before.get(id(one)), now)
    return bool(others)


def _is_called(connection: Connection, id: int, one: _Bearer) -> bool:
    a = t.author_alias.c
    names = [(folded(name), outlet) for name, outlet in one.names]
    called = select(a.folded).where(tuple_(a.folded, a.outlet_id).in_(names), a.author_id == id, ~a.configured)
    return connection.execute(called.limit(1)).first() is not None


def _bearers(connection: Connection, author: RowMapping) -> tuple[list[_Bearer], bool]:
    """Whom the names on an author's articles mean, but for whom a profile means; whether it is still this one's."""
    c, a = t.credit.c, t.article.c
    query = (
        select(c.name, c.kind, a.outlet_id, func.count().label("count"))
        .join(t.article, a.key == c.article_key)
        .where(c.author_id == author["id"])
        .group_by(c.name, c.kind, a.outlet_id)
        .order_by(func.count().desc(), c.name, a.outlet_id)
    )
    rows = connection.execute(query).all()
    owners = _configured(connection, {folded(name) for name, *_ in rows})
    found: list[_Bearer] = []
    mine: list[_Bearer] = []
    for name, kind, outlet, count in rows:
        owner = owners.get((folded(name), outlet)) or owners.get((folded(name), ""))
        if owner and owner != author["id"]:
            continue
        bearer = _bearing(found, name, kind, outlet)
        bearer.names[name, outlet] = count
        if owner:
            mine.append(bearer)
    return [one for one in found if one not in mine], bool(mine) or bool(author["configured"])


def _bearing(found: list[_Bearer], name: str, kind: str, outlet: str) -> _Bearer:
    """Who is recognised by a name in an outlet, as a poll would (see `marks`)."""
    said = set(marks(Credit(name=name, kind=kind), outlet)) or {("name", outlet, folded(name))}
    for one in found:
        if one.marks & said and not any(contradict(name, other) for other, _outlet in one.names):
            return one
    found.append(_Bearer(kind, said))
    return found[-1]


def _configured(connection: Connection, names: Iterable[str]) -> dict[tuple[str, str], int]:
    a = t.author_alias.c
    return {
        (name, outlet): id
        for some in chunks(list(names))
        for name, outlet, id in connection.execute(
            select(a.folded, a.outlet_id, a.author_id).where(a.folded.in_(some), a.configured)
        )
    }


def _addresses_before(connection: Connection, slug: str, bearers: Iterable[_Bearer]) -> dict[int, str]:
    """The addresses that forward here and were made of the names of bearers, by `id`: of one name who wrote most had it."""
    r = t.redirect.c
    query = select(r.old).where(r.kind == ChannelKind.AUTHOR.value, r.new == slug)
    forwards = set(connection.execute(query).scalars())
    found: dict[int, str] = {}
    for one in sorted(bearers, key=lambda one: -one.count):
        made_of = [candidates(name, outlet, one.kind) for name, outlet in one.names]
        wanted = (*(with_outlet for _bare, with_outlet in made_of), *(bare for bare, _with_outlet in made_of))
        if old := next((slug for slug in wanted if slug in forwards), None):
            forwards.remove(old)
            found[id(one)] = old
    return found


def _move_out(connection: Connection, author: RowMapping, one: _Bearer, old: str | None, now: datetime) -> None:
    """An author of their own, under the `old` address if they had one."""
    slug = old or free_slugs(connection, [(one.name, one.outlet_id, one.kind)])[0]
    if old:
        r = t.redirect.c
        connection.execute(delete(t.redirect).where(r.kind == ChannelKind.AUTHOR.value, r.old == old))
    values = {"slug": slug, "name": storable(one.name), "folded": folded(one.name), "kind": one.kind}
    made = insert(t.author).values(**values, outlet_id=one.outlet_id, configured=False).returning(t.author.c.id)
    id = connection.execute(made).scalar_one()
    _give_names(connection, author["id"], id, one)
    ensure(connection, [(ChannelKind.AUTHOR, slug)], now)


def _give_names(connection: Connection, old: int, new: int, one: _Bearer) -> None:
    """Bylines mean them from now on, and by their names they are recognised."""
    names = sorted({(folded(name), outlet) for name, outlet in one.names})
    a, m = t.author_alias.c, t.author_mark.c
    connection.execute(delete(t.author_alias).where(tuple_(a.folded, a.outlet_id).in_(names), ~a.configured))
    aliases = [{"folded": name, "outlet_id": outlet, "author_id": new, "configured": False} for name, outlet in names]
    connection.execute(insert(t.author_alias), aliases)
    for kind, outlet, value in one.marks:
        here = (m.kind == kind, m.outlet_id == outlet, m.value == value, m.author_id == old)
        connection.execute(update(t.author_mark).where(*here).values(author_id=new))
