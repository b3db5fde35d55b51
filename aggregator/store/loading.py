"""Keys → articles out of the database, in a handful of statements however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, select

from aggregator.model import SUMMARY_LENGTH, Allowance, Article, ChannelKind, Credit, Outlet, Republish, Visibility
from aggregator.normalize.reuse import allowance
from aggregator.store import tables as t
from aggregator.store.mapping import ARTICLE_COLUMNS, categories_of, chunks, content_of, signals_of
from aggregator.store.prepared import prepared


def load_articles(connection: Connection, keys: Sequence[int]) -> tuple[Article, ...]:
    """The articles of `keys`, in that order; those that are gone are left out."""
    found: dict[int, Article] = {}
    for part in chunks(keys):
        found |= _load(connection, part)
    return tuple(found[key] for key in keys if key in found)


def _load(connection: Connection, keys: Collection[int]) -> dict[int, Article]:
    rows = connection.execute(*_articles(keys=list(keys))).mappings().all()
    outlets = load_outlets(connection, {row["outlet_id"] for row in rows})
    seen_in = _sources(connection, keys)
    origins = _origins(connection, {row["relayed"] for row in rows if row["relayed"]})
    bylines, sections = load_credits(connection, keys), load_sections(connection, keys)
    return {
        row["key"]: article_of(
            row,
            outlet=outlets.get(row["outlet_id"]) or Outlet(id=row["outlet_id"], title=row["outlet_id"], url=""),
            seen_in=seen_in[row["key"]],
            origin=origins.get(row["relayed"]),
            bylines=tuple(bylines[row["key"]]),
            sections=tuple(sections[row["key"]]),
        )
        for row in rows
    }


@prepared
def _articles(keys: Any) -> Executable:
    return select(*ARTICLE_COLUMNS).where(t.article.c.key.in_(keys))


def article_of(
    row: RowMapping,
    *,
    outlet: Outlet,
    seen_in: Sequence[RowMapping],
    origin: RowMapping | None = None,
    bylines: tuple[Credit, ...],
    sections: tuple[str, ...],
) -> Article:
    """An article from its row and what belongs to it."""
    shown = _shown(seen_in, Visibility(row["visibility"]))
    named = next((source for source in shown if source["id"] == row["source_id"]), shown[0] if shown else None)
    content, left = content_of(row), allowance_of(shown, row["url"])
    if origin is not None:  # whoever passes it on has no more rights in it than we have
        named, left = origin, left.narrowed(_allowance(origin, row["url"]))
    if not (named and named["licence"]):
        left = left.narrowed(allowance(content.signals))
    return Article(
        id=row["id"],
        key=row["key"],
        outlet=outlet,
        source_id=named["id"] if named else row["source_id"],
        source_title=(named and (named["title"] or named["feed_title"])) or outlet.title,
        source_url=named["url"] if named else outlet.url,
        source_feed_id=named["feed_id"] if named else None,
        sources=tuple(sorted(source["id"] for source in shown)),
        content=content,
        credits=bylines,
        categories=categories_of(row["categories"]),
        sections=sections,
        countries=tuple(row["countries"] or ()),
        published=row["published"],
        updated=row["updated"],
        listed=row["listed"],
        story=row["story_id"],
        republish=left.republish,
        summary_length=SUMMARY_LENGTH if left.summary_length is None else left.summary_length,
        pictures=left.pictures,
        mining=left.mining,
        attribution=(named and named["attribution"]) or row["credit_line"],
        visibility=Visibility(row["visibility"]),
    )


def allowance_of(sources: Sequence[RowMapping], url: str | None) -> Allowance:
    """The widest that any of these sources allows of the article at `url`: what its operator set, within what it says."""
    each = [_allowance(source, url) for source in sources]
    return reduce(Allowance.widened, each) if each else Allowance(republish=Republish.TITLE)


def _allowance(source: RowMapping, url: str | None) -> Allowance:
    agreed = Allowance(
        republish=Republish(source["republish"]),
        summary_length=source["summary_length"],
        pictures=bool(source["pictures"]),
    )
    if source["licence"]:  # who has an agreement need not read the notices for everybody
        return agreed
    told = signals_of([*(source["signals"] or ()), *(source["host_signals"] or ())])
    return agreed.narrowed(allowance(told, url))


def _shown(sources: Sequence[RowMapping], visibility: Visibility) -> list[RowMapping]:
    """The sources that may be named: of a public article never a private one."""
    kept = [source for source in sources if not source["withdrawn"]]
    return [source for source in kept if not source["private"]] if visibility is Visibility.PUBLIC else kept


def load_outlets(connection: Connection, ids: Collection[str]) -> dict[str, Outlet]:
    return {row["id"]: Outlet(**row) for row in connection.execute(*_outlets(ids=list(ids))).mappings()}


@prepared
def _outlets(ids: Any) -> Executable:
    c = t.outlet.c
    return select(c.id, c.title, c.url, c.country, c.language).where(c.id.in_(ids))


def _sources(connection: Connection, keys: Collection[int]) -> dict[int, list[RowMapping]]:
    seen: dict[int, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(*_seen_in(keys=list(keys))).mappings():
        seen[row["article_key"]].append(row)
    return seen


@prepared
def _seen_in(keys: Any) -> Executable:
    return (
        select(t.sighting.c.article_key, t.source)
        .join(t.source, t.source.c.id == t.sighting.c.source_id)
        .where(t.sighting.c.article_key.in_(keys))
        .order_by(t.sighting.c.first_seen, t.source.c.id)
    )


def _origins(connection: Connection, ids: Collection[str]) -> dict[str | None, RowMapping]:
    rows = connection.execute(select(t.source).where(t.source.c.id.in_(ids))).mappings() if ids else ()
    return {row["id"]: row for row in rows}


def load_credits(connection: Connection, keys: Collection[int]) -> dict[int, list[Credit]]:
    """The credits of articles, in order, with the slug and address of each author."""
    found: dict[int, list[Credit]] = defaultdict(list)
    rows = connection.execute(*_credits(keys=list(keys))).mappings().all()
    names = _author_names(connection, {row["author_id"] for row in rows})
    for row in rows:
        # The operator's spelling of a name wins over the printed one.
        name = row["author_name"] if row["configured"] else row["name"]
        parts = {part: row[part] for part in ("kind", "role", "place", "slug", "url")}
        found[row["article_key"]].append(Credit(name=name, names=tuple(sorted(names[row["author_id"]])), **parts))
    return found


@prepared
def _credits(keys: Any) -> Executable:
    a, c = t.author.c, t.credit.c
    return (
        select(t.credit, a.slug, a.url, a.name.label("author_name"), a.configured)
        .join(t.author, a.id == c.author_id)
        .where(c.article_key.in_(keys))
        .order_by(c.article_key, c.position)
    )


def _author_names(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """Every folded name that means an author: what `author:"Name"` looks for (see `selection.authors_called`)."""
    found: dict[int, set[str]] = defaultdict(set)
    p, a = t.author.c, t.author_alias.c
    for part in chunks(ids):
        for query in (
            select(p.id, p.folded).where(p.id.in_(part)),
            select(a.author_id, a.folded).where(a.author_id.in_(part)),
        ):
            for id, name in connection.execute(query):
                found[id].add(name)
    return found


def load_sections(connection: Connection, keys: Collection[int]) -> dict[int, list[str]]:
    """The sections of articles: what they belong to, shown or not."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, slug in connection.execute(*_sections(keys=list(keys))):
        found[key].append(slug)
    return found


