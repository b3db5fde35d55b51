"""Names by the letters that they have: й is not и, nor が か.

Revises 0026.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from aggregator.dedupe.people import matching_key
from aggregator.text import fold, fold_name, one_line

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_AUTHOR = sa.table("author", *map(sa.column, ("id", "name", "folded")))
_ALIAS = sa.table("author_alias", *map(sa.column, ("folded", "outlet_id", "author_id")))
_MARK = sa.table("author_mark", *map(sa.column, ("kind", "outlet_id", "value", "author_id")))
_CREDIT = sa.table("credit", *map(sa.column, ("article_key", "author_id", "name")))


def upgrade() -> None:
    _rename(fold, fold_name)
    _recognise()


def downgrade() -> None:
    _rename(fold_name, fold)


def _rename(before: Callable[[str], str], after: Callable[[str], str]) -> None:
    """The keys of names that are printed on articles, or shown of an author."""
    bind = op.get_bind()
    printed = sa.union(sa.select(_CREDIT.c.author_id, _CREDIT.c.name), sa.select(_AUTHOR.c.id, _AUTHOR.c.name))
    for id, name in bind.execute(printed).all():
        old, new = one_line(before(name)), one_line(after(name))
        if old == new:
            continue
        a = _ALIAS.c
        for (outlet,) in bind.execute(sa.select(a.outlet_id).where(a.folded == old, a.author_id == id)).all():
            taken = bind.execute(sa.select(a.author_id).where(a.folded == new, a.outlet_id == outlet)).first()
            if not taken:
                here = (a.folded == old, a.outlet_id == outlet)
                bind.execute(sa.update(_ALIAS).where(*here).values(folded=new))
        bind.execute(sa.update(_AUTHOR).where(_AUTHOR.c.id == id, _AUTHOR.c.folded == old).values(folded=new))


def _recognise() -> None:
    """Who bears such a name is recognised by it as it is now; what was noted before means nobody any more."""
    bind, a, m = op.get_bind(), _ALIAS.c, _MARK.c
    for name, outlet, id in bind.execute(sa.select(a.folded, a.outlet_id, a.author_id).where(a.outlet_id != "")).all():
        old, new = matching_key(fold(name)), matching_key(name)
        if old != new:
            here = (m.kind == "name", m.outlet_id == outlet, m.author_id == id)
            bind.execute(sa.delete(_MARK).where(*here, m.value.in_([old, new])))
            bind.execute(sa.insert(_MARK).values(kind="name", outlet_id=outlet, value=new, author_id=id))
