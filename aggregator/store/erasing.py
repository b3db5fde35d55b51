"""An article that must not be shown any more → the row and the keys that keep it away, and nothing that it said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, text, update

from aggregator.model import Ruling
from aggregator.store import tables as t
from aggregator.store.tombstones import bury
from aggregator.store.visibility import recompute

_SAID = {
    "title": "",
    "summary": "",
    "text": "",
    "title_tokens": "",
    "text_tokens": "",
    "url_tokens": "",
    "category_terms": "",
    "credit_line": "",
    "rsl": "",
}
_UNSAID = (
    "url",
    "picture",
    "enclosures",
    "categories",
    "countries",
    "rights",
    "licence",
    "signals",
    "suspected",
    "suspicion",
)


def erase(connection: Connection, row: RowMapping, now: datetime) -> None:
    """Withdraw the article of `row` (id, key): its words, revisions, what joined it, credits and evidence, and every rendered
    body with it."""
    key = row["key"]
    bury(connection, key, row["id"], now)
    connection.execute(
        update(t.article)
        .where(t.article.c.key == key)
        .values(**_SAID, **dict.fromkeys(_UNSAID), ruling=Ruling.WITHDRAWN.value)
    )
    for kept in (t.revision, t.joined):
        connection.execute(delete(kept).where(kept.c.article_id == row["id"]))
    for table in (t.credit, t.evidence, t.clue, t.page):
        connection.execute(delete(table).where(table.c.article_key == key))
    s = t.sighting.c
    connection.execute(
        update(t.sighting).where(s.article_key == key).values(bylines=None, categories=None, raw_hash="")
    )
    recompute(connection, [key], now)


def forget_words(connection: Connection) -> None:
    """Drop what the index of words has of erased articles: FTS5 only marks it as deleted until its segments are merged
    (https://sqlite.org/fts5.html#the_optimize_command). With a million articles that takes some seconds."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO article_fts(article_fts) VALUES ('optimize')"))
