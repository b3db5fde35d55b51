"""A source's feed has an id of its own.

Revises 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("feed_id", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("source", "feed_id")
