"""Feeds → what a reader's parser takes from them: the same shape for every format."""

from __future__ import annotations

import io
import json
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from aggregator.model import Site
from aggregator.publish import FORMATS, Publication, render


@dataclass(frozen=True, slots=True)
class Read:
    """One item as a reader has it."""

    id: str
    title: str
    link: str | None
    authors: tuple[str, ...]
    published: datetime
    updated: datetime


def read(publication: Publication, format: str, site: Site) -> tuple[Read, ...]:
    """`publication` rendered and parsed again; fails where feedparser is not content."""
    body = render(publication, format, site=site).body
    if format == "json":
        return tuple(_json_item(item) for item in json.loads(body)["items"])
    return tuple(map(_entry, parsed(body, format).entries))


def parsed(body: bytes, format: str) -> Any:
    """What feedparser makes of a feed of ours."""
    headers = {"content-type": f"{FORMATS[format].media_type}; charset=utf-8"}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    assert not found.bozo, found.get("bozo_exception")
    return found


def _entry(entry: Mapping[str, Any]) -> Read:
    return Read(
        entry["id"],
        entry["title"],
        entry.get("link"),
        tuple(author["name"] for author in entry.get("authors", ()) if author),
        datetime.fromtimestamp(timegm(entry["published_parsed"]), UTC),
        datetime.fromtimestamp(timegm(entry["updated_parsed"]), UTC),
    )


def _json_item(item: Mapping[str, Any]) -> Read:
    return Read(
        item["id"],
        item["title"],
        item.get("url"),
        tuple(author["name"] for author in item.get("authors", ())),
        datetime.fromisoformat(item["date_published"]),
        datetime.fromisoformat(item["date_modified"]),
    )
