"""When the poll of a source began that has not come to its end.

Revises 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedule", sa.Column("asked", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("schedule", "asked")
