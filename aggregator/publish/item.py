"""Article → item: all that any format writes of it, cleaned once, so that all formats say the same."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, wraps
from typing import TypeVar

from aggregator.model import (
    Allowance,
    Article,
    Category,
    ChannelKind,
    Credit,
    Enclosure,
    Picture,
    Republish,
    Signal,
    Site,
    Visibility,
)
from aggregator.publish import ids
from aggregator.publish.dates import utc
from aggregator.publish.links import media_type, web_link
from aggregator.publish.publication import Publication
from aggregator.publish.rights import Shown, allowed
from aggregator.text import one_line, shorten, xml_legal

Written = TypeVar("Written")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287's own pattern
_ADDRESS = re.compile(r"\S+@\S+")  # an e-mail address is nobody's name, and never published
_HEADLINE_LENGTH = 80
_REMEMBERED, _LONGEST_REMEMBERED = 2_000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An author. `url` is his or her own page, or ours of the author."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A page elsewhere with its title: the outlet, the source (with the `atom:id` of its feed), another telling of the story."""

    title: str
    url: str | None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article as it is written. One-line strings are plain text, `text` is HTML, links are http(s), dates aware UTC.

    `authors` is empty where nobody is named: the item is then its `outlet`'s. `enclosures` all have a media type.
    `attribution` is the line that its source wants with it: `description` and `body` are summary and text with it.
    """

    id: str
    title: str
    url: str | None
    language: str | None
    authors: tuple[Person, ...]
    summary: str
    text: str
    attribution: str
    categories: tuple[Category, ...]
    sections: tuple[str, ...]
    countries: tuple[str, ...]
    picture: Picture | None
    enclosures: tuple[Enclosure, ...]
    rights: str
    licence: str | None
    rsl: str
    signals: tuple[Signal, ...]
    outlet: Reference
    source: Reference
    related: tuple[Reference, ...]
    published: datetime
    updated: datetime

    @property
    def description(self) -> str:
        """What readers see of every item, whatever they leave out of the rest; plain text."""
        return " — ".join(filter(None, (self.summary, self.attribution)))

    @property
    def body(self) -> str:
        """The text, HTML; "" where it may not be shown."""
        said = f"<p>{html.escape(self.attribution)}</p>" if self.attribution else ""
        return self.text and self.text + said

    @property
    def picture_as_file(self) -> tuple[Enclosure, ...]:
        """The picture, where its type is known, unless it is among the enclosures."""
        picture = self.picture
        if picture is None or picture.type is None or any(file.url == picture.url for file in self.enclosures):
            return ()
        return (Enclosure(url=picture.url, type=picture.type, length=picture.length),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article and its item, None where none can be made of it."""

    article: Article
    item: Item | None


def drafts(publication: Publication, *, site: Site) -> tuple[Draft, ...]:
    """The articles of a publication as its feeds write them, in order; the same for every format. Withdrawn ones are never
    written, nor those that wait."""
    shown = (article for article in publication.articles if not _is_hidden(article))
    return tuple(Draft(article=article, item=_item_if_any(article, publication, site)) for article in shown)


def _is_hidden(article: Article) -> bool:
    return getattr(article, "visibility", None) in (Visibility.WITHDRAWN, Visibility.WAITING)


def _item_if_any(article: Article, publication: Publication, site: Site) -> Item | None:
    try:
        return item_of(article, publication, site=site)
    except Exception:  # whatever is wrong with one article must not take down the feed
        return None


def each(
    drafted: Iterable[Draft], write: Callable[[Item, Article], Written]
) -> tuple[tuple[Written, ...], tuple[str, ...]]:
    """What `write` makes of each article, in order, and the ids of those it failed on."""
    written, omitted = [], []
    for draft in drafted:
        try:
            assert draft.item is not None
            written.append(write(draft.item, draft.article))
        except Exception:  # as above
            omitted.append(str(getattr(draft.article, "id", "?")))
    return tuple(written), tuple(omitted)


def written_once(write: Callable[[Item], Written]) -> Callable[[Item], Written]:
    """`write`, remembered by what the item says: an article stands in many channels, and of a channel that is rendered again 49
    items of 50 are as they were. Long texts are not kept."""
    remembered = lru_cache(maxsize=_REMEMBERED)(write)

    @wraps(write)
    def written(item: Item) -> Written:
        return (remembered if len(item.text) <= _LONGEST_REMEMBERED else write)(item)

    return written


def item_of(article: Article, publication: Publication, *, site: Site) -> Item:
    """What the feeds of `publication` write of `article`."""
    within = publication.within
    if publication.for_mining and not article.mining:
        within = within.only(Republish.TITLE)
    labels = tuple(publication.labels.get(slug, "") for slug in article.sections)
    made = _made_once if len(article.content.text) <= _LONGEST_REMEMBERED else _made
    return made(article, within, labels, site)


