"""Health: what it is judged by, problems from beginning to end, documents that are held back, requests as seen by servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _vitals() -> list[sa.Column[object]]:
    return [
        sa.Column("evidence", sa.String(), nullable=False, server_default=""),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("last_news", sa.BigInteger(), nullable=True),
        sa.Column("longest_silence", sa.Float(), nullable=True),
        sa.Column("watched_since", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("before_outage", sa.JSON(), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("schedule") as schedule:
        for column in _vitals():
            schedule.add_column(column)
    op.execute("UPDATE schedule SET failing_since = since WHERE health = 'failing'")
    with op.batch_alter_table("poll") as poll:
        poll.add_column(sa.Column("trouble", sa.String(), nullable=True))
        poll.add_column(sa.Column("requests", sa.JSON(), nullable=True))
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_problem_source", "problem", ["source_id", "ended"])
    op.create_index("ix_problem_began", "problem", ["began"])
    op.create_table(
        "held",
        sa.Column("source_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("seen", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("trusted", sa.JSON(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("held")
    op.drop_table("problem")
    with op.batch_alter_table("poll") as poll:
        for name in ("requests", "trouble"):
            poll.drop_column(name)
    with op.batch_alter_table("schedule") as schedule:
        for column in reversed(_vitals()):
            schedule.drop_column(column.name)
