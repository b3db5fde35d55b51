"""Articles → cards: what a list or a page shows of one, within its rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import nh3
from markupsafe import Markup

from aggregator.model import EVERYTHING, Allowance, Article, ChannelKind, Newsroom, Picture, Standard, Visibility
from aggregator.publish import allowed, web_link
from aggregator.web.desk import Desk
from aggregator.web.links import Links
from aggregator.web.moments import Moment, moment, zone_of
from aggregator.web.pictures import picture_origins
from aggregator.words import phrase

_NAMED_MATES = 2
_NAMED_SECTIONS = 3


_LONG_AFTER = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Words and where they lead; `lang` where they are not in the language of the page."""

    text: str
    href: str | None = None
    lang: str | None = None
    when: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An article as shown. `dek` is plain text, `body` safe HTML; `key` orders; `revised` only where it was."""

    id: str
    key: int
    title: str
    href: str | None
    original: str | None
    dek: str
    body: Markup
    lang: str | None
    outlet: Anchor
    credits: tuple[Anchor, ...]
    place: str | None
    sections: tuple[Anchor, ...]
    published: Moment
    revised: Moment | None
    picture: Picture | None
    also: tuple[Anchor, ...]
    more: int
    story: str | None
    rights: str | None
    licence: str | None
    attribution: str
    robots: str
    reserved: bool

    @property
    def mates(self) -> int:
        return len(self.also) + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How things look on one page: whose, when, and where its links lead."""

    newsroom: Newsroom
    links: Links
    moment_of: MomentOf
    language: str = "en"
    picture_origins: tuple[str, ...] = ("https://",)

    @classmethod
    def of(cls, desk: Desk, *, static: bool = False) -> Look:
        newsroom = desk.newsroom()
        return cls(
            newsroom=newsroom,
            links=Links.of(newsroom.site, static=static, language=desk.language),
            moment_of=MomentOf(desk, zone_of(newsroom.site.timezone), static=static),
            language=desk.spoken,
            picture_origins=picture_origins(desk.settings),
        )

    def say(self, words: str, **values: object) -> str:
        """`words` in the language of the page."""
        return phrase(words, self.language).format(**values)

    def card(self, article: Article, *, within: Allowance = EVERYTHING) -> Card:
        """An article within what its sources, and the channel, allow."""
        shown = allowed(article, within)
        mates = article.also_in
        return Card(
            id=article.id,
            key=article.key,
            title=shown.title or self.say("Untitled"),
            href=self.links.article(article),
            original=article.content.url,
            dek=shown.summary,
            body=safe(shown.text),
            lang=self.foreign(article.content.language),
            outlet=self.outlet(article),
            credits=self._credits(article),
            place=next((credit.place for credit in article.credits if credit.place), None),
            sections=self._sections(article),
            published=self.moment_of(article.published),
            revised=self._revised(article),
            picture=visible(shown.picture, self.picture_origins),
            also=tuple(map(self.mate, mates[:_NAMED_MATES])),
            more=max(0, len(mates) - _NAMED_MATES),
            story=self.links.story(article) if article.also_in else None,
            rights=article.content.rights,
            licence=web_link(article.content.licence),
            attribution=shown.attribution,
            robots=", ".join(_passed_on(article)),
            reserved=not article.mining,
        )

    def cards(self, articles: Iterable[Article], *, within: Allowance = EVERYTHING) -> tuple[Card, ...]:
        return tuple(self.card(article, within=within) for article in articles)

    def outlet(self, article: Article) -> Anchor:
        """Who reported it."""
        public = article.visibility is Visibility.PUBLIC
        href = self.links.channel(ChannelKind.OUTLET, article.outlet.id) if public else article.outlet.url
        return Anchor(text=article.outlet.title, href=href)

    def mate(self, article: Article) -> Anchor:
        """An article of the same story in another outlet, by the outlet's name."""
        return Anchor(
            text=article.outlet.title,
            href=self.links.article(article),
            lang=self.foreign(article.content.language),
            when=self.moment_of(article.published),
        )

    def section(self, slug: str) -> Anchor:
        """A section by the title that readers know."""
        section = self.newsroom.section_by_slug.get(slug)
        title = section.title.text(self.language) if section else slug
        return Anchor(text=title, href=self.links.channel(ChannelKind.SECTION, slug))

    def foreign(self, language: str | None) -> str | None:
        """`language` where it is not that of the page."""
        return language if language and language.partition("-")[0] != self.language.partition("-")[0] else None

    def _credits(self, article: Article) -> tuple[Anchor, ...]:
        public = article.visibility is Visibility.PUBLIC
        return tuple(
            Anchor(
                text=credit.name,
                href=self.links.channel(ChannelKind.AUTHOR, credit.slug) if credit.slug and public else None,
            )
            for credit in article.credits
        )

    def _sections(self, article: Article) -> tuple[Anchor, ...]:
        """The narrowest, as a country says more than its continent, read from the broad one down."""
        known = [slug for slug in article.sections if slug in self.newsroom.section_by_slug]
        narrowest = sorted(known, key=self.depth, reverse=True)[:_NAMED_SECTIONS]
        return tuple(map(self.section, sorted(narrowest, key=self.depth)))

    def depth(self, slug: str) -> int:
        """How many sections stand above this one."""
        sections, above, seen = self.newsroom.section_by_slug, 0, {slug}
        while (section := sections.get(slug)) and section.parent and section.parent not in seen:
            slug, above = section.parent, above + 1
            seen.add(slug)
        return above

    def _revised(self, article: Article) -> Moment | None:
        later = article.updated - max(article.published, article.listed) > timedelta(minutes=1)
        return self.moment_of(article.updated) if later else None


@dataclass(frozen=True, slots=True)
class MomentOf:
    """A time as seen from the desk's clock and the site's time zone; in a file, which is read whenever, by its date."""

    desk: Desk
    zone: tzinfo
    static: bool = False

    def __call__(self, at: datetime) -> Moment:
        now = at + _LONG_AFTER if self.static else self.desk.now()
        return moment(at, now=now, zone=self.zone, language=self.desk.spoken)


def visible(picture: Picture | None, origins: tuple[str, ...] = ("https://",)) -> Picture | None:
    """Only what our Content-Security-Policy lets load (see `pictures`)."""
    return picture if picture is not None and picture.url.startswith(origins) else None


def safe(html: str) -> Markup:
    """Text that a source lets us show, cleaned once more where it is shown: the database is not trusted with markup."""
    if not html:
        return Markup("")
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=_REL)
    return Markup(clean)  # noqa: S704


def _passed_on(article: Article) -> Iterable[str]:
    """What the publisher tells machines, told to those that read our page."""
    for signal in article.content.signals:
        if signal.standard is Standard.ROBOTS and signal.said not in ("noindex", "none"):
            yield signal.said


_REL = "noopener noreferrer nofollow"
_NAMES = (
    "a abbr b blockquote br cite code dd del dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins li ol p pre q s "
    "small strong sub sup table tbody td tfoot th thead tr u ul"
)
_TAGS = set(_NAMES.split())
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
}
