"""Bytes of an article's page → Page: what its structured data, its metas and its markup state, best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from aggregator.etiquette.directives import PRODUCT, directives
from aggregator.model import Byline, Media, Page, Stated
from aggregator.parse import extraction, licensing, linked_data
from aggregator.parse.byline import byline_of
from aggregator.parse.figures import captioned
from aggregator.parse.html import Html, read_html, words_of
from aggregator.text import one_line
from aggregator.urls import absolute

_AUTHOR = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "dcsext.author",
)
_SECTION = (
    "article:section",
    "articlesection",
    "parsely-section",
    "sailthru.section",
    "dc.subject",
    "section",
    "category",
)
_TAGS = ("news_keywords", "article:tag", "parsely-tags", "keywords")
_PUBLISHED = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "dc.date.issued", "dcterms.created",
    "dc.date", "sailthru.date", "pubdate", "publish-date", "article:published", "article.published", "date",
)  # fmt: skip
_PICTURE = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "parsely-image-url",
)
_SHORT, _MOST_SECTIONS, _MOST_TAGS = 256, 20, 50
_NO_PICTURE = frozenset({"noimageindex", "noimageai", "max-image-preview:none"})
_NO_TEXT = frozenset({"noarchive", "nosnippet", "noai", "max-snippet:0", "tdm-reservation", "paywall"})
_EXACT = re.compile(r"\d{1,2}:\d{2}")


def parse_page(
    body: bytes,
    *,
    content_type: str,
    url: str,
    now: datetime,
    robots: tuple[str, ...] = (),
    reserved: str = "",
    want_text: bool = False,
    extra: bool | None = None,
) -> Page:
    """`url` is the final address, `robots` the values of its `X-Robots-Tag` headers, `reserved` that of its
    `tdm-reservation`; `extra` says whether the text is read with the extra `pages` (None: if it is
    installed). Raises ParseError."""
    html = read_html(body, content_type)
    graph = linked_data.read_graph(_scripts(html))
    article = linked_data.article_of(graph, url) or {}
    signals = _signals(html, robots, reserved, closed=linked_data.is_closed(article))
    if {"noindex", "none"} & set(signals):
        # What shall not be indexed shall not be read for an index either: only that it said so is kept.
        return Page(url=url, signals=signals)
    bylines, bylines_rule = _bylines(html, graph, article, url)
    picture, picture_rule = (None, "") if _NO_PICTURE & set(signals) else _picture(html, graph, article, url)
    stated = Page(
        url=url,
        title=_title(html, article),
        canonical=_canonical(html, article, url),
        bylines=bylines,
        bylines_rule=bylines_rule,
        sections=tuple(dict.fromkeys(_sections(html, graph, article)))[:_MOST_SECTIONS],
        tags=_tags(html, graph, article),
        picture=picture,
        picture_rule=picture_rule,
        published=_published(html, article),
        language=html.language,
        signals=signals,
        terms=tuple(licensing.embedded(html)),
        licences=tuple(licensing.linked(html, url)),
    )
    return _completed(stated, html, now=now, want_text=want_text, extra=extra)


def _completed(page: Page, html: Html, *, now: datetime, want_text: bool, extra: bool | None) -> Page:
    """What the page states nowhere, as far as its text tells."""
    more = extraction.more(
        html,
        url=page.url,
        now=now,
        author=not page.bylines,
        date=page.published is None,
        text=want_text and not _NO_TEXT & set(page.signals),
        installed=extraction.available() if extra is None else extra,
    )
    # A single word in a text is a label more often than a name.
    named = tuple(byline for name in more.authors if " " in name and (byline := byline_of(name)))
    if named and not page.bylines:
        page = replace(page, bylines=named, bylines_rule="text:author")
    if more.date and page.published is None:
        page = replace(page, published=Stated(value=more.date, rule="text:date"))
    return replace(page, text=more.text, missing=more.missing)


def _scripts(html: Html) -> Iterator[str]:
    for script in html.root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            yield script.text


def _signals(html: Html, headers: tuple[str, ...], reserved: str, *, closed: bool) -> tuple[str, ...]:
    """Of `<meta name=robots>` and of `X-Robots-Tag`, for everybody or for us by name; TDMRep; and a wall that the page admits."""
    found = dict.fromkeys(directives((*html.metas.get("robots", ()), *html.metas.get(PRODUCT, ()), *headers)))
    # https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/: what the page says itself goes before its header.
    if (html.meta("tdm-reservation") or reserved).strip() == "1":
        found["tdm-reservation"] = None
    if closed or (html.meta("article:content_tier") or "").lower() in ("locked", "metered"):
        found["paywall"] = None
    return tuple(found)


def _title(html: Html, article: linked_data.Node) -> str:
    stated = article.get("headline")
    title = html.root.find(".//title")
    found = (
        stated if isinstance(stated, str) else html.meta("og:title") or (words_of(title) if title is not None else "")
    )
    return one_line(found)[:1_024]


def _canonical(html: Html, article: linked_data.Node, url: str) -> Stated | None:
    """`rel=canonical`, else what structured data or Open Graph call it: on the page's own site, and not its front."""
    links = ((link.get("href") or "", "link:canonical") for link in html.links("canonical"))
    stated = (
        *links,
        (linked_data.canonical(article, url) or "", "json-ld:mainEntityOfPage"),
        (html.meta("og:url") or "", "meta:og:url"),
    )
    for value, rule in stated:
        found = absolute(value, url) if value else None
        if found and _same_site(found, url) and (urlsplit(found).path.strip("/") or not urlsplit(url).path.strip("/")):
            return Stated(value=found, rule=rule)
    return None


