"""Bytes of a document → its sightings: the one pure function that runs in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Hints, Sighting, Source
from aggregator.normalize import Rules, normalize, plain
from aggregator.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document said of its feed, and its entries in our terms."""

    sightings: tuple[Sighting, ...]
    title: str
    site_url: str | None
    hub: str | None
    partial: bool
    warning: str | None
    hints: Hints


def read(body: bytes, *, content_type: str, url: str, source: Source, rules: Rules, now: datetime) -> Reading:
    """Parse and normalize; raises ParseError when `body` is not a feed."""
    feed = parse(body, content_type=content_type, url=url)
    return Reading(
        sightings=normalize(feed, source=source, url=url, rules=rules, now=now),
        title=plain(feed.title),
        site_url=feed.link,
        hub=feed.hub,
        partial=feed.partial,
        warning=feed.warning,
        hints=feed.hints,
    )
