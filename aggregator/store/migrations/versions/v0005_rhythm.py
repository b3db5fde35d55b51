"""Rhythm: what was learned of when a source brings news, and what its next poll was chosen by.

Revises 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedule", sa.Column("rhythm", sa.JSON(), nullable=True))
    op.add_column("schedule", sa.Column("forecast", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("schedule", "forecast")
    op.drop_column("schedule", "rhythm")