def _same_site(one: str, other: str) -> bool:
    """One host, or one below the other, `www.` and `m.` apart."""
    names = [re.sub(r"^(?:www\d?|m|amp)\.", "", urlsplit(url).hostname or "") for url in (one, other)]
    return names[0] == names[1] or names[0].endswith(f".{names[1]}") or names[1].endswith(f".{names[0]}")


def _bylines(
    html: Html, graph: linked_data.Graph, article: linked_data.Node, url: str
) -> tuple[tuple[Byline, ...], str]:
    stated = linked_data.bylines(graph, article, url)
    if stated:
        return stated, "json-ld:author"
    for name in _AUTHOR:
        # article:author is a profile's address by the book, and a name in practice.
        names = [value for value in html.metas.get(name, ()) if value and "://" not in value]
        found = tuple(dict.fromkeys(byline for value in names[:50] if (byline := byline_of(value)) and byline.name))
        if found:
            return found, f"meta:{name}"
    for path, rule in ((".//*[@itemprop='author']", "itemprop:author"), (".//a[@rel='author']", "rel:author")):
        names = [_name(element) for element in html.root.findall(path)[:10]]
        found = tuple(dict.fromkeys(byline for name in names if name and (byline := byline_of(name)) and byline.name))
        if found:
            return found, rule
    return (), ""


def _name(author: etree._Element) -> str:
    """Of microdata the `name` inside, else all that is said there."""
    named = author.find(".//*[@itemprop='name']")
    return (author.get("content") or "")[:200] or words_of(author if named is None else named, 200)


def _sections(html: Html, graph: linked_data.Graph, article: linked_data.Node) -> Iterator[Stated]:
    for key in ("articleSection", "contentLocation", "locationCreated"):
        yield from (Stated(value=text, rule=f"json-ld:{key}") for text in linked_data.texts(graph, article.get(key)))
    for name in _SECTION:
        yield from (
            Stated(value=value[:_SHORT], rule=f"meta:{name}") for value in html.metas.get(name, ())[:5] if value
        )
    yield from (Stated(value=name, rule="breadcrumb") for name in linked_data.breadcrumbs(graph))


def _tags(html: Html, graph: linked_data.Graph, article: linked_data.Node) -> tuple[str, ...]:
    """Keywords of the structured data, else of the first meta that has any."""
    stated = linked_data.texts(graph, article.get("keywords"))
    if not stated:
        stated = next(([*html.metas[name]] for name in _TAGS if any(html.metas.get(name, ()))), [])
    words = [word for one in stated[:_MOST_TAGS] for word in (one.split(",") if len(stated) == 1 else [one])]
    return tuple(dict.fromkeys(clean for word in words if (clean := one_line(word)[:_SHORT])))[:_MOST_TAGS]


def _picture(html: Html, graph: linked_data.Graph, article: linked_data.Node, url: str) -> tuple[Media | None, str]:
    """That of the structured data, else of Open Graph; what it shows and who took it may stand beside it in the text."""
    stated, rule = linked_data.picture(graph, article, url), "json-ld:image"
    if stated is None:
        stated, rule = _open_graph(html, url), "meta:og:image"
    if stated is not None and stated.caption and stated.credit:
        return stated, rule
    return captioned(html, stated, url, rule)


def _open_graph(html: Html, url: str) -> Media | None:
    value = html.meta(*_PICTURE)
    found = absolute(value, url) if value else None
    if found is None:
        return None
    sizes = [html.meta(f"og:image:{side}") or "" for side in ("width", "height")]
    width, height = (int(size) if size.isascii() and size.isdigit() and len(size) < 6 else None for size in sizes)
    return Media(
        url=found, kind="image", width=width, height=height, caption=html.meta("og:image:alt", "twitter:image:alt")
    )


def _published(html: Html, article: linked_data.Node) -> Stated | None:
    """The first that has a time of day, else the first that has a day."""
    stated = [
        (article.get("datePublished"), "json-ld:datePublished"),
        (article.get("dateCreated"), "json-ld:dateCreated"),
    ]
    stated += [(html.meta(name), f"meta:{name}") for name in _PUBLISHED]
    for time in html.root.iter("time"):
        if time.get("datetime") and (time.get("itemprop") == "datePublished" or time.get("pubdate") is not None):
            stated.append((time.get("datetime"), "time"))
            break
    found = [
        Stated(value=one_line(value)[:100], rule=rule)
        for value, rule in stated
        if isinstance(value, str) and value.strip()
    ]
    return next((one for one in found if _EXACT.search(one.value)), found[0] if found else None)
