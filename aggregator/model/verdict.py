"""Verdict: what dedupe says about a sighting, with the rule and the keys that decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from aggregator.model.article import Sighting


class KeyKind(StrEnum):
    """The identities an entry offers, strongest first. `article` is an id of ours or of another instance, out of a tag: URI."""

    ARTICLE = "article"
    GUID = "guid"
    LINK = "link"
    ADDRESS = "address"
    HASH = "hash"

    __hash__ = str.__hash__  # an Enum's is written in Python, and every look-up of a key asks for it


class Key(NamedTuple):
    """One identity of an article within its outlet. `scope` is the source id for guids, else empty."""

    kind: KeyKind
    value: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Nothing we hold is this: a new article under `id`, known by `keys`."""

    sighting: Sighting
    keys: tuple[Key, ...]
    id: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """It is the article `id`, and a reader would notice what changed (`changes`: names of fields of Content).

    `merge` when it is so by weaker evidence than the guid that it states: it joined an article known by another guid, and
    `scores` say how alike the two are."""

    sighting: Sighting
    keys: tuple[Key, ...]
    id: str
    rule: str
    changes: tuple[str, ...]
    merge: bool = False
    scores: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """It is the article `id`, as we hold it. `merge` and `scores` as in `Revised`."""

    sighting: Sighting
    keys: tuple[Key, ...]
    id: str
    rule: str
    merge: bool = False
    scores: tuple[tuple[str, float], ...] = ()


Verdict = New | Revised | Unchanged
