"""A channel's row says by itself whether it has anything for readers: who is introduced by a profile, which sources are closed.

Revises 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_CHANNEL = sa.table(
    "channel",
    sa.column("kind", sa.String),
    sa.column("slug", sa.String),
    *(sa.column(name, sa.Boolean) for name in ("configured", "private", "removed")),
)
_AUTHOR = sa.table("author", sa.column("slug", sa.String), sa.column("configured", sa.Boolean))
_SOURCE = sa.table("source", sa.column("id", sa.String), *(sa.column(x, sa.Boolean) for x in ("private", "withdrawn")))


def upgrade() -> None:
    c, a, s = _CHANNEL.c, _AUTHOR.c, _SOURCE.c
    authors = _CHANNEL.update().where(c.kind == "author")
    op.execute(authors.values(configured=c.slug.in_(sa.select(a.slug).where(a.configured))))
    sources = _CHANNEL.update().where(c.kind == "source")
    op.execute(sources.where(c.slug.in_(sa.select(s.id).where(s.private))).values(private=True))
    op.execute(sources.where(c.slug.in_(sa.select(s.id).where(s.withdrawn))).values(removed=True))


def downgrade() -> None:
    c = _CHANNEL.c
    op.execute(_CHANNEL.update().where(c.kind == "author").values(configured=True))
    op.execute(_CHANNEL.update().where(c.kind == "source").values(private=False, removed=False))
