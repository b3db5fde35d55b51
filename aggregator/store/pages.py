"""Article pages: whose is still to be asked for, what came of it, and what it completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, func, insert, or_, select, update

from aggregator.model import Article, Content, Order, Picture, Sighting, Visibility, order_key
from aggregator.store import tables as t
from aggregator.store.absence import suspect_retraction
from aggregator.store.channels import bump, carrying
from aggregator.store.credits import add_credits, held_authors
from aggregator.store.engine import one_writer
from aggregator.store.loading import load_articles
from aggregator.store.mapping import (
    chunks,
    content_columns,
    index_key,
    signals_json,
    storable,
    storable_json,
    word_columns,
)
from aggregator.store.placing import replace_seats
from aggregator.store.prepared import prepared
from aggregator.store.records.articles import Candidate, Finish, HostUse, PageStatus
from aggregator.store.sightings import keep_evidence

WAITING = "waiting"


def candidates(
    connection: Connection, source_ids: Collection[str], *, now: datetime, seen_since: datetime, limit: int
) -> tuple[Candidate, ...]:
    """Articles that one of these sources still shows and whose page was not asked for or is to be asked again, newest first."""
    a, s, p = t.article.c, t.sighting.c, t.page.c
    query = (
        select(a.key, s.source_id, func.coalesce(s.raw_published, s.raw_updated).label("raw"), p.tries)
        .join(t.sighting, s.article_key == a.key)
        .outerjoin(t.page, p.article_key == a.key)
        .where(
            s.source_id.in_(list(source_ids)),
            s.last_seen >= seen_since,
            a.url.is_not(None),
            a.visibility != Visibility.WITHDRAWN.value,
            or_(p.article_key.is_(None), (p.state == WAITING) & (p.next_try <= now)),
        )
        .order_by(a.key.desc(), s.source_id)
        .limit(limit)
    )
    rows: dict[int, RowMapping] = {}
    for row in connection.execute(query).mappings():
        rows.setdefault(row["key"], row)
    return tuple(
        Candidate(
            article=article,
            source_id=rows[article.key]["source_id"],
            raw_published=rows[article.key]["raw"],
            tries=rows[article.key]["tries"] or 0,
        )
        for article in load_articles(connection, list(rows))
    )


def claim(connection: Connection, candidate: Candidate, *, host: str, now: datetime, again: datetime) -> bool:
    """Write down that its page is asked for now, before the request goes out; False when somebody else has it."""
    p = t.page.c
    values = {"host": host, "last_try": now, "next_try": again, "tries": candidate.tries + 1, "state": WAITING}
    key = candidate.article.key
    if candidate.tries:
        mine = update(t.page).where(p.article_key == key, p.tries == candidate.tries, p.state == WAITING).values(values)
        return connection.execute(mine).rowcount == 1
    if connection.execute(select(p.article_key).where(p.article_key == key)).first():
        return False
    connection.execute(insert(t.page).values(article_key=key, source_id=candidate.source_id, **values))
    return True


def skip(connection: Connection, keys: Collection[tuple[int, str]]) -> None:
    """These articles (key, source id) lack nothing: their pages are not asked for."""
    held = {key for part in chunks([k for k, _ in keys]) for key in _held(connection, part)}
    rows = [
        {"article_key": key, "source_id": source_id, "host": "", "state": "whole", "tries": 0}
        for key, source_id in keys
        if key not in held
    ]
    if rows:
        connection.execute(insert(t.page), rows)


def _held(connection: Connection, keys: Collection[int]) -> set[int]:
    return set(connection.execute(select(t.page.c.article_key).where(t.page.c.article_key.in_(keys))).scalars())


def used(connection: Connection, *, since: datetime) -> dict[str, HostUse]:
    """How often and when last each host was asked for pages since then."""
    p = t.page.c
    query = select(p.host, func.count(), func.max(p.last_try)).where(p.last_try >= since).group_by(p.host)
    return {host: HostUse(asked=count, last=last) for host, count, last in connection.execute(query)}


def finish(connection: Connection, finish: Finish, now: datetime) -> Article | None:
    """What came of asking: the page's state and, where it completed something, the article as it is now."""
    one_writer(connection)
    key = finish.key
    completion = finish.sighting if finish.found else None
    connection.execute(
        update(t.page)
        .where(t.page.c.article_key == key)
        .values(
            state=finish.state,
            next_try=finish.again,
            error=finish.error and storable(finish.error)[:500],
            signals=storable_json(finish.signals),
            found=list(finish.found),
            picture=_picture_json(completion) if completion and {"picture", "caption"} & set(finish.found) else None,
            url=completion.content.url if completion and "canonical" in finish.found else None,
        )
    )
    row = connection.execute(select(t.article).where(t.article.c.key == key)).mappings().first()
    # What an operator took out while we asked stays out.
    if row is None or row["ruling"] or finish.sighting is None:
        return None
    if finish.retracted:
        suspect_retraction(connection, [key], now)
    keep_evidence(connection, finish.sighting.source_id, {key: finish.sighting}, of_pages=True)
    if not finish.found:
        _take_up_signals(connection, row, finish.sighting, now)
        return None
    return _complete(connection, row, finish, finish.sighting, now)


