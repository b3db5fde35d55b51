"""Rows of leases ↔ `model.HubLease`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, func, or_, select, update

from aggregator.model import HubLease
from aggregator.store import tables as t
from aggregator.store.mapping import storable
from aggregator.store.prepared import prepared

_FIELDS = tuple(field.name for field in fields(HubLease))


def lease_of(row: RowMapping) -> HubLease:
    """A lease's row as a value."""
    return HubLease(**{name: row[name] for name in _FIELDS if name != "seen"}, seen=tuple(row["seen"] or ()))


def lease_columns(lease: HubLease) -> dict[str, Any]:
    """A lease as its row."""
    columns = {name: getattr(lease, name) for name in _FIELDS}
    columns |= {name: storable(value) for name, value in columns.items() if isinstance(value, str)}
    return columns | {"seen": list(lease.seen)}


def wanted(connection: Connection) -> dict[str, HubLease]:
    """The lease of each source that has one."""
    rows = connection.execute(select(t.hub_lease).where(~t.hub_lease.c.leaving)).mappings()
    return {row["source_id"]: lease_of(row) for row in rows}


def wanted_of(connection: Connection, source_id: str) -> HubLease | None:
    """The lease of a source."""
    row = connection.execute(*_of_source(source_id=source_id)).mappings().first()
    return lease_of(row) if row else None


@prepared
def _of_source(source_id: Any) -> Executable:
    return select(t.hub_lease).where(t.hub_lease.c.source_id == source_id, ~t.hub_lease.c.leaving)


def keep_trust(connection: Connection, lease: HubLease) -> None:
    """What polls and pushes showed of a hub; all else of its lease is others' affair."""
    c = t.hub_lease.c
    values = {"trust": lease.trust, "brought": lease.brought, "missed": lease.missed}
    differs = or_(*(c[name] != value for name, value in values.items()))
    connection.execute(update(t.hub_lease).where(c.id == lease.id, differs).values(values))


def waiting(connection: Connection) -> dict[str, int]:
    """How many pushes for each source wait to be read."""
    p = t.hub_push.c
    return dict(connection.execute(select(p.source_id, func.count()).group_by(p.source_id)).all())
