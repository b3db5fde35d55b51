"""Stories by what articles tell: the tellings of the last days in place of keys of headlines.

Revises 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telling",
        sa.Column(
            "article_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.Column("lead", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_key"),
    )
    for column in ("at", "story_id", "turn"):
        op.create_index(f"ix_telling_{column}", "telling", [column])
    for table in ("article", "story"):
        op.drop_index(f"ix_{table}_headline_key", table_name=table)
        op.drop_column(table, "headline_key")


def downgrade() -> None:
    op.add_column("article", sa.Column("headline_key", sa.String(), nullable=True))
    op.add_column("story", sa.Column("headline_key", sa.String(), nullable=False, server_default=""))
    for table in ("article", "story"):
        op.create_index(f"ix_{table}_headline_key", table, ["headline_key"])
    op.drop_table("telling")