@prepared
def _sections(keys: Any) -> Executable:
    c, m = t.channel.c, t.membership.c
    return (
        select(m.article_key, c.slug)
        .join(t.channel, c.id == m.channel_id)
        .where(m.article_key.in_(keys), c.kind == ChannelKind.SECTION.value)
        .order_by(c.slug)
    )


def with_mates(connection: Connection, articles: Sequence[Article]) -> tuple[Article, ...]:
    """`articles` with `also_in` filled: the first public telling of each other outlet of the story, oldest first."""
    stories = {article.story for article in articles}
    mates: dict[str, dict[str, int]] = defaultdict(dict)
    for part in chunks(stories):
        query = select(t.article.c.story_id, t.article.c.outlet_id, t.article.c.key).where(
            t.article.c.story_id.in_(part), t.article.c.visibility == Visibility.PUBLIC.value
        )
        for story, outlet, key in connection.execute(query.order_by(t.article.c.key)):
            mates[story].setdefault(outlet, key)
    wanted = [key for keys in mates.values() if len(keys) > 1 for key in keys.values()]
    loaded = {article.key: article for article in load_articles(connection, wanted)} if wanted else {}
    return tuple(
        replace(
            article,
            also_in=tuple(
                loaded[key]
                for outlet, key in mates[article.story].items()
                if outlet != article.outlet.id and key in loaded
            ),
        )
        for article in articles
    )
