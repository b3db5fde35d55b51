"""Sightings and what is known → verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article that is held under a key. `content` is None once it was purged: it must not come back."""

    article_id: str
    content: Content | None
    published: datetime | None
    updated: datetime
