"""What the API answers with: articles and channels as documented JSON. Every key is always there; null is "not known"."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from aggregator.etiquette.leases import plain
from aggregator.health.judging import advice
from aggregator.model import EVERYTHING, Allowance, Article, ChannelKind, Site
from aggregator.publish import allowed, article_uri
from aggregator.store import SourceStatus
from aggregator.web.links import FEED_FORMATS, Links


class OutletName(BaseModel):
    """The news organisation that reported it."""

    id: str
    title: str
    url: str


class AuthorName(BaseModel):
    """A person, organisation or desk that the byline names."""

    name: str
    slug: str | None = Field(description="Its page and feeds: /authors/{slug}.")
    kind: str = Field(description="person, organisation or desk.")


class PictureLink(BaseModel):
    """A picture, linked at its source."""

    url: str
    type: str | None
    width: int | None
    height: int | None
    caption: str | None
    credit: str | None


class EnclosureLink(BaseModel):
    """A file that goes with the article."""

    url: str
    type: str | None
    length: int | None = Field(description="Bytes.")


class Mate(BaseModel):
    """The same story in another outlet."""

    id: str
    title: str
    url: str | None
    outlet: str


class ArticleOut(BaseModel):
    """One article, within what its source lets us show."""

    id: str = Field(description="16 characters; stays for ever.")
    uri: str = Field(description="The same as a tag: URI, as in the feeds.")
    title: str
    url: str | None = Field(description="The original, at its outlet.")
    page: str | None = Field(description="Our page, relative to this host.")
    summary: str = Field(
        description="Plain text, about 300 characters unless its source allows more; empty where it allows headlines only."
    )
    text: str = Field(description="Sanitized HTML; empty unless the source allows the full text.")
    lang: str | None = Field(description="RFC 5646.")
    published: datetime
    updated: datetime = Field(description="The last revision that a reader would notice.")
    listed: datetime = Field(description="When it took its place in our feeds. Never changes.")
    outlet: OutletName
    source: str | None = Field(description="Id of the source it is attributed to.")
    authors: list[AuthorName]
    sections: list[str] = Field(description="Slugs.")
    countries: list[str] = Field(description="ISO 3166 codes.")
    categories: list[str] = Field(description="The source's own tags.")
    picture: PictureLink | None
    enclosures: list[EnclosureLink]
    rights: str | None = Field(description="As the source states them.")
    license: str | None = Field(description="Address of the licence that the source states.")
    attribution: str = Field(description="A line to be shown with it; empty where none is asked for.")
    story: str = Field(description="Id of its story; its own id when no other outlet tells it.")
    also_in: list[Mate]

    @classmethod
    def of(cls, article: Article, site: Site, *, within: Allowance = EVERYTHING, source: str | None) -> ArticleOut:
        """`source` is None where the source itself is not public."""
        shown, content = allowed(article, within), article.content
        return cls(
            id=article.id,
            uri=article_uri(site, article.id),
            title=shown.title,
            url=content.url,
            page=Links.of(site).article(article),
            summary=shown.summary,
            text=shown.text,
            lang=content.language,
            published=article.published,
            updated=article.updated,
            listed=article.listed,
            outlet=OutletName(id=article.outlet.id, title=article.outlet.title, url=article.outlet.url),
            source=source,
            authors=[AuthorName(name=c.name, slug=c.slug, kind=c.kind) for c in article.credits],
            sections=list(article.sections),
            countries=list(article.countries),
            categories=[category.label or category.term for category in article.categories],
            picture=_picture(shown.picture),
            enclosures=[EnclosureLink(url=e.url, type=e.type, length=e.length) for e in shown.enclosures],
            rights=content.rights,
            license=content.licence,
            attribution=shown.attribution,
            story=article.story,
            also_in=[
                Mate(id=mate.id, title=mate.content.title, url=mate.content.url, outlet=mate.outlet.id)
                for mate in article.also_in
            ],
        )


def _picture(picture: object) -> PictureLink | None:
    return None if picture is None else PictureLink.model_validate(picture, from_attributes=True)


class Articles(BaseModel):
    """Articles, newest first."""

    articles: list[ArticleOut]
    next: str | None = Field(description="`before` of the older ones; null at the end.")
    cut: bool = Field(description="Whether a search stopped early to stay quick: there may be more.")


class ChannelOut(BaseModel):
    """Something to subscribe to."""

    kind: str = Field(description="section, author, outlet, source or channel.")
    slug: str
    title: str
    articles: int = Field(description="How many it carries.")
    latest: datetime | None = Field(description="When its latest article was listed.")
    outlet: str | None = Field(description="Of sources, and of authors of one outlet.")
    page: str
    feeds: dict[str, str] = Field(description="rss, atom and json, relative to this host.")


class Channels(BaseModel):
    """Channels of one kind, by slug."""

    channels: list[ChannelOut]
    next: str | None = Field(description="`after` of the further ones; null at the end.")


class StoryOut(BaseModel):
    """One story: every outlet's telling, oldest first."""

    id: str
    articles: list[ArticleOut]


class Stories(BaseModel):
    """Stories that more than one article tells."""

    stories: list[StoryOut]


class PushOut(BaseModel):
    """How the lease of a source at its hub stands."""

    state: str
    hub: str
    verified: datetime | None
    expires: datetime | None
    next_try: datetime
    failures: int
    error: str | None
    trust: float = Field(description="0 to 1: how far its polls are left to its pushes.")
    last_push: datetime | None
    pushes: int
    brought: int = Field(description="Articles that pushes brought before any poll.")
    missed: int = Field(description="Articles that polls found and no push had brought.")
    ignored: int = Field(description="Pushes without a valid signature.")
    hints: int = Field(description="Pushes that a poll was made for.")
    waiting: int = Field(description="Pushes that are not read yet.")


class SourceOut(BaseModel):
    """How a source is, for operators."""

    id: str
    outlet: str
    url: str
    title: str
    health: str
    error: str | None
    since: datetime | None
    last_poll: datetime | None
    next_poll: datetime | None
    why: str
    evidence: str
    advice: str
    failures: int
    articles: int
    push: PushOut | None = Field(description="Null where no hub was asked to push its news.")

    @classmethod
    def of(cls, status: SourceStatus, now: datetime) -> SourceOut:
        names = cls.model_fields.keys() - {"advice", "push"}
        lease, waiting = status.lease, status.pushes_waiting
        push = None if lease is None else PushOut.model_validate(plain(lease, now, waiting=waiting))
        return cls(**{name: getattr(status, name) for name in names}, advice=advice(status.health), push=push)


def channel_out(site: Site, kind: ChannelKind, slug: str, **known: object) -> ChannelOut:
    """A channel with its addresses; `known` are its title, articles, latest and outlet."""
    links = Links.of(site)
    feeds = {format: links.feed(kind, slug, format) for format in FEED_FORMATS}
    return ChannelOut.model_validate(
        {"kind": kind.value, "slug": slug, "page": links.channel(kind, slug), "feeds": feeds, **known}
    )
