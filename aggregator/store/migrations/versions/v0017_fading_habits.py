"""When what was learned of an outlet last faded.

Revises 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("habit", sa.Column("faded", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("habit", "faded")
