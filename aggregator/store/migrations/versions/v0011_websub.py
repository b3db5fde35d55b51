"""WebSub: subscriptions to our channels, what was asked of our hub, what somebody else's was told.

Revises 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        *_topic_and_callback(),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("skipped", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_subscription_topic", "subscription", ["kind", "slug", "format"])
    op.create_index("ix_subscription_host", "subscription", ["host"])
    op.create_table(
        "intent",
        *_topic_and_callback(),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("lease_seconds", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_intent_due", "intent", ["due"])
    op.create_index("ix_intent_host", "intent", ["host"])
    op.create_table(
        "edition_items",
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("etag"),
    )
    op.create_table(
        "ping",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "format"),
    )
    op.create_table(
        "outside_hub",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _topic_and_callback() -> tuple[sa.Column[str], ...]:
    names = ("id", "kind", "slug", "format", "callback", "host")
    return (*(sa.Column(name, sa.String(), nullable=False) for name in names), sa.Column("secret", sa.String()))


def downgrade() -> None:
    for table in ("outside_hub", "ping", "edition_items", "intent", "subscription"):
        op.drop_table(table)
