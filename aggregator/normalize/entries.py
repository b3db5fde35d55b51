"""A feed's entries → sightings: every stated field in our terms. One bad entry is repaired, never the end of its feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from aggregator.model import Byline, Content, Credit, Entry, Evidence, Feed, Outlet, Sighting, Source
from aggregator.normalize import relay
from aggregator.normalize.byline_cleaning import as_evidence
from aggregator.normalize.bylines import credits_of
from aggregator.normalize.categories import categories_of
from aggregator.normalize.dates import moment
from aggregator.normalize.language import Language, language_of
from aggregator.normalize.mailboxes import without_addresses
from aggregator.normalize.markup import escaped, sanitize
from aggregator.normalize.markup import words as plain_words
from aggregator.normalize.media import enclosures_of, picture_of
from aggregator.normalize.names import is_own
from aggregator.normalize.reuse import rsl
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.normalize.sections import classify
from aggregator.normalize.titles import plain
from aggregator.text import one_line, shorten, tokens, xml_legal
from aggregator.urls import absolute, canonical_key, clean_url, without_userinfo

_TITLE_FROM_TEXT, _GUID, _RIGHTS = 80, 2_048, 500
_CERTAIN = 0.9
_HEADLINES, _HEADLINE = 10, 40


def normalize(feed: Feed, *, source: Source, url: str, rules: Rules, now: datetime) -> tuple[Sighting, ...]:
    """Every entry as a sighting, in the order of the document; `url` is its final address."""
    others = None if feed.language or source.outlet.language else _language_around(feed)
    return tuple(
        _sighting(entry, position, feed, source=source, url=url, rules=rules, now=now, others=others)
        for position, entry in enumerate(feed.entries)
    )


def _language_around(feed: Feed) -> str | None:
    """What the headlines of a document are in together, if they leave no doubt."""
    headlines = " ".join(plain(entry.title)[:_HEADLINE] for entry in feed.entries[:_HEADLINES])
    told = language_of(None, None, None, headlines)
    return told.tag if told.confidence > _CERTAIN else None


def _sighting(
    entry: Entry,
    position: int,
    feed: Feed,
    *,
    source: Source,
    url: str,
    rules: Rules,
    now: datetime,
    others: str | None,
) -> Sighting:
    entry = _inheriting(entry, feed, url)
    content, language = _content(entry, feed, source, url, others)
    tags = categories_of(entry.categories)
    categories, placed = relay.parted(tags)
    outlet_id, origin = _origin(entry, source, rules.origins)
    # What the operator said of our source's outlet does not hold for another's article in it.
    own = outlet_id == source.outlet.id
    outlet = (
        source.outlet
        if own
        else Outlet(id=outlet_id, title=plain(entry.source_title or ""), url=entry.source_url or "")
    )
    sections, countries, evidence = classify(
        content, tags, source=source, outlet=outlet, rules=rules, point=entry.point
    )
    authors = _authors(entry, source, outlet, content.language, rules.names)
    return Sighting(
        source_id=source.id,
        outlet_id=outlet_id,
        position=position,
        guid=without_userinfo(xml_legal(entry.id.strip()))[:_GUID] or None if entry.id else None,
        content=content,
        published=_published(entry, feed, content.language, now),
        updated=moment(entry.updated, now=now, language=content.language),
        credits=authors,
        categories=categories,
        sections=sections,
        countries=tuple(dict.fromkeys((*countries, *placed))),
        evidence=(*evidence, *_author_evidence(authors, entry), *_language_evidence(language, entry, feed)),
        bylines=tuple(dict.fromkeys(xml_legal(byline.name) for byline in entry.bylines if byline.name)),
        raw_published=entry.published,
        raw_updated=entry.updated,
        raw_hash=entry.raw_hash,
        origin=origin,
        stated_id=relay.stated_id(entry.id),
    )


def _inheriting(entry: Entry, feed: Feed, url: str) -> Entry:
    """The entry with what it has from its source or, where that is this very feed, from the feed around it."""
    own = {canonical_key(address) for address in (url, feed.self_url, feed.link, feed.id) if address}
    theirs = {canonical_key(address) for address in (entry.source_url, entry.source_id) if address}
    around = feed if not theirs or theirs & own else Feed(format=feed.format)
    return replace(
        entry,
        bylines=entry.bylines or _of_source(entry),  # RFC 4287 §4.2.1
        rights=entry.rights or around.rights,  # §4.2.10
        licence=entry.licence or around.licence,  # RFC 4946 §2.4
    )


def _of_source(entry: Entry) -> tuple[Byline, ...]:
    """The people of an entry's source. Its own name is no byline, nor is the outlet's, which an instance puts there."""
    if relay.stated_id(entry.id):
        return ()
    return tuple(one for one in entry.source_bylines if not is_own(one.name, plain(entry.source_title or "")))


def _published(entry: Entry, feed: Feed, language: str | None, now: datetime) -> datetime | None:
    """RSS 1.0 and many RSS 2.0 feeds have only `dc:date`, which is read as `updated`; Atom's `updated` is a revision's."""
    stated = moment(entry.published, now=now, language=language)
    return stated or moment(entry.updated, now=now, language=language)


def _content(entry: Entry, feed: Feed, source: Source, url: str, others: str | None) -> tuple[Content, Language]:
    base = absolute(entry.base or "", url) or url
    link = clean_url(absolute(entry.link, url) or "") if entry.link else None
    public = without_addresses(entry.bylines)
    credit_line = public(plain(entry.attribution))
    summary, text = (
        _without(public(_html(value, type, base)), credit_line)
        for value, type in ((entry.summary, entry.summary_type), (entry.content, entry.content_type))
    )
    title = public(plain(entry.title)) or _title_from(summary or text, link, source)
    if text == summary:
        text = ""
    picture = picture_of(entry, title=title, summary=summary, text=text)
    if picture:
        picture = replace(
            picture, caption=public(picture.caption or "") or None, credit=public(picture.credit or "") or None
        )
    language = language_of(
        entry.language,
        feed.language,
        source.outlet.language,
        f"{title} {plain_words(summary or text)}",
        others=others,
    )
    content = Content(
        title=title,
        summary=summary,
        text=text,
        url=link,
        language=language.tag,
        picture=picture,
        enclosures=enclosures_of(entry, picture),
        rights=shorten(public(plain(entry.rights or "")), _RIGHTS) or None,
        credit_line=credit_line,
        licence=clean_url(entry.licence or ""),
        rsl=entry.rsl,
        signals=rsl(entry.rsl, "rsl:content of the article in its feed"),
    )
    return content, language


def _without(markup: str, line: str) -> str:
    """`markup` without the line that instances put behind a summary and below a text (`publish.item`): it comes alone, too."""
    said = escaped(line)
    if not said or markup == said:
        return "" if said else markup
    return markup.removesuffix(f"<p>{said}</p>").removesuffix(f" — {said}")


def _html(value: str, type: str, base: str) -> str:
    if not value:
        return ""
    return escaped(value) if type == "text" else sanitize(value, base=base)


def _title_from(markup: str, link: str | None, source: Source) -> str:
    """The first words of the text, else those of the address, else the source's name: an article has a title."""
    words = shorten(plain_words(markup), _TITLE_FROM_TEXT) if markup else ""
    if words:
        return words
    slug = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2]).rpartition(".")[0] or "" if link else ""
    slug = slug or (unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2]) if link else "")
    spoken = one_line(xml_legal(" ".join(tokens(slug))))
    return spoken.capitalize() or plain(source.title or source.outlet.title) or "Untitled"


