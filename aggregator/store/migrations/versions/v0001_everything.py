"""Everything: the tables, and the index of their words.

Revises nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite makes only an INTEGER primary key its rowid, which the index of words points to.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_TABLES = (
    "alias",
    "applied_configuration",
    "article",
    "author",
    "author_alias",
    "channel",
    "credit",
    "decision",
    "evidence",
    "membership",
    "outlet",
    "poll",
    "redirect",
    "rendered",
    "revision",
    "schedule",
    "sighting",
    "source",
    "source_url",
    "story",
)

# The tokens are ours, joined by spaces: `ascii` parts them there and takes every other character as it is.
# ruff: noqa: ISC004
_SQLITE_WORDS = (
    "CREATE VIEW article_words AS SELECT key, title_tokens AS title, text_tokens AS text FROM article",
    "CREATE VIRTUAL TABLE article_fts USING fts5"
    "(title, text, content='article_words', content_rowid='key', tokenize='ascii')",
    "CREATE TRIGGER article_words_insert AFTER INSERT ON article BEGIN"
    " INSERT INTO article_fts(rowid, title, text) VALUES (new.key, new.title_tokens, new.text_tokens); END",
    "CREATE TRIGGER article_words_delete AFTER DELETE ON article BEGIN"
    " INSERT INTO article_fts(article_fts, rowid, title, text)"
    " VALUES ('delete', old.key, old.title_tokens, old.text_tokens); END",
    "CREATE TRIGGER article_words_update AFTER UPDATE OF title_tokens, text_tokens ON article BEGIN"
    " INSERT INTO article_fts(article_fts, rowid, title, text)"
    " VALUES ('delete', old.key, old.title_tokens, old.text_tokens);"
    " INSERT INTO article_fts(rowid, title, text) VALUES (new.key, new.title_tokens, new.text_tokens); END",
)
_POSTGRESQL_WORDS = (
    "CREATE INDEX ix_article_title_words ON article USING gin"
    " (array_to_tsvector(string_to_array(trim(title_tokens), ' ')))",
    "CREATE INDEX ix_article_text_words ON article USING gin"
    " (array_to_tsvector(string_to_array(trim(text_tokens), ' ')))",
)


def upgrade() -> None:
    _create_tables()
    words = _SQLITE_WORDS if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_WORDS
    for statement in words:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP VIEW article_words")
        op.execute("DROP TABLE article_fts")
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_tables() -> None:
    op.create_table(
        "alias",
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outlet_id", "kind", "scope", "value"),
    )
    op.create_index(op.f("ix_alias_article_id"), "alias", ["article_id"], unique=False)
    op.create_table(
        "applied_configuration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "article",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("picture", sa.JSON(), nullable=True),
        sa.Column("enclosures", sa.JSON(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=True),
        sa.Column("rights", sa.String(), nullable=True),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("headline_key", sa.String(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("title_tokens", sa.String(), nullable=False),
        sa.Column("text_tokens", sa.String(), nullable=False),
        sa.Column("url_tokens", sa.String(), nullable=False),
        sa.Column("category_terms", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(op.f("ix_article_headline_key"), "article", ["headline_key"], unique=False)
    op.create_index(op.f("ix_article_last_seen"), "article", ["last_seen"], unique=False)
    op.create_index(op.f("ix_article_published"), "article", ["published"], unique=False)
    op.create_index(op.f("ix_article_story_id"), "article", ["story_id"], unique=False)
    op.create_table(
        "author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("role", sa.JSON(), nullable=True),
        sa.Column("bio", sa.JSON(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("image", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index("ix_author_folded", "author", ["folded", "outlet_id"], unique=False)
    op.create_table(
        "author_alias",
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("folded", "outlet_id"),
    )
    op.create_index(op.f("ix_author_alias_author_id"), "author_alias", ["author_id"], unique=False)
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("reevaluate", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("latest", sa.BigInteger(), nullable=True),
        sa.Column("ordering", sa.String(), nullable=False),
        sa.Column("stories", sa.String(), nullable=False),
        sa.Column("prefer", sa.JSON(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ux_channel_slug", "channel", ["kind", "slug"], unique=True)
    op.create_table(
        "credit",
        sa.Column("article_key", KEY, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("article_key", "position"),
    )
    op.create_index(op.f("ix_credit_author_id"), "credit", ["author_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_key", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_article", "evidence", ["article_key"], unique=False)
    op.create_table(
        "membership",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "rank", "article_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_membership_article", "membership", ["article_key"], unique=False)
    op.create_index("ix_membership_story", "membership", ["channel_id", "story_id"], unique=False)
    op.create_table(
        "outlet",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_poll_source_started", "poll", ["source_id", "started"], unique=False)
    op.create_index(op.f("ix_poll_started"), "poll", ["started"], unique=False)
    op.create_table(
        "redirect",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "old"),
    )
    op.create_table(
        "rendered",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.Column("omitted", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "format"),
    )
    op.create_table(
        "revision",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", "number"),
    )
    op.create_table(
        "schedule",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("next_poll", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("retry_after", sa.BigInteger(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("headers_hash", sa.String(), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("last_poll", sa.BigInteger(), nullable=True),
        sa.Column("last_success", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("first_document", sa.Boolean(), nullable=False),
        sa.Column("interval_seconds", sa.Float(), nullable=True),
        sa.Column("articles_per_day", sa.Float(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_index(op.f("ix_schedule_next_poll"), "schedule", ["next_poll"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("article_key", KEY, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("guid", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bylines", sa.JSON(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=True),
        sa.Column("raw_published", sa.String(), nullable=True),
        sa.Column("raw_updated", sa.String(), nullable=True),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("article_key", "source_id"),
    )
    op.create_index("ix_sighting_source", "sighting", ["source_id", "raw_hash"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("republish", sa.String(), nullable=False),
        sa.Column("keep_days", sa.Float(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("site_url", sa.String(), nullable=True),
        sa.Column("feed_title", sa.String(), nullable=True),
        sa.Column("hub", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_source_outlet_id"), "source", ["outlet_id"], unique=False)
    op.create_table(
        "source_url",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_index(op.f("ix_source_url_source_id"), "source_url", ["source_id"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("headline_key", sa.String(), nullable=False),
        sa.Column("last_listed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_story_headline_key"), "story", ["headline_key"], unique=False)
    op.create_index(op.f("ix_story_last_listed"), "story", ["last_listed"], unique=False)
