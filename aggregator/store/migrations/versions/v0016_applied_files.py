"""The files of the configurations that were in force.

Revises 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applied_configuration", sa.Column("files", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("applied_configuration", "files")
