"""Somebody whose printed name is new → an author known already: by page, by address, or by the same name spelled otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Executable, delete, insert, select, update

from aggregator.dedupe.agencies import agency
from aggregator.dedupe.people import contradict, marks_of
from aggregator.model import Credit
from aggregator.store import tables as t
from aggregator.store.mapping import chunks, index_key
from aggregator.store.prepared import prepared

# (kind, outlet id or "" for anywhere, value)
Mark = tuple[str, str, str]


def marks(credit: Credit, outlet_id: str) -> list[Mark]:
    """What a person is recognised by, and an agency anywhere; other organisations and desks by their names alone."""
    if is_of_all(credit):
        return [("agency", "", agency(credit.name) or "")]
    if credit.kind != "person":
        return []
    said = marks_of(credit.name, url=credit.url, email=credit.email)
    return [(kind, outlet_id if kind == "name" else "", index_key(value)) for kind, value in said if value]


def is_of_all(credit: Credit) -> bool:
    """Whether it is no outlet's own."""
    return credit.kind == "organisation" and agency(credit.name) is not None


def recognise(connection: Connection, outlet_id: str, strangers: Mapping[str, Credit]) -> dict[str, int]:
    """The author ids of those strangers, by their folded names, whom one author alone fits."""
    wanted = {name: marks(credit, outlet_id) for name, credit in strangers.items()}
    bearers = _bearers(connection, {mark for those in wanted.values() for mark in those})
    names = _names(connection, {id for ids in bearers.values() for id in ids})
    found: dict[str, int] = {}
    for name, those in wanted.items():
        # A page or an address is one person's; a name may be several people's.
        strong = {id for mark in those if mark[0] != "name" for id in bearers.get(mark, ())}
        alike = {
            id
            for mark in those
            if mark[0] == "name"
            for id in bearers.get(mark, ())
            if not any(contradict(strangers[name].name, other) for other in names[id])
        }
        fitting = strong or alike
        if len(fitting) == 1:
            found[name] = next(iter(fitting))
    return found


def remember(connection: Connection, found: Iterable[tuple[Mark, int]]) -> None:
    """Note what authors are recognised by from now on."""
    wanted = dict.fromkeys(found)
    bearers = _bearers(connection, {mark for mark, _id in wanted})
    rows = [
        {"kind": kind, "outlet_id": outlet, "value": value, "author_id": id}
        for (kind, outlet, value), id in wanted
        if id not in bearers.get((kind, outlet, value), ())
    ]
    if rows:
        connection.execute(insert(t.author_mark), rows)


def inherit(connection: Connection, old: int, new: int) -> None:
    """What `old` was recognised by is `new`'s."""
    m = t.author_mark.c
    there = {mark for mark, ids in _bearers(connection, _marks_of_author(connection, old)).items() if new in ids}
    for kind, outlet, value in there:
        connection.execute(
            delete(t.author_mark).where(m.kind == kind, m.outlet_id == outlet, m.value == value, m.author_id == old)
        )
    connection.execute(update(t.author_mark).where(m.author_id == old).values(author_id=new))


def _marks_of_author(connection: Connection, id: int) -> set[Mark]:
    m = t.author_mark.c
    rows = connection.execute(select(m.kind, m.outlet_id, m.value).where(m.author_id == id))
    return {(kind, outlet, value) for kind, outlet, value in rows}


def _bearers(connection: Connection, wanted: Collection[Mark]) -> dict[Mark, set[int]]:
    """By kind and outlet, which the primary key begins with: each stranger's poll asks."""
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, outlet, value in wanted:
        values[kind, outlet].append(value)
    found: dict[Mark, set[int]] = defaultdict(set)
    for (kind, outlet), those in values.items():
        for part in chunks(those):
            for value, id in connection.execute(*_marked(kind=kind, outlet_id=outlet, values=part)):
                found[kind, outlet, value].add(id)
    return found


@prepared
def _marked(kind: Any, outlet_id: Any, values: Any) -> Executable:
    m = t.author_mark.c
    return select(m.value, m.author_id).where(m.kind == kind, m.outlet_id == outlet_id, m.value.in_(values))


def _names(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """Every folded name of authors: their initials are in them."""
    a = t.author_alias.c
    found: dict[int, set[str]] = defaultdict(set)
    for part in chunks(ids):
        for id, name in connection.execute(select(a.author_id, a.folded).where(a.author_id.in_(part))):
            found[id].add(name)
    return found
