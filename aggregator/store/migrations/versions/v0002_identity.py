"""Identity: clues, habits, what operators decided, and articles that their sources no longer show.

Revises 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clue",
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("outlet_id", "value", "article_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "habit",
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("habit", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("agree", sa.Integer(), nullable=False),
        sa.Column("disagree", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("outlet_id", "habit", "scope", "value"),
    )
    op.add_column("decision", sa.Column("detail", sa.JSON(), nullable=True))
    op.add_column("sighting", sa.Column("absent", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("article", sa.Column("ruling", sa.String(), nullable=True))
    op.add_column("article", sa.Column("suspected", sa.BigInteger(), nullable=True))
    op.add_column("article", sa.Column("suspicion", sa.String(), nullable=True))


def downgrade() -> None:
    for table, column in (
        ("article", "suspicion"),
        ("article", "suspected"),
        ("article", "ruling"),
        ("sighting", "absent"),
        ("decision", "detail"),
    ):
        op.drop_column(table, column)
    op.drop_table("habit")
    op.drop_table("clue")
