"""Articles of one text → which of them is the original: that of the agency which the other credits, else what came out first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, select

from aggregator.store import tables as t
from aggregator.text import tokens


def originals(connection: Connection, copies: Mapping[str, str]) -> set[str]:
    """Of `copies` (article that came → article that was here) those that came later than their own copies did."""
    ids = {*copies, *copies.values()}
    a, o, c = t.article.c, t.outlet.c, t.credit.c
    query = select(a.id, a.key, a.published, o.id, o.title).join(t.outlet, o.id == a.outlet_id)
    rows = {row[0]: row for row in connection.execute(query.where(a.id.in_(ids)))}
    credited: dict[int, list[frozenset[str]]] = defaultdict(list)
    keys = [row[1] for row in rows.values()]
    named = select(c.article_key, c.name).where(c.article_key.in_(keys), c.kind == "organisation")
    for key, name in connection.execute(named):
        credited[key].append(frozenset(tokens(name)))

    def from_(id: str, other: str) -> bool:
        """Whether one credits the other's outlet: "EFE" is "Agencia EFE"."""
        _id, _key, _published, outlet, title = rows[other]
        words = {*tokens(title), outlet}
        return any(name and name <= words for name in credited[rows[id][1]])

    found = set()
    for new, old in copies.items():
        if new in rows and old in rows and not from_(new, old) and (from_(old, new) or rows[new][2] < rows[old][2]):
            found.add(new)
    return found
