"""Page: what an article's own web page states of it, before we say what it means."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model.entry import Byline, Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Words and where on the page they stood: `json-ld:articleSection`, `meta:article:section`, `breadcrumb` …"""

    value: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`signals` are what the publisher says about reuse (`noarchive`, `nosnippet`, `noai`, `paywall` …); dates are raw strings;
    `text` is raw HTML, only where it was asked for and no signal speaks against it. `missing` names what would have
    been read with the extra `pages` and was not, because it is not installed. `terms` are RSL documents, as XML: those
    that stand in the page, then those at `licences`, the addresses that it names."""

    url: str
    title: str = ""
    canonical: Stated | None = None
    bylines: tuple[Byline, ...] = ()
    bylines_rule: str = ""
    sections: tuple[Stated, ...] = ()
    tags: tuple[str, ...] = ()
    picture: Media | None = None
    picture_rule: str = ""
    published: Stated | None = None
    language: str | None = None
    signals: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    text: str = ""
    missing: tuple[str, ...] = ()
