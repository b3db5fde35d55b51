"""Rights: what operators agreed with publishers, what publishers tell machines, articles that wait for their delay.

Revises 0012.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _source() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("summary_length", sa.Integer(), nullable=False, server_default="300"),
        sa.Column("pictures", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("attribution", sa.String(), nullable=False, server_default=""),
        sa.Column("licence", sa.String(), nullable=False, server_default=""),
        sa.Column("delay_minutes", sa.Float(), nullable=False, server_default="0"),
        sa.Column("signals", sa.JSON(), nullable=True),
        sa.Column("host_signals", sa.JSON(), nullable=True),
        sa.Column("host_asked", sa.BigInteger(), nullable=True),
    )


def _article() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("rsl", sa.String(), nullable=False, server_default=""),
        sa.Column("signals", sa.JSON(), nullable=True),
        sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def upgrade() -> None:
    for table, columns in (("source", _source()), ("article", _article())):
        for column in columns:
            op.add_column(table, column)
    op.create_index(
        "ix_article_waiting",
        "article",
        ["waiting"],
        sqlite_where=sa.text("waiting"),
        postgresql_where=sa.text("waiting"),
    )


def downgrade() -> None:
    op.drop_index("ix_article_waiting", table_name="article")
    for table, columns in (("article", _article()), ("source", _source())):
        for column in reversed(columns):
            op.drop_column(table, column.name)
