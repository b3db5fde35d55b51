"""What may stand in the files, as pydantic models. They stay in this package; `mapping` makes values of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from aggregator.config.fields import (
    Contact,
    Country,
    Day,
    Delay,
    Duration,
    Flag,
    Headers,
    Host,
    Hub,
    KeywordMap,
    Language,
    Length,
    PageLanguage,
    PollsADay,
    Reference,
    SecretUrl,
    SiteUrl,
    Slug,
    Text,
    Timezone,
    Tokens,
    Url,
    UrlPath,
    Whose,
    Words,
    expected,
)
from aggregator.model import ITEMS, MOST_ITEMS, Keywords, Title


class Model(BaseModel):
    """Unknown keys are errors; descriptions go to the JSON schema and the editor."""

    model_config = ConfigDict(extra="forbid", frozen=True)


RepublishWord = Literal["title", "summary", "full"]


class EveryModel(Model):
    """Bounds of the adaptive clock."""

    min: Duration | None = Field(None, description="Never sooner than this (default 15m).")
    max: Duration | None = Field(None, description="Never later than this (default 24h).")

    @model_validator(mode="after")
    def _in_order(self) -> EveryModel:
        if self.min and self.max and self.min > self.max:
            raise expected("expected min to be no longer than max")
        return self


def _every(value: Any) -> Any:
    return value if isinstance(value, (dict, EveryModel)) else {"min": value, "max": value}


EveryWord = Annotated[
    EveryModel,
    BeforeValidator(_every),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^([0-9]{1,6}[mhdw])+$"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {bound: {"type": "string"} for bound in ("min", "max")},
                },
            ]
        }
    ),
]


class SiteModel(Model):
    """Who publishes."""

    title: Words = Field(default_factory=lambda: Title("aggregator"), description="Name of the whole.")
    url: SiteUrl = Field(
        "http://localhost:8000",
        description="Public base of every self link; may have a path. Never taken from a request.",
    )
    id_domain: Host | None = Field(
        None, description="Authority of the tag: URIs, so that ids survive a move. Default: the host of url."
    )
    id_since: Day = Field(
        date(2026, 1, 1), description="Date of the tag: URIs. Do not change it once readers subscribe."
    )
    description: Words = Field(default_factory=Title, description="One sentence for the front page and the lists.")
    language: Language = Field("en", description="Language of titles in feeds.")
    timezone: Timezone = Field("UTC", description="Time zone of the pages, such as America/Bogota.")
    contact: Contact | None = Field(
        None, description="Mail address or URL in our User-Agent. Without it each source is polled at most hourly."
    )
    polls_per_day: PollsADay = Field(
        24.0, description="How often each source is polled on average; busy sources and hours get the more of it."
    )
    languages: tuple[PageLanguage, ...] = Field(
        (),
        description="Languages of the pages beside the site's own: en, es, pt; each below an address of its own, /es.",
    )
    hub: Hub = Field(
        "own",
        description="Who tells subscribers of news at once (WebSub): own, none or the URL of somebody else's hub.",
    )


class SourceOptions(Model):
    """Keys that a source may have and `defaults:` may set for all."""

    title: Words | None = Field(None, description="Name of the feed; the default is what the feed says.")
    sections: tuple[Reference, ...] | None = Field(None, description="Sections that everything in it belongs to.")
    authors: tuple[Text, ...] | None = Field(None, description="Byline of entries that have none.")
    republish: RepublishWord | None = Field(None, description="How much we may show: title, summary (default) or full.")
    summary_length: Length | None = Field(None, description="Characters of a summary, 1 to 5000 (default 300).")
    pictures: Flag | None = Field(None, description="false: no pictures.")
    attribution: Text | None = Field(None, description="A line that stands with each of its articles.")
    licence: Text | None = Field(
        None, description="What you have from the publisher, with its date; its signals to machines then do not bind."
    )
    delay: Delay | None = Field(None, description="Shown no sooner than so long after publication: 30m, up to 7d.")
    every: EveryWord | None = Field(None, description="A fixed interval (30m) or bounds {min: 15m, max: 24h}.")
    keep: Duration | None = Field(
        None, description="Retention, from the last time the source still showed the article (default 90d)."
    )
    headers: Headers | None = Field(None, description="Sent with the request; ${NAME} comes from the environment.")
    private: Flag | None = Field(
        None,
        description="Its articles appear in channels with a token alone. Default: true where headers or a secret are set.",
    )
    pages: Flag | None = Field(None, description="Read article pages for a missing author, section, picture or date.")
    push: Flag | None = Field(
        None, description="Have its hub push to us (WebSub). Default: true where site.url is public and the source is."
    )
    enabled: Flag | None = Field(None, description="false: not polled, its articles stay.")
    withdrawn: Flag | None = Field(None, description="true: its articles leave every output at once.")


class DefaultsModel(SourceOptions):
    """Apply to each source that does not say otherwise."""


class SourceModel(SourceOptions):
    """A feed that we poll."""

    url: SecretUrl = Field(description="Address of the feed; ${NAME} comes from the environment.")
    id: Slug | None = Field(
        None, description="Last part of its address. Default: the outlet's id, then outlet-lastpathwords."
    )


class OutletModel(Model):
    """A news organisation and its feeds."""

    title: Words = Field(description="Name of the outlet.")
    url: Url = Field(description="Its home page.")
    country: Country | None = Field(None, description="ISO 3166 code (UY) or UN M49 region (419).")
    language: Language | None = Field(None, description="Main language; leave it out where there are several.")
    sources: tuple[SourceModel, ...] = Field((), description="Its feeds.")


class ExcludeModel(Model):
    """What speaks against a section."""

    keywords: KeywordMap = Field(default_factory=Keywords, description="Language → words; * for every language.")


class SectionModel(Model):
    """Our own heading, and what makes an article belong there."""

    title: Words = Field(description="Name of the section.")
    countries: tuple[Country, ...] = Field((), description="ISO 3166 or UN M49: by name, capital, city and demonym.")
    categories: tuple[Text, ...] = Field((), description="What sources call it; accents and case folded.")
    paths: tuple[UrlPath, ...] = Field((), description="Parts of the article's URL, such as /deportes/.")
    keywords: KeywordMap = Field(
        default_factory=Keywords, description="Language → words in title or summary; * for every language."
    )
    exclude: ExcludeModel = Field(default_factory=ExcludeModel, description="Words that speak against it.")
    parent: Reference | None = Field(None, description="Section that this one is part of.")
    pin: tuple[Whose, ...] = Field(
        (), description="Addresses (* for anything) or ids of outlets whose articles belong here whatever else says."
    )
    bar: tuple[Whose, ...] = Field((), description="Addresses or ids of outlets whose articles never belong here.")
    formerly: tuple[Slug, ...] = Field((), description="Slugs that it had: their addresses forward here.")


class AuthorModel(Model):
    """A person, organisation or desk that we know."""

    name: Text = Field(description="Name as it is shown.")
    kind: Literal["person", "organisation", "desk"] = Field("person", description="person, organisation or desk.")
    role: Words = Field(default_factory=Title, description="What stands under the name.")
    bio: Words = Field(default_factory=Title, description="A sentence or two.")
    url: Url | None = Field(None, description="Page of the author.")
    image: Url | None = Field(None, description="Portrait; linked, not copied.")
    aliases: tuple[Text, ...] = Field((), description="Other forms of the name in bylines; accents and case folded.")
    outlets: tuple[Reference, ...] = Field(
        (), description="The name means this person only there. Default: everywhere."
    )


class PreferModel(Model):
    """One article per story, from the first of these outlets that has it."""

    prefer: tuple[Reference, ...] = Field(description="Outlets, best first.", min_length=1)


def _stories(value: Any) -> Any:
    if value in ("all", "first") or isinstance(value, (dict, PreferModel)):
        return value
    raise expected("expected all, first or {prefer: [outlet, …]}")


StoriesWord = Annotated[Literal["all", "first"] | PreferModel, BeforeValidator(_stories)]


class ChannelModel(Model):
    """A feed that we publish: a selection of articles with a title."""

    title: Words | None = Field(None, description="Name of the channel; needed unless removed.")
    description: Words = Field(default_factory=Title, description="One sentence.")
    where: Text | None = Field(None, description="Query that selects its articles; needed unless removed.")
    stories: StoriesWord = Field(
        "all", description="all, first or {prefer: [outlet, …]}: one article per story or all."
    )
    limit: int = Field(ITEMS, ge=1, le=MOST_ITEMS, description="Articles in the feed.")
    order: Literal["listed", "published"] = Field("listed", description="Newest first, by which date.")
    republish: RepublishWord | None = Field(None, description="May only narrow what the sources allow.")
    summary_length: Length | None = Field(None, description="Characters of a summary; may only narrow.")
    pictures: Flag = Field(True, description="false: no pictures.")
    token: Tokens = Field(
        (),
        description="Makes it private: ?token=… is needed. Write ${NAME}, or [${NEW}, ${OLD}] while readers change over.",
    )
    formerly: tuple[Slug, ...] = Field((), description="Slugs that it had: their addresses forward here.")
    removed: Flag = Field(False, description="true: its addresses answer 410; all other keys are optional then.")

    @model_validator(mode="after")
    def _whole(self) -> ChannelModel:
        lacks = [name for name in ("title", "where") if getattr(self, name) is None]
        if lacks and not self.removed:
            raise expected(f"expected {' and '.join(lacks)} (or removed: true)")
        return self


class FileModel(Model):
    """A file of the configuration; all files of the folder are merged."""

    site: SiteModel = Field(default_factory=SiteModel, description="Who publishes.")
    defaults: DefaultsModel = Field(
        default_factory=DefaultsModel, description="Any key that a source may have, for all sources."
    )
    outlets: dict[Slug, OutletModel] = Field(default_factory=dict, description="News organisations by id.")
    sections: dict[Slug, SectionModel] = Field(default_factory=dict, description="Sections by slug.")
    authors: dict[Slug, AuthorModel] = Field(default_factory=dict, description="Authors by slug.")
    channels: dict[Slug, ChannelModel] = Field(default_factory=dict, description="Channels by slug.")
