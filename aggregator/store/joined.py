"""Entries that joined an article by weak evidence → what they and the article said then, so that a split can tell both again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from aggregator.dedupe import WEAK_RULES
from aggregator.model import Key, New, Revised, Sighting, Verdict
from aggregator.store import tables as t
from aggregator.store.identities import columns_of
from aggregator.store.loading import load_articles
from aggregator.store.mapping import categories_json, categories_of, content_columns, content_of, storable_json
from aggregator.store.reapplying import told


@dataclass(frozen=True, slots=True)
class Joined:
    """What an entry `said` that joined an article, and what the article said `before`, where the entry revised it."""

    said: Sighting
    before: Sighting | None


def keep_joined(connection: Connection, source_id: str, held: Mapping[int, Verdict], now: datetime) -> None:
    """Keep what joins held articles by weak evidence, and what it writes over; before it does so."""
    joining = {key: verdict for key, verdict in held.items() if _may_be_split(verdict)}
    if not joining:
        return
    revised = load_articles(connection, [key for key, verdict in joining.items() if isinstance(verdict, Revised)])
    earlier = {
        (key, one.source_id): one for key, those in told(connection, revised).items() for one, _evidence in those
    }
    connection.execute(
        insert(t.joined),
        [
            {
                "article_id": verdict.id,
                "source_id": source_id,
                "outlet_id": verdict.sighting.outlet_id,
                "at": now,
                "keys": [list(columns_of(one)) for one in verdict.keys],
                "said": _plain(verdict.sighting),
                "before": _plain(before) if (before := earlier.get((key, source_id))) else None,
            }
            for key, verdict in joining.items()
        ],
    )


def _may_be_split(verdict: Verdict) -> bool:
    """Section feeds show by the thousand what the main feed did, at the same address and in the same words: that is not kept."""
    if isinstance(verdict, New) or not verdict.merge:
        return False
    return verdict.rule in WEAK_RULES or isinstance(verdict, Revised)


def joined_by(connection: Connection, id: str, keys: Collection[Key]) -> Joined | None:
    """What joined the article `id` last under one of `keys`."""
    c, wanted = t.joined.c, set(map(columns_of, keys))
    query = select(t.joined).where(c.article_id == id).order_by(c.id.desc())
    for row in connection.execute(query).mappings():
        if not wanted.isdisjoint(map(tuple, row["keys"])):
            said = _sighting(row["said"], row["source_id"], row["outlet_id"])
            before = row["before"] and _sighting(row["before"], row["source_id"], row["outlet_id"])
            return Joined(said, before or None)
    return None


def _plain(sighting: Sighting) -> dict[str, Any]:
    names = ("guid", "position", "bylines", "raw_published", "raw_updated", "raw_hash")
    return {
        **{name: storable_json(getattr(sighting, name)) for name in names},
        "published": sighting.published and sighting.published.isoformat(),
        "updated": sighting.updated and sighting.updated.isoformat(),
        "categories": categories_json(sighting.categories),
        "content": content_columns(sighting.content),
    }


def _sighting(kept: Mapping[str, Any], source_id: str, outlet_id: str) -> Sighting:
    names = ("guid", "position", "raw_published", "raw_updated", "raw_hash")
    return Sighting(
        **{name: kept[name] for name in names},
        source_id=source_id,
        outlet_id=outlet_id,
        content=content_of(kept["content"]),
        published=kept["published"] and datetime.fromisoformat(kept["published"]),
        updated=kept["updated"] and datetime.fromisoformat(kept["updated"]),
        bylines=tuple(kept["bylines"]),
        categories=categories_of(kept["categories"]),
        credits=(),
        sections=(),
        countries=(),
        evidence=(),
    )
