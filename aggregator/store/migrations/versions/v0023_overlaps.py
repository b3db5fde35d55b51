"""Whether the last document of a source showed what we held. An address that was adopted for one that did not is left again.

Revises 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SCHEDULE = sa.table(
    "schedule", sa.column("health", sa.String), sa.column("moved_to", sa.String), sa.column("overlaps", sa.Boolean)
)


def upgrade() -> None:
    op.add_column("schedule", sa.Column("overlaps", sa.Boolean(), nullable=False, server_default=sa.true()))
    strange = _SCHEDULE.c.health.in_(["held", "empty"])
    op.execute(_SCHEDULE.update().where(strange).values(overlaps=False, moved_to=None))


def downgrade() -> None:
    op.drop_column("schedule", "overlaps")