def _made(article: Article, within: Allowance, labels: tuple[str, ...], site: Site) -> Item:
    """The item of an article in channels that allow this much. `labels` are the titles of its sections."""
    shown, content = allowed(article, within), article.content
    # An outlet that the configuration does not know any more has its id and our page of it.
    own = ids.channel_address(site, ChannelKind.OUTLET, article.outlet.id)
    outlet = Reference(title=line(article.outlet.title) or article.outlet.id, url=web_link(article.outlet.url) or own)
    published = utc(article.published)
    return Item(
        id=ids.article_uri(site, article.id),
        title=shown.title or shorten(shown.summary, _HEADLINE_LENGTH) or outlet.title or article.id,
        url=_url(article, site),
        language=language_tag(content.language) or language_tag(article.outlet.language),
        authors=_persons(article.credits, site),
        summary=shown.summary,
        text=xml_legal(shown.text),
        attribution=shown.attribution,
        categories=_categories(article, labels, site),
        sections=tuple(article.sections),
        countries=tuple(article.countries),
        picture=_picture(shown),
        enclosures=_enclosures(shown.enclosures),
        rights=line(content.rights or ""),
        licence=web_link(content.licence),
        rsl=content.rsl,
        signals=content.signals,
        outlet=outlet,
        source=Reference(
            title=line(article.source_title) or outlet.title,
            url=web_link(article.source_url) or outlet.url,
            id=ids.stated_uri(article.source_feed_id),
        ),
        related=tuple(
            Reference(title=f"{line(other.outlet.title)}: {line(other.content.title)}", url=url)
            for other in article.also_in
            if (url := web_link(other.content.url)) and other.visibility is Visibility.PUBLIC
        ),
        published=published,
        updated=max(utc(article.updated), published),
    )


_made_once = lru_cache(maxsize=_REMEMBERED)(_made)


def line(text: str) -> str:
    """`text` on one line, without what XML forbids."""
    return one_line(xml_legal(text))


def language_tag(tag: str | None) -> str | None:
    """`tag` when it looks like RFC 5646 (`es_PE` is mended), else None."""
    mended = (tag or "").strip().replace("_", "-")
    return mended if _LANGUAGE.fullmatch(mended) else None


def _url(article: Article, site: Site) -> str | None:
    """The publisher's page; where a source gives none our own, which nobody has for what is not public."""
    if link := web_link(article.content.url):
        return link
    public = article.visibility is Visibility.PUBLIC
    return ids.article_address(site, article.id) if public else web_link(article.outlet.url)


def _persons(named: Iterable[Credit], site: Site) -> tuple[Person, ...]:
    persons: dict[str, Person] = {}
    for credit in named:
        name = line(credit.name)
        if name and not _ADDRESS.fullmatch(name):
            own = ids.author_address(site, credit.slug) if credit.slug else None
            persons.setdefault(name, Person(name=name, url=web_link(credit.url) or own))
    return tuple(persons.values())


def _categories(article: Article, labels: tuple[str, ...], site: Site) -> tuple[Category, ...]:
    """Our sections and countries under our schemes first, then the source's own tags under theirs."""
    ours = [
        Category(term=slug, scheme=ids.section_scheme(site), label=line(label) or None)
        for slug, label in zip(article.sections, labels, strict=True)
    ]
    ours += [Category(term=code, scheme=ids.region_scheme(site)) for code in article.countries]
    theirs = [
        Category(term=term, scheme=web_link(tag.scheme), label=line(tag.label or "") or None)
        for tag in article.categories
        if (term := line(tag.term))
    ]
    return tuple({(tag.term, tag.scheme): tag for tag in reversed([*ours, *theirs])}.values())[::-1]


def _picture(shown: Shown) -> Picture | None:
    if shown.picture is None or not (url := web_link(shown.picture.url)):
        return None
    return replace(
        shown.picture,
        url=url,
        type=media_type(shown.picture.type, url),
        length=_length(shown.picture.length),
        caption=line(shown.picture.caption or "") or None,
        credit=line(shown.picture.credit or "") or None,
        copyright=line(shown.picture.copyright or "") or None,
    )


def _enclosures(enclosures: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for enclosure in enclosures:
        if url := web_link(enclosure.url):
            type = media_type(enclosure.type, url) or "application/octet-stream"
            found.setdefault(url, Enclosure(url=url, type=type, length=_length(enclosure.length)))
    return tuple(found.values())


def _length(stated: int | None) -> int | None:
    return stated if stated and stated > 0 else None
