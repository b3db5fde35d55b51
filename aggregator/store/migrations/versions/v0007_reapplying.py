"""How far changed rules have been applied to stored articles, and what authors are recognised by.

Revises 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.dedupe.people import matching_key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reapplying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "author_mark",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "outlet_id", "value", "author_id"),
    )
    op.create_index("ix_author_mark_author_id", "author_mark", ["author_id"])
    _mark_known_authors()


def _mark_known_authors() -> None:
    """Who is there already is recognised by the name that is left without particles and middle initials."""
    held = op.get_bind().execute(
        sa.text(
            "SELECT a.folded, a.outlet_id, a.author_id FROM author_alias a JOIN author p ON p.id = a.author_id "
            "WHERE a.outlet_id <> '' AND p.kind = 'person'"
        )
    )
    rows = {(outlet, matching_key(name), id) for name, outlet, id in held if not name.startswith("sha256:")}
    marks = sa.table("author_mark", *map(sa.column, ("kind", "outlet_id", "value", "author_id")))
    values = [{"kind": "name", "outlet_id": o, "value": v, "author_id": id} for o, v, id in sorted(rows)]
    for at in range(0, len(values), 500):
        op.bulk_insert(marks, values[at : at + 500])


def downgrade() -> None:
    op.drop_table("author_mark")
    op.drop_table("reapplying")
