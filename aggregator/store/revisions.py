"""What a source says otherwise than before → a revised article; what it said before is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, insert, select, update

from aggregator.model import Content, Revised, Verdict
from aggregator.normalize.completion import OF_PAGE
from aggregator.store import tables as t
from aggregator.store.credits import credit_rows, held_authors, replace_credits
from aggregator.store.mapping import (
    ARTICLE_COLUMNS,
    categories_json,
    categories_of,
    chunks,
    content_columns,
    content_of,
    word_columns,
)
from aggregator.store.pages import kept, with_page
from aggregator.store.prepared import prepared


def revise(connection: Connection, touched: Mapping[int, Verdict], now: datetime) -> set[int]:
    """Take up what sightings of held articles say; the keys of those in which a reader sees something else now."""
    rows, pages = _rows(connection, touched), kept(connection, touched)
    visible = _recredit(connection, rows, touched, now)
    updates: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    for key, row in rows.items():
        verdict = touched[key]
        values = _merged(row, verdict, pages.get(key), now)
        # What an operator had erased says nothing that could be kept.
        if isinstance(verdict, Revised) and row["title"]:
            before.append(_before(row, verdict, now))
        if isinstance(verdict, Revised) or _differs(row, values):
            updates.append(values)
            visible.add(key)
    if before:
        connection.execute(insert(t.revision), before)
    if updates:
        _update(connection, updates)
    return visible


def _rows(connection: Connection, keys: Mapping[int, Verdict]) -> dict[int, RowMapping]:
    rows: dict[int, RowMapping] = {}
    for part in chunks(keys):
        rows |= {row["key"]: row for row in connection.execute(*_articles(keys=part)).mappings()}
    return rows


@prepared
def _articles(keys: Any) -> Executable:
    return select(*ARTICLE_COLUMNS).where(t.article.c.key.in_(keys))


def _merged(row: RowMapping, verdict: Verdict, page: RowMapping | None, now: datetime) -> dict[str, Any]:
    """The article's columns after the verdict: another source adds its categories and countries, and takes none away."""
    sighting = verdict.sighting
    revised = isinstance(verdict, Revised)
    held = content_of(row)
    content = sighting.content if revised else held
    if sighting.source_id == row["source_id"]:
        content = _with_rights(content, sighting.content, held)
    if page is not None and revised:
        content = with_page(content, page, held=held)
    categories = tuple(dict.fromkeys((*categories_of(row["categories"]), *sighting.categories)))
    return {
        "key": row["key"],
        **content_columns(content),
        **word_columns(content, categories),
        "categories": categories_json(categories),
        "countries": list(dict.fromkeys((*(row["countries"] or ()), *sighting.countries))),
        "updated": max(row["updated"], now) if revised else row["updated"],
        "revision": row["revision"] + revised,
    }


def _with_rights(content: Content, said: Content, held: Content) -> Content:
    """What the source says of reuse now, though nobody reads it; what its page said stands beside."""
    of_page = tuple(signal for signal in held.signals if signal.where == OF_PAGE and signal not in said.signals)
    picture = content.picture
    if picture and said.picture and picture.url == said.picture.url:
        picture = replace(picture, copyright=said.picture.copyright)
    return replace(
        content,
        picture=picture,
        rights=said.rights,
        credit_line=said.credit_line,
        licence=said.licence,
        rsl=said.rsl,
        signals=(*said.signals, *of_page),
    )


def _differs(row: RowMapping, values: Mapping[str, Any]) -> bool:
    names = ("categories", "countries", "rights", "credit_line", "licence", "rsl", "signals", "picture")
    return any((row[name] or []) != (values[name] or []) for name in names)


def _before(row: RowMapping, verdict: Revised, now: datetime) -> dict[str, Any]:
    kept = {name: row[name] for name in ("title", "summary", "text")}
    return {
        "article_id": row["id"],
        "number": row["revision"],
        "at": now,
        **kept,
        "changes": list(verdict.changes),
    }


def _update(connection: Connection, updates: list[dict[str, Any]]) -> None:
    c = t.article.c
    names = [name for name in updates[0] if name != "key"]
    connection.execute(
        update(t.article)
        .where(c.key == bindparam("b_key"))
        .values({name: bindparam(f"b_{name}", type_=c[name].type) for name in names}),
        [{f"b_{name}": value for name, value in values.items()} for values in updates],
    )


def _recredit(
    connection: Connection, rows: Mapping[int, RowMapping], touched: Mapping[int, Verdict], now: datetime
) -> set[int]:
    """Other credits where an article has none, or where the source it is attributed to names others now."""
    held = held_authors(connection, rows)
    speaking = {
        key: touched[key].sighting
        for key, row in rows.items()
        if touched[key].sighting.credits and (not held.get(key) or touched[key].sighting.source_id == row["source_id"])
    }
    wanted = credit_rows(connection, speaking, now)
    changed = {key: named for key, named in wanted.items() if [one["author_id"] for one in named] != held.get(key, [])}
    replace_credits(connection, changed)
    return set(changed)
