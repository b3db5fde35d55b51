"""Newsroom: everything an operator configured, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from aggregator.model.channel import Channel, ChannelKind
from aggregator.model.outlet import Outlet, Source
from aggregator.model.title import Title

OWN_HUB, NO_HUB = "own", "none"
# Those that pages and feeds can be written in (`words.tsv`).
PAGE_LANGUAGES = ("en", "es", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`url` is the public base of every self link, without a trailing slash; `id_domain` and `id_since` make the tag: URIs;
    `hub` is OWN_HUB, NO_HUB or the address of somebody else's."""

    title: Title = Title("aggregator")
    url: str = "http://localhost:8000"
    id_domain: str = "localhost"
    id_since: date = date(2026, 1, 1)
    description: Title = Title()
    language: str = "en"
    timezone: str = "UTC"
    contact: str | None = None
    polls_per_day: float = 24.0
    languages: tuple[str, ...] = ()
    hub: str = OWN_HUB

    @property
    def further_languages(self) -> tuple[str, ...]:
        """The languages of pages beside `language`: each lies below an address of its own."""
        own = self.language.partition("-")[0]
        return tuple(dict.fromkeys(one for one in self.languages if one != own))

    @property
    def outside_hub(self) -> str | None:
        """The address of the hub that we tell of news, where it is not our own."""
        return self.hub if self.hub not in (OWN_HUB, NO_HUB) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """Words that speak for (or against) a section: language → words; language "*" for all."""

    by_language: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def words(self, language: str | None) -> tuple[str, ...]:
        """The words for `language`; all of them where the language is not known."""
        base = (language or "").partition("-")[0]
        return tuple(word for key, words in self.by_language if key == "*" or not base or key == base for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Our own heading. `countries` are ISO 3166 or UN M49 codes, `categories` what sources call it, `paths` of URLs.

    `pin` and `bar` are the operator's last word: addresses, where * stands for anything, or ids of outlets, whose articles
    belong here or never do. `formerly` are slugs that it had."""

    slug: str
    title: Title
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    keywords: Keywords = Keywords()
    exclude: Keywords = Keywords()
    parent: str | None = None
    pin: tuple[str, ...] = ()
    bar: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorProfile:
    """A configured author. `outlets` empty: the name means this person everywhere."""

    slug: str
    name: str
    kind: str = "person"
    role: Title = Title()
    bio: Title = Title()
    url: str | None = None
    image: str | None = None
    aliases: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Newsroom:
    """The whole configuration, in force or not. `digest` is the hex SHA-256 of the `files` it came from: (name, text).
    `moved_authors` are former slugs that its queries ask for, with those of now: the database knows them."""

    site: Site = Site()
    outlets: tuple[Outlet, ...] = ()
    sources: tuple[Source, ...] = ()
    sections: tuple[Section, ...] = ()
    authors: tuple[AuthorProfile, ...] = ()
    channels: tuple[Channel, ...] = ()
    digest: str = ""
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)
    moved_authors: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def source_by_id(self) -> dict[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def outlet_by_id(self) -> dict[str, Outlet]:
        return {outlet.id: outlet for outlet in self.outlets}

    def is_private(self, outlet: Outlet) -> bool:
        """Whether an outlet has sources, and all of them are private."""
        return self._open_by_outlet.get(outlet.id) is False

    @cached_property
    def _open_by_outlet(self) -> dict[str, bool]:
        """Of outlets with sources, whether one of these is not private."""
        found: dict[str, bool] = {}
        for source in self.sources:
            found[source.outlet.id] = found.get(source.outlet.id, False) or not source.private
        return found

    @cached_property
    def section_by_slug(self) -> dict[str, Section]:
        return {section.slug: section for section in self.sections}

    @cached_property
    def channel_by_slug(self) -> dict[str, Channel]:
        return {channel.slug: channel for channel in self.channels}

    @cached_property
    def renamed(self) -> dict[tuple[ChannelKind, str], str]:
        """The slugs that sections and the operator's channels had → those that they have."""
        sections = {(ChannelKind.SECTION, old): one.slug for one in self.sections for old in one.formerly}
        return sections | {(ChannelKind.CHANNEL, old): one.slug for one in self.channels for old in one.formerly}
