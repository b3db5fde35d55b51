"""A source may state several hubs.

Revises 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SOURCE = sa.table("source", sa.column("id", sa.String), sa.column("hub", sa.String), sa.column("hubs", sa.JSON))


def upgrade() -> None:
    op.add_column("source", sa.Column("hubs", sa.JSON(), nullable=True))
    c = _SOURCE.c
    for id, hub in op.get_bind().execute(sa.select(c.id, c.hub).where(c.hub.is_not(None))).all():
        op.execute(_SOURCE.update().where(c.id == id).values(hubs=[hub]))
    op.drop_column("source", "hub")


def downgrade() -> None:
    op.add_column("source", sa.Column("hub", sa.String(), nullable=True))
    c = _SOURCE.c
    for id, hubs in op.get_bind().execute(sa.select(c.id, c.hubs).where(c.hubs.is_not(None))).all():
        op.execute(_SOURCE.update().where(c.id == id).values(hub=hubs[0] if hubs else None))
    op.drop_column("source", "hubs")
