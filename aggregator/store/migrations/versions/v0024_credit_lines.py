"""An article comes with the line that must stand with it, where whoever passes it on says so.

Revises 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("credit_line", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("article", "credit_line")