def _origin(entry: Entry, source: Source, sources: Mapping[str, tuple[str, str]]) -> tuple[str, str | None]:
    """The outlet, and the source, that `atom:source` or RSS `source` names, where we know it and it is another's."""
    for stated in (entry.source_url, entry.source_id):
        known = sources.get(canonical_key(stated)) if stated else None
        if known and known[0] != source.outlet.id:
            return known
    return source.outlet.id, None


def _authors(
    entry: Entry, source: Source, outlet: Outlet, language: str | None, known: Mapping[str, str]
) -> tuple[Credit, ...]:
    """Those of the entry's bylines, else those that the operator says entries without one have."""
    found = credits_of(
        entry.bylines,
        outlet_title=outlet.title,
        language=language,
        known=known,
        parted=relay.stated_id(entry.id) is not None,
    )
    if found or outlet is not source.outlet:
        return found
    stated = (Byline(name=author) for author in source.authors)
    return credits_of(stated, outlet_title=outlet.title, language=language, known=known)


def _author_evidence(authors: tuple[Credit, ...], entry: Entry) -> tuple[Evidence, ...]:
    raw = as_evidence(byline.name for byline in entry.bylines)
    rule = "byline" if any(byline.name for byline in entry.bylines) else "source"
    return tuple(
        Evidence(kind="author", value=credit.name, rule=rule, raw=raw, weight=1.0, version=RULES_VERSION)
        for credit in authors
    )


def _language_evidence(language: Language, entry: Entry, feed: Feed) -> tuple[Evidence, ...]:
    """Only where something was contested or had to be found: what all claim alike needs no reason."""
    if language.tag is None or (language.rule != "words" and language.confidence > _CERTAIN):
        return ()
    raw = " | ".join(dict.fromkeys(filter(None, (entry.language, feed.language))))[:80]
    return (
        Evidence(
            kind="language",
            value=language.tag,
            rule=language.rule,
            raw=xml_legal(raw),
            weight=round(language.confidence, 3),
            version=RULES_VERSION,
        ),
    )
