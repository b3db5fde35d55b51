"""Changed rules → stored articles: which are left, what their sources said, and the places that they have now.

The articles are taken oldest first, some in a transaction, and the last one is noted there: whoever is stopped goes on
from it, and who arrives meanwhile comes later in the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from aggregator.model import Article, ChannelKind, Evidence, Sighting, Visibility
from aggregator.store import tables as t
from aggregator.store.channels import Address, bump, carrying, ensure, may_show
from aggregator.store.credits import credit_rows, credits_printed, held_authors, replace_credits
from aggregator.store.engine import one_writer
from aggregator.store.loading import load_articles
from aggregator.store.mapping import categories_of, storable
from aggregator.store.membership import Seat, seat, unseat
from aggregator.store.merging import retire_authors
from aggregator.store.placing import held_places
from aggregator.store.records.upkeep import Reapplied

Reread = Callable[[Sighting, tuple[Evidence, ...]], Sighting]
Selects = Callable[[Article], Collection[str]]
_KINDS = ("section", "country", "author")


def begin(connection: Connection, rules: str, sources: Mapping[str, str], now: datetime) -> bool:
    """Take note of the rules in force: a digest of all, and one for each source. Whether stored articles are to be read again:
    the rules changed, or what is said of a source that was there before."""
    one_writer(connection)
    held = _row(connection)
    if held and held["rules"] == rules and not _otherwise(held["sources"] or {}, sources):
        known = {**(held["sources"] or {}), **sources}
        connection.execute(update(t.reapplying).values(sources=known))
        return held["finished"] is None
    values = {"id": 1, "rules": rules, "sources": dict(sources), "cursor": -1, "started": now, "finished": None}
    if held:
        connection.execute(update(t.reapplying).values(values))
    else:
        connection.execute(insert(t.reapplying).values(values))
    return True


def notice(connection: Connection, rules: str, keys: Collection[int]) -> None:
    """Articles that were read by rules no longer in force, because their poll was on its way: go back to them."""
    held = _row(connection)
    if rules and keys and held and held["rules"] != rules:
        back = min(min(keys) - 1, held["cursor"]) if held["cursor"] >= 0 or held["finished"] else held["cursor"]
        connection.execute(update(t.reapplying).values(cursor=back, finished=None))


def progress(connection: Connection) -> Reapplied:
    """How far it is."""
    held, c = _row(connection), t.article.c
    total = connection.execute(select(func.count()).select_from(t.article)).scalar_one()
    if held is None or held["finished"]:
        return Reapplied(done=total, total=total, finished=True)
    done = connection.execute(select(func.count()).select_from(t.article).where(c.key <= held["cursor"])).scalar_one()
    return Reapplied(done=done, total=total, finished=False)


def restart(connection: Connection, now: datetime) -> None:
    """Read every stored article again, whatever was done before."""
    one_writer(connection)
    connection.execute(update(t.reapplying).values(cursor=-1, started=now, finished=None))


def reapply(
    connection: Connection, rules: str, reread: Reread, selects: Selects, limit: int, now: datetime
) -> Reapplied:
    """Read the next `limit` articles again and give them their places; nothing where other rules are in force by now."""
    one_writer(connection)
    held, c = _row(connection), t.article.c
    if held is None or held["finished"] or held["rules"] != rules:
        return Reapplied(done=0, total=0, finished=True)
    keys = list(connection.execute(select(c.key).where(c.key > held["cursor"]).order_by(c.key).limit(limit)).scalars())
    if keys:
        changed = _read_again(connection, load_articles(connection, keys), reread, selects, now)
        connection.execute(update(t.reapplying).values(cursor=keys[-1]))
        return Reapplied(done=len(keys), total=changed, finished=False)
    connection.execute(update(t.reapplying).values(finished=now))
    return Reapplied(done=0, total=0, finished=True)


def _row(connection: Connection) -> RowMapping | None:
    return connection.execute(select(t.reapplying)).mappings().first()


def _otherwise(held: Mapping[str, str], said: Mapping[str, str]) -> bool:
    return any(id in held and held[id] != digest for id, digest in said.items())


def _read_again(
    connection: Connection, articles: Sequence[Article], reread: Reread, selects: Selects, now: datetime
) -> int:
    """How many articles a reader sees otherwise now."""
    found = _sightings(connection, articles, reread)
    _keep_evidence(connection, found)
    recredited, successors = _recredit(connection, articles, found, now)
    sections = {
        article.key: tuple(sorted({slug for one in found[article.key] for slug in one.sections}))
        for article in articles
    }
    countries = {
        article.key: tuple(sorted({code for one in found[article.key] for code in one.countries}))
        for article in articles
    }
    changed = [
        article.key
        for article in articles
        if article.key in recredited
        or set(article.sections) != set(sections[article.key])
        or set(article.countries) != set(countries[article.key])
    ]
    _set_countries(connection, {key: countries[key] for key in changed})
    _seat_again(connection, changed, sections, selects, now)
    retire_authors(connection, successors, now)
    return len(changed)


def _sightings(connection: Connection, articles: Sequence[Article], reread: Reread) -> dict[int, list[Sighting]]:
    """What each source said of each article, read again, in the order in which they showed it."""
    return {key: [reread(*one) for one in those] for key, those in told(connection, articles).items()}


def told(connection: Connection, articles: Sequence[Article]) -> dict[int, list[tuple[Sighting, tuple[Evidence, ...]]]]:
    """What each source said of each article, and what its page and the operator said of it then, in the order of showing."""
    by_key = {article.key: article for article in articles}
    paged = _of_pages(connection, by_key)
    found: dict[int, list[tuple[Sighting, tuple[Evidence, ...]]]] = {key: [] for key in by_key}
    s = t.sighting.c
    query = select(t.sighting).where(s.article_key.in_(list(by_key))).order_by(s.first_seen, s.source_id)
    for row in connection.execute(query).mappings():
        key = row["article_key"]
        found[key].append((_stored(row, by_key[key]), paged.get((key, row["source_id"]), ())))
    return found


def _stored(row: RowMapping, article: Article) -> Sighting:
    return Sighting(
        source_id=row["source_id"],
        outlet_id=article.outlet.id,
        position=row["position"],
        guid=row["guid"],
        content=article.content,
        published=article.published,
        updated=article.updated,
        credits=(),
        categories=categories_of(row["categories"]),
        sections=(),
        countries=(),
        evidence=(),
        bylines=tuple(row["bylines"] or ()),
        raw_published=row["raw_published"],
        raw_updated=row["raw_updated"],
        raw_hash=row["raw_hash"],
    )


def _of_pages(connection: Connection, keys: Collection[int]) -> dict[tuple[int, str], tuple[Evidence, ...]]:
    """What articles' pages said, by article and source; a source's own word (S1) too, which outlives its configuration, and
    the point that an entry named, which nothing else keeps."""
    e = t.evidence.c
    kept: dict[tuple[int, str], tuple[Evidence, ...]] = defaultdict(tuple)
    query = select(t.evidence).where(e.article_key.in_(list(keys)), e.kind.in_(_KINDS)).order_by(e.id)
    for row in connection.execute(query).mappings():
        if row["rule"].startswith(("S4:", "S1:", "S2:point")):
            names = ("kind", "value", "rule", "raw", "weight", "version")
            kept[row["article_key"], row["source_id"]] += (Evidence(**{name: row[name] for name in names}),)
    return kept


def _keep_evidence(connection: Connection, found: Mapping[int, Sequence[Sighting]]) -> None:
    e = t.evidence.c
    connection.execute(
        delete(t.evidence).where(e.article_key.in_(list(found)), e.kind.in_(_KINDS), ~e.rule.startswith("S4:"))
    )
    rows = [
        {
            "article_key": key,
            "source_id": one.source_id,
            "kind": evidence.kind,
            "value": storable(evidence.value),
            "rule": evidence.rule,
            "raw": storable(evidence.raw),
            "weight": evidence.weight,
            "version": evidence.version,
        }
        for key, those in found.items()
        for one in those
        for evidence in one.evidence
    ]
    if rows:
        connection.execute(insert(t.evidence), rows)


def _recredit(
    connection: Connection, articles: Sequence[Article], found: Mapping[int, Sequence[Sighting]], now: datetime
) -> tuple[set[int], dict[int, int | None]]:
    """Other credits where the source that an article is attributed to (else the first that names somebody) names others: of which
    articles, and whom they name in place of whom."""
    speaking: dict[int, Sighting] = {}
    keys = [article.key for article in articles]
    printed, by_pages = credits_printed(connection, keys), _named_by_pages(connection, keys)
    for article in articles:
        named = [one for one in found[article.key] if one.credits]
        if named:
            speaking[article.key] = next((one for one in named if one.source_id == article.source_id), named[0])
        elif (told := found[article.key]) and article.key in printed:
            # Bylines that named somebody name nobody by these rules; a page is not read again.
            nobody = any(one.bylines for one in told) and article.key not in by_pages
            speaking[article.key] = replace(told[0], credits=() if nobody else printed[article.key])
    held = held_authors(connection, speaking)
    wanted = credit_rows(connection, speaking, now)
    named_now = {key: [one["author_id"] for one in rows] for key, rows in wanted.items()}
    changed = {key: rows for key, rows in wanted.items() if named_now[key] != held.get(key, [])}
    replace_credits(connection, changed)
    successors: dict[int, int | None] = {}
    for key in changed:
        fresh = [id for id in named_now[key] if id not in held.get(key, [])]
        gone = (id for id in held.get(key, []) if id not in named_now[key])
        successors |= {id: next(iter(fresh), None) for id in gone}
    return set(changed), successors


def _named_by_pages(connection: Connection, keys: Collection[int]) -> set[int]:
    e = t.evidence.c
    query = select(e.article_key).where(e.article_key.in_(list(keys)), e.kind == "author", e.rule.startswith("S4:"))
    return set(connection.execute(query).scalars())


def _set_countries(connection: Connection, countries: Mapping[int, Sequence[str]]) -> None:
    c = t.article.c
    if countries:
        connection.execute(
            update(t.article)
            .where(c.key == bindparam("b_key"))
            .values(countries=bindparam("b_codes", type_=c.countries.type)),
            [{"b_key": key, "b_codes": list(codes)} for key, codes in countries.items()],
        )


def _seat_again(
    connection: Connection,
    keys: Sequence[int],
    sections: Mapping[int, Sequence[str]],
    selects: Selects,
    now: datetime,
) -> None:
    """Take articles out of the sections, authors' and operators' channels that are theirs no more, put them into those
    that are, and tell every channel that carries them."""
    articles = [replace(one, sections=tuple(sections[one.key])) for one in load_articles(connection, keys)]
    wanted: dict[int, set[Address]] = {
        article.key: {
            *((ChannelKind.SECTION, slug) for slug in article.sections),
            *((ChannelKind.AUTHOR, credit.slug) for credit in article.credits if credit.slug),
            *((ChannelKind.CHANNEL, slug) for slug in selects(article)),
        }
        for article in articles
    }
    bump(connection, dict.fromkeys(carrying(connection, keys), 0), now)
    channels = ensure(connection, sorted({address for those in wanted.values() for address in those}), now)
    places = held_places(connection, keys, (ChannelKind.SECTION, ChannelKind.AUTHOR, ChannelKind.CHANNEL))
    gone = [(row["id"], key) for row, key in places if (ChannelKind(row["kind"]), row["slug"]) not in wanted[key]]
    unseat(connection, gone, now)
    seats = [
        Seat(channels[address], article, _shown(channels[address], article))
        for article in articles
        for address in sorted(wanted[article.key])
        if address[0] is not ChannelKind.CHANNEL or may_show(channels[address], article)
    ]
    seat(connection, seats, now)


def _shown(channel: Mapping[str, Any] | RowMapping, article: Article) -> bool:
    if channel["kind"] == ChannelKind.CHANNEL.value:
        return True
    return article.visibility is Visibility.PUBLIC
