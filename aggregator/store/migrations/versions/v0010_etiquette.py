"""Etiquette: permanent redirects, servers that heed no validators, hosts that asked us to wait.

Revises 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OF_SCHEDULE = ("move_to", "move_since", "move_seen", "moved_to", "unheeded")


def upgrade() -> None:
    op.create_table(
        "host",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("host"),
    )
    op.add_column("schedule", sa.Column("move_to", sa.String(), nullable=True))
    op.add_column("schedule", sa.Column("move_since", sa.BigInteger(), nullable=True))
    op.add_column("schedule", sa.Column("move_seen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("schedule", sa.Column("moved_to", sa.String(), nullable=True))
    op.add_column("schedule", sa.Column("unheeded", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for column in reversed(_OF_SCHEDULE):
        op.drop_column("schedule", column)
    op.drop_table("host")
