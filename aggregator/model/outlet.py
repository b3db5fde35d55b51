"""Outlet: a news organisation. Source: one of its feeds, which we poll."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.model.reuse import SUMMARY_LENGTH, Republish


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Bounds of the clock; `fixed` when both are one: adapting is then off."""

    min: timedelta = timedelta(minutes=15)
    max: timedelta = timedelta(hours=24)

    @property
    def fixed(self) -> bool:
        return self.min == self.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A news organisation (schema.org `publisher`). `country` is ISO 3166 alpha-2 or an UN M49 region, upper case."""

    id: str
    title: str
    url: str
    country: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed that we poll. `url` has its secrets filled in; `public_url` is what may be shown.

    `sections` are section slugs everything in it belongs to, `authors` the byline of entries that have none. `push`: whether we
    subscribe to its hub; None where that hangs on whether hubs can reach us.
    `attribution` stands with each of its articles; an article is listed no sooner than `delay` after its publication;
    `licence` is what the operator has from the publisher: its signals to machines are then shown, and do not bind.
    """

    id: str
    outlet: Outlet
    url: str
    public_url: str
    title: str = ""
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    republish: Republish = Republish.SUMMARY
    summary_length: int = SUMMARY_LENGTH
    pictures: bool = True
    attribution: str = ""
    licence: str = ""
    delay: timedelta = timedelta()
    every: Every = Every()
    keep: timedelta = timedelta(days=90)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    private: bool = False
    pages: bool = False
    push: bool | None = None
    enabled: bool = True
    withdrawn: bool = False
