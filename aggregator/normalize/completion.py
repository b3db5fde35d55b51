"""An article and the page it stands on → what the article lacked, in our terms, with its evidence (S4 of sections.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model import (
    Article,
    Category,
    Content,
    Credit,
    Entry,
    Evidence,
    Page,
    Picture,
    Republish,
    Sighting,
    Signal,
    Source,
    Standard,
    Stated,
)
from aggregator.normalize import hints as clues
from aggregator.normalize import reuse
from aggregator.normalize.byline_cleaning import as_evidence
from aggregator.normalize.bylines import credits_of
from aggregator.normalize.dates import moment
from aggregator.normalize.mailboxes import without_addresses
from aggregator.normalize.markup import sanitize
from aggregator.normalize.matcher import compiled, with_ancestors
from aggregator.normalize.media import picture_of
from aggregator.normalize.places import is_country
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.text import plain_text, xml_legal
from aggregator.urls import canonical_key, picture_name

OF_PAGE = "the article's page"
_STATED, _TEXT, _TAG = 0.85, 0.5, 0.6
_EXACT = re.compile(r"\d{1,2}[:h]\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The page as one more sighting of its article; `found` names what it brought that was lacking."""

    sighting: Sighting
    found: tuple[str, ...]


def lacking(article: Article, raw_published: str | None, source: Source) -> tuple[str, ...]:
    """What a page may complete: author, section, picture, caption, time, canonical, text. Empty: no need to ask for it."""
    content = article.content
    wanted = {
        "author": not article.credits,
        "section": not article.sections,
        "picture": content.picture is None,
        "caption": content.picture is not None and not (content.picture.caption and content.picture.credit),
        "time": not (raw_published and _EXACT.search(raw_published)),
        "canonical": content.url is not None and not _at_home(content.url, source.outlet.url),
        "text": source.republish is Republish.FULL and not content.text,
    }
    return tuple(name for name, lacks in wanted.items() if lacks)


def completed(
    article: Article, page: Page, lacks: tuple[str, ...], *, source: Source, rules: Rules, now: datetime
) -> Completion:
    """Only what is lacking is taken; what a feed said stays."""
    authors = _credits(article, page, rules) if "author" in lacks else ()
    placed = _placed(page, rules) if "section" in lacks else {}
    picture = _picture(article.content, page) if {"picture", "caption"} & set(lacks) else article.content.picture
    published = _published(article, page, now) if "time" in lacks else None
    url = page.canonical.value if "canonical" in lacks and page.canonical else article.content.url
    text = _text(article.content, page) if "text" in lacks else ""
    signals = tuple(one for one in article.content.signals if one.where != OF_PAGE) + of_page(page)
    content = replace(article.content, picture=picture, url=url, text=text or article.content.text, signals=signals)
    sections = tuple(sorted(value for value in placed if not clues.Hint("S4", value, "", "", 0).is_code))
    countries = tuple(sorted(value for value in placed if value not in sections and is_country(value)))
    found = {
        "author": bool(authors),
        "section": bool(sections),
        "picture": article.content.picture is None and picture is not None,
        "caption": article.content.picture is not None and picture != article.content.picture,
        "time": published is not None,
        "canonical": url != article.content.url,
        "text": bool(text),
    }
    return Completion(
        sighting=Sighting(
            source_id=source.id,
            outlet_id=article.outlet.id,
            position=0,
            guid=None,
            content=content,
            published=published,
            updated=None,
            credits=authors,
            categories=(),
            sections=sections,
            countries=countries,
            evidence=(*_author_evidence(authors, page), *_section_evidence(placed), *_signals(page)),
            bylines=tuple(byline.name for byline in page.bylines),
            raw_published=page.published.value if page.published else None,
            raw_updated=None,
            raw_hash="",
        ),
        found=tuple(name for name, is_found in found.items() if is_found),
    )


def of_page(page: Page) -> tuple[Signal, ...]:
    """What a page says of reuse."""
    reserved = "1" if "tdm-reservation" in page.signals else None
    terms = (signal for xml in page.terms for signal in reuse.rsl_of(xml.encode("utf-8", "replace"), page.url, OF_PAGE))
    return (*reuse.robots(page.signals, OF_PAGE), *reuse.tdm(reserved, None, OF_PAGE), *dict.fromkeys(terms))