def _take_up_signals(connection: Connection, row: RowMapping, sighting: Sighting, now: datetime) -> None:
    """What a page that completed nothing tells machines of reuse binds all the same."""
    said = signals_json(sighting.content.signals)
    if said != row["signals"]:
        connection.execute(update(t.article).where(t.article.c.key == row["key"]).values(signals=said))
        bump(connection, dict.fromkeys(carrying(connection, [row["key"]]), 0), now)


def _complete(
    connection: Connection, row: RowMapping, finish: Finish, sighting: Sighting, now: datetime
) -> Article | None:
    key = row["key"]
    if sighting.credits and not held_authors(connection, [key]).get(key):
        add_credits(connection, {key: sighting}, now)
    revised = "text" in finish.found
    if revised:
        kept = {name: row[name] for name in ("title", "summary", "text")}
        before = {"article_id": row["id"], "number": row["revision"], "at": now, **kept, "changes": ["text"]}
        connection.execute(insert(t.revision).values(before))
    article = load_articles(connection, [key])[0]
    published = sighting.published or row["published"]
    updated = published if row["updated"] == row["published"] else max(row["updated"], published)
    connection.execute(
        update(t.article)
        .where(t.article.c.key == key)
        .values(
            **content_columns(sighting.content),
            **word_columns(sighting.content, article.categories),
            countries=list(dict.fromkeys((*(row["countries"] or ()), *sighting.countries))),
            published=published,
            # What completes an article is no news of it, but a text where there was none.
            updated=max(updated, now) if revised else updated,
            revision=row["revision"] + revised,
        )
    )
    if published != row["published"]:
        _rank_anew(connection, key, order_key(published, row["id"]))
    if finish.link_key:
        _also_known(connection, row, finish.link_key, now)
    assert finish.batch is not None
    seated = replace_seats(connection, finish.batch, {key: sighting}, {key}, now)
    return seated[0] if seated else None


def _rank_anew(connection: Connection, key: int, rank: int) -> None:
    """In channels that are ordered by publication the article stands elsewhere now."""
    m, c = t.membership.c, t.channel.c
    ordered = select(c.id).where(c.ordering == Order.PUBLISHED.value)
    connection.execute(update(t.membership).where(m.article_key == key, m.channel_id.in_(ordered)).values(rank=rank))


def _also_known(connection: Connection, row: RowMapping, link: str, now: datetime) -> None:
    """An alias never changes its owner."""
    c = t.alias.c
    value = index_key(link)
    same = select(c.article_id).where(
        c.outlet_id == row["outlet_id"], c.kind == "link", c.scope == "", c.value == value
    )
    if connection.execute(same).first() is None:
        named = {"outlet_id": row["outlet_id"], "kind": "link", "scope": "", "value": value, "article_id": row["id"]}
        connection.execute(insert(t.alias).values(**named, rule="its page", first_seen=now, last_seen=now))


def _picture_json(sighting: Sighting) -> Any:
    picture = sighting.content.picture
    return (
        storable_json({name: value for name, value in asdict(picture).items() if value is not None})
        if picture
        else None
    )


def statuses(connection: Connection, *, since: datetime) -> tuple[PageStatus, ...]:
    """How the pages of each source are, by its id."""
    p = t.page.c
    query = select(p.source_id, p.state, p.found, p.signals, p.error, p.last_try).order_by(p.source_id, p.last_try)
    by_source: dict[str, list[RowMapping]] = {}
    for row in connection.execute(query).mappings():
        by_source.setdefault(row["source_id"], []).append(row)
    return tuple(
        PageStatus(
            source_id=source_id,
            states=dict(Counter(row["state"] for row in rows)),
            found=dict(Counter(name for row in rows for name in row["found"] or ())),
            signals=dict(Counter(name for row in rows for name in row["signals"] or ())),
            asked_today=sum(row["last_try"] is not None and row["last_try"] >= since for row in rows),
            error=next((row["error"] for row in reversed(rows) if row["error"]), None),
        )
        for source_id, rows in by_source.items()
    )


def kept(connection: Connection, keys: Collection[int]) -> dict[int, RowMapping]:
    """What the pages of articles completed, for those that a feed revises."""
    found: dict[int, RowMapping] = {}
    for part in chunks(keys):
        found |= {row["article_key"]: row for row in connection.execute(*_completed(keys=part)).mappings()}
    return found


@prepared
def _completed(keys: Any) -> Executable:
    p = t.page.c
    return select(p.article_key, p.picture, p.url, p.found).where(p.article_key.in_(keys), p.state == "done")


def with_page(content: Content, page: RowMapping, *, held: Content) -> Content:
    """What a feed says anew, completed by what the article's page had completed before."""
    picture = Picture(**page["picture"]) if page["picture"] else None
    shown = content.picture
    if shown is not None and picture is not None and shown.url == picture.url:
        shown = replace(shown, caption=shown.caption or picture.caption, credit=shown.credit or picture.credit)
    return replace(
        content,
        picture=shown or picture,
        url=page["url"] or content.url,
        text=content.text or (held.text if "text" in (page["found"] or ()) else ""),
    )
