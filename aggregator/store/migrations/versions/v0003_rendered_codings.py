"""Rendered feeds in several codings, their bytes apart from what a 304 needs; renderings that failed.

What was rendered is only kept so that it need not be made again: it is made again.
Revises 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("rendered")
    op.create_table(
        "rendered",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("omitted", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "format"),
    )
    op.create_table(
        "rendered_body",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("coding", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "format", "coding"),
    )
    op.create_table(
        "render_failure",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id"),
    )


def downgrade() -> None:
    for name in ("rendered", "rendered_body", "render_failure"):
        op.drop_table(name)
    op.create_table(
        "rendered",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.Column("omitted", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "format"),
    )
