"""Articles that came through somebody who passed them on.

Revises 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("relayed", sa.String(), nullable=True))
    op.create_index("ix_article_relayed", "article", ["relayed"])


def downgrade() -> None:
    op.drop_index("ix_article_relayed", table_name="article")
    op.drop_column("article", "relayed")