def _at_home(url: str, home: str) -> bool:
    """Whether a link leads to the outlet itself, not to a service that forwards."""
    host, own = (re.sub(r"^(?:www\d?|m|amp)\.", "", urlsplit(one).hostname or "") for one in (url, home))
    return host == own or host.endswith(f".{own}") or own.endswith(f".{host}")


def _credits(article: Article, page: Page, rules: Rules) -> tuple[Credit, ...]:
    return credits_of(
        page.bylines,
        outlet_title=article.outlet.title,
        language=article.content.language,
        known=rules.names,
    )


def _author_evidence(authors: tuple[Credit, ...], page: Page) -> Iterator[Evidence]:
    raw = as_evidence(byline.name for byline in page.bylines)
    weight = _TEXT if page.bylines_rule.startswith("text:") else _STATED
    for credit in authors:
        yield _evidence("author", credit.name, page.bylines_rule, raw, weight)


def _placed(page: Page, rules: Rules) -> dict[str, tuple[str, str, float]]:
    """section or country → (rule, raw, weight): what the page calls its section, its place and its keywords."""
    found: dict[str, tuple[str, str, float]] = {}
    matcher = compiled(rules)
    for stated, weight in (*((one, _STATED) for one in page.sections), *_tags(page)):
        for hint in clues.by_tags(matcher, [Category(term=stated.value)]):
            slugs = matcher.codes.get(hint.value, ()) if hint.is_code else (hint.value,)
            values = [hint.value] if hint.is_code else []
            values += [ancestor for slug in slugs for ancestor in with_ancestors(matcher, slug)]
            for value in values:
                if value not in found:
                    found[value] = (stated.rule, stated.value, weight)
    return found


def _tags(page: Page) -> Iterator[tuple[Stated, float]]:
    """Who names many things in keywords mentions them."""
    if len(page.tags) <= 8:
        yield from ((Stated(value=tag, rule="keywords"), _TAG) for tag in page.tags)


def _section_evidence(placed: dict[str, tuple[str, str, float]]) -> Iterator[Evidence]:
    for value, (rule, raw, weight) in sorted(placed.items()):
        kind = "country" if value.isupper() and len(value) == 2 else "section"
        if not value.isdigit():
            yield _evidence(kind, value, rule, raw, weight)


def _signals(page: Page) -> Iterator[Evidence]:
    for signal in page.signals:
        yield _evidence(
            "page", signal, "robots" if signal != "paywall" else "json-ld:isAccessibleForFree", page.url, 1.0
        )
    for stated in of_page(page):
        if stated.standard is Standard.RSL:
            yield _evidence("page", stated.said, "rsl", page.url, 1.0)


def _evidence(kind: str, value: str, rule: str, raw: str, weight: float) -> Evidence:
    return Evidence(
        kind=kind, value=value, rule=f"S4:{rule}", raw=xml_legal(raw)[:200], weight=weight, version=RULES_VERSION
    )


def _picture(content: Content, page: Page) -> Picture | None:
    """The page's, where there is none; of the same picture, what stands beside it."""
    stated = (
        picture_of(Entry(media=(page.picture,)), title=content.title, summary="", text="") if page.picture else None
    )
    held = content.picture
    if held is None or stated is None:
        return held or stated
    if picture_name(held.url) != picture_name(stated.url):
        return held
    return replace(held, caption=held.caption or stated.caption, credit=held.credit or stated.credit)


def _published(article: Article, page: Page, now: datetime) -> datetime | None:
    """A time; of a day alone only that it was another day."""
    if page.published is None:
        return None
    stated = moment(page.published.value, now=now, language=article.content.language)
    if stated is None or stated == article.published:
        return None
    if _EXACT.search(page.published.value):
        return stated
    return stated if abs(article.published - stated) > timedelta(days=1, hours=12) else None


def _text(content: Content, page: Page) -> str:
    """Sanitized; nothing where it says no more than the summary."""
    text = without_addresses(page.bylines)(sanitize(page.text, base=page.url))
    return text if len(plain_text(text)) > len(plain_text(content.summary)) else ""


def link_key(completion: Completion) -> str | None:
    """What the article is also known by from now on, where its address was found."""
    url = completion.sighting.content.url
    return canonical_key(url) if url and "canonical" in completion.found else None
