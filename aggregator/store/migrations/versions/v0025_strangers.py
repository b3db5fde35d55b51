"""Addresses that asked us to wait before any source was taken up there.

Revises 0024.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stranger",
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
    )
    op.create_index("ix_stranger_until", "stranger", ["until"])


def downgrade() -> None:
    op.drop_table("stranger")
