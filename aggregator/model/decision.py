"""Decision: what an operator said about articles, against what the rules made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.verdict import Key


class Action(StrEnum):
    """What can be decided."""

    WITHDRAW = "withdraw"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    JOIN = "join"
    PART = "part"


class Ruling(StrEnum):
    """Why an article is shown nowhere although its sources allow it."""

    WITHDRAWN = "withdrawn"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class OwnedKey:
    """A key within its outlet, and the article that it is of: before a merge, after a split."""

    outlet_id: str
    key: Key
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Of `articles`: of a merge the first is the one that stays; to join and to part are said of their stories. `keys` are all
    that they were known by: enough to decide so again in a database that has seen none of it. `operator` is who decided,
    where known."""

    action: Action
    articles: tuple[str, ...]
    at: datetime
    reason: str = ""
    operator: str = ""
    keys: tuple[OwnedKey, ...] = ()
