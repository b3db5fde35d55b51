"""Models, ids and the environment → the newsroom, as values of `model`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aggregator.config import secrets
from aggregator.config.models import (
    AuthorModel,
    ChannelModel,
    EveryModel,
    FileModel,
    OutletModel,
    PreferModel,
    SectionModel,
    SiteModel,
    SourceModel,
    SourceOptions,
)
from aggregator.config.tree import Path_
from aggregator.model import (
    SUMMARY_LENGTH,
    Allowance,
    AuthorProfile,
    Channel,
    ChannelKind,
    Every,
    Newsroom,
    Order,
    Outlet,
    Republish,
    Section,
    Site,
    Source,
    Stories,
    Title,
)

_BUILT_IN = SourceOptions.model_validate(
    {
        "sections": [],
        "authors": [],
        "republish": "summary",
        "summary_length": SUMMARY_LENGTH,
        "pictures": True,
        "delay": 0,
        "every": {"min": "15m", "max": "24h"},
        "keep": "90d",
        "headers": {},
        "pages": False,
        "enabled": True,
        "withdrawn": False,
    }
)


def newsroom_of(file: FileModel, ids: Mapping[Path_, str], environment: Mapping[str, str]) -> Newsroom:
    """The whole configuration; secrets are filled in, unset ones stay as written."""
    language = file.site.language
    outlets = {id: _outlet(id, outlet, language) for id, outlet in file.outlets.items()}
    return Newsroom(
        site=_site(file.site),
        outlets=tuple(outlets.values()),
        sources=tuple(
            _source(ids["outlets", outlet_id, "sources", number], outlets[outlet_id], source, file, environment)
            for outlet_id, outlet in file.outlets.items()
            for number, source in enumerate(outlet.sources)
        ),
        sections=tuple(_section(slug, section) for slug, section in file.sections.items()),
        authors=tuple(_author(slug, author) for slug, author in file.authors.items()),
        channels=tuple(_channel(slug, channel, environment) for slug, channel in file.channels.items()),
    )


def _site(site: SiteModel) -> Site:
    return Site(
        title=site.title,
        url=site.url,
        id_domain=site.id_domain or urlsplit(site.url).hostname or "localhost",
        id_since=site.id_since,
        description=site.description,
        language=site.language,
        timezone=site.timezone,
        contact=site.contact,
        polls_per_day=site.polls_per_day,
        languages=site.languages,
        hub=site.hub,
    )


def _outlet(id: str, outlet: OutletModel, language: str) -> Outlet:
    return Outlet(
        id=id, title=outlet.title.text(language), url=outlet.url, country=outlet.country, language=outlet.language
    )


def _source(id: str, outlet: Outlet, source: SourceModel, file: FileModel, environment: Mapping[str, str]) -> Source:
    options = _with_defaults(source, file.defaults)
    secret_url = secrets.has_secret(source.url)
    headers = options.headers or {}
    return Source(
        id=id,
        outlet=outlet,
        url=secrets.fill(source.url, environment),
        public_url=outlet.url if secret_url else source.url,
        title=options.title.text(file.site.language) if options.title else "",
        sections=options.sections or (),
        authors=options.authors or (),
        republish=Republish(options.republish or "summary"),
        summary_length=options.summary_length or SUMMARY_LENGTH,
        pictures=options.pictures is not False,
        attribution=options.attribution or "",
        licence=options.licence or "",
        delay=options.delay or timedelta(),
        every=every_of(source.every, file.defaults.every),
        keep=options.keep or timedelta(days=90),
        headers=tuple((name, secrets.fill(value, environment)) for name, value in headers.items()),
        private=bool(headers or secret_url) if options.private is None else options.private,
        pages=bool(options.pages),
        push=options.push,
        enabled=options.enabled is not False,
        withdrawn=bool(options.withdrawn),
    )


def _with_defaults(source: SourceModel, defaults: SourceOptions) -> SourceOptions:
    """Key by key: what the source says, else `defaults:`, else what is built in."""

    def said(name: str) -> Any:
        layers = (getattr(layer, name) for layer in (source, defaults, _BUILT_IN))
        return next((value for value in layers if value is not None), None)

    return SourceOptions.model_construct(None, **{name: said(name) for name in SourceOptions.model_fields})


def every_of(own: EveryModel | None, defaults: EveryModel | None) -> Every:
    """Bound by bound; a bound that is not the source's own gives way to one that is."""
    layers = [layer for layer in (own, defaults, _BUILT_IN.every) if layer]
    shortest = next(layer.min for layer in layers if layer.min)
    longest = next(layer.max for layer in layers if layer.max)
    if shortest > longest:
        named = own or defaults
        longest, shortest = (shortest, shortest) if named and named.min else (longest, longest)
    return Every(min=shortest, max=longest)


def _section(slug: str, section: SectionModel) -> Section:
    return Section(
        slug=slug,
        title=section.title,
        countries=section.countries,
        categories=section.categories,
        paths=section.paths,
        keywords=section.keywords,
        exclude=section.exclude.keywords,
        parent=section.parent,
        pin=section.pin,
        bar=section.bar,
        formerly=section.formerly,
    )


def _author(slug: str, author: AuthorModel) -> AuthorProfile:
    return AuthorProfile(
        slug=slug,
        name=author.name,
        kind=author.kind,
        role=author.role,
        bio=author.bio,
        url=author.url,
        image=author.image,
        aliases=author.aliases,
        outlets=author.outlets,
    )


def _channel(slug: str, channel: ChannelModel, environment: Mapping[str, str]) -> Channel:
    stories = channel.stories
    return Channel(
        kind=ChannelKind.CHANNEL,
        slug=slug,
        title=channel.title or Title(slug),
        description=channel.description,
        where=channel.where or "",
        stories=Stories(mode="prefer", prefer=stories.prefer)
        if isinstance(stories, PreferModel)
        else Stories(mode=stories),
        limit=channel.limit,
        order=Order(channel.order),
        within=Allowance(
            republish=Republish(channel.republish or "full"),
            summary_length=channel.summary_length,
            pictures=channel.pictures,
        ),
        tokens=tuple(secrets.fill(token, environment) for token in channel.token),
        removed=channel.removed,
        formerly=channel.formerly,
    )
