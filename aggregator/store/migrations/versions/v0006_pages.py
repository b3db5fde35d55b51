"""What came of asking for articles' pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite makes only an INTEGER primary key its rowid.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One row an article whose page was asked for, or need not be."""
    op.create_table(
        "page",
        sa.Column("article_key", KEY, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try", sa.BigInteger(), nullable=True),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("signals", sa.JSON(), nullable=True),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("picture", sa.JSON(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("article_key"),
    )
    op.create_index("ix_page_source_id", "page", ["source_id"])
    op.create_index("ix_page_last_try", "page", ["last_try"])
    op.create_index("ix_page_next", "page", ["state", "next_try"])


def downgrade() -> None:
    """Pages are forgotten; what they completed stays."""
    op.drop_table("page")
