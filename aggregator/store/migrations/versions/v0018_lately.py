"""What changed lately, by index: who looks for work need not look at everything.

Revises 0017.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_channel_changed", "channel", "changed"),
    ("ix_rendered_made", "rendered", "made"),
    ("ix_subscription_due", "subscription", "due"),
)


def upgrade() -> None:
    for name, table, column in _INDEXES:
        op.create_index(name, table, [column])


def downgrade() -> None:
    for name, table, _column in _INDEXES:
        op.drop_index(name, table)
