"""An OPML file of another reader → a YAML file of outlets and sources."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from posixpath import commonpath
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from aggregator.config import codes
from aggregator.config.identifiers import default_id
from aggregator.model import Newsroom
from aggregator.publish import Outline, walk
from aggregator.text import fold, tokens

_HEADER = """\
# Imported from OPML: one outlet a web site. What belongs to one outlet can be brought together, what does not taken apart.
# Give each its country (ISO 3166) and language where they are missing, then run `aggregator check`.
"""
# Sites of many publishers, each at a path of its own: nobody's outlet.
_SHARED = frozenset(
    "acast.com anchor.fm bsky.app facebook.com feedburner.com github.com google.com instagram.com libsyn.com mastodon.social "
    "medium.com megaphone.fm podbean.com politepol.com reddit.com rss.app rss.com rsshub.app simplecast.com soundcloud.com "
    "spreaker.com t.me twitter.com vimeo.com x.com youtube.com".split()
)
_FEED_HOST = re.compile(r"^(?:feeds?|rss|newsrss|xml)\d?\.(?=[^.]+\.)")
_BETWEEN = re.compile(r"\s+[-–—|·•»/>]+\s+|\s*[:|»]\s+")
_ARTICLES = frozenset("the el la los las le les o a os as".split())


def sources_yaml(outlines: Sequence[Outline], newsroom: Newsroom) -> tuple[str, int]:
    """The feeds that `newsroom` does not poll yet, as YAML, and their number."""
    polled = {_bare(source.url) for source in newsroom.sources}
    sites: dict[str, list[Outline]] = {}
    for _, outline in walk(outlines):
        if outline.xml_url and _bare(outline.xml_url) not in polled:
            polled.add(_bare(outline.xml_url))
            sites.setdefault(_site(outline), []).append(outline)
    outlet_ids = {outlet.id for outlet in newsroom.outlets}
    outlets = CommentedMap({_free_id(site, outlet_ids): _outlet(site, feeds) for site, feeds in sites.items()})
    _name_sources(outlets, {source.id for source in newsroom.sources})
    ours = {_host(outlet.url): outlet.id for outlet in reversed(newsroom.outlets)}
    for id, site in zip(outlets, sites, strict=True):
        if site in ours:
            outlets.yaml_set_comment_before_after_key(
                id, f"{ours[site]} is at this address: are these sources of it?", 2
            )
    out = io.StringIO()
    out.write(_HEADER)
    YAML().dump({"outlets": outlets}, out)
    return out.getvalue(), sum(map(len, sites.values()))


def _site(outline: Outline) -> str:
    """What feeds of one outlet have in common: the host, or on a site of many publishers the address."""
    home = outline.html_url or outline.xml_url or ""
    host, path = _host(home), urlsplit(home).path
    domain = ".".join(host.split(".")[-2:])
    if domain in _SHARED or host in _SHARED or path.startswith(("/~", "/@")):
        return _bare(home)
    return host


def _host(url: str) -> str:
    return _FEED_HOST.sub("", (urlsplit(url).hostname or "").removeprefix("www."))


def _bare(url: str) -> str:
    """An address as far as it tells feeds apart: http or https is one."""
    return url.partition("://")[2].rstrip("/")


def _outlet(site: str, feeds: Sequence[Outline]) -> dict[str, Any]:
    outlet: dict[str, Any] = {"title": _name(site, feeds), "url": _home(site, feeds)}
    countries, languages = ({*map(said, feeds)} - {None} for said in (_country, _language))
    if len(countries) == 1:
        outlet["country"] = countries.pop()
    if len(languages) == 1:
        outlet["language"] = languages.pop()
    return outlet | {"sources": [_source(feed, outlet["title"]) for feed in feeds]}


def _home(site: str, feeds: Sequence[Outline]) -> str:
    """What the pages of an outlet's feeds share of their addresses: each may be that of a part of it."""
    first, *others = [feed.html_url for feed in feeds if feed.html_url] or [f"https://{site.partition('/')[0]}/"]
    if {_bare(first)} >= set(map(_bare, others)):
        return first
    shared = commonpath([urlsplit(page).path or "/" for page in (first, *others)]).rstrip("/")
    return urlsplit(first)._replace(path=f"{shared}/", query="", fragment="").geturl()


def _source(feed: Outline, outlet: str) -> dict[str, Any]:
    return {"url": feed.xml_url} | ({"title": feed.text} if feed.text not in (outlet, feed.xml_url) else {})


def _country(feed: Outline) -> str | None:
    """As our own list of sources says it: the category `/UY`."""
    found = (category[1:] for category in feed.categories if category.startswith("/"))
    return next((code for code in found if code in codes.countries()), None)


def _language(feed: Outline) -> str | None:
    try:
        return codes.language(feed.language or "")
    except ValueError:
        return None


def _name(site: str, feeds: Sequence[Outline]) -> str:
    """What the titles of an outlet's feeds have in common; else the title of the feed of its home page; else its address."""
    titles = [feed.text for feed in feeds if feed.text != feed.xml_url] or [site]
    homes = (feed.text for feed in feeds if feed.html_url and urlsplit(feed.html_url).path in ("", "/"))
    return next(_common(titles), None) or next(homes, None) or site


def _common(titles: Sequence[str]) -> Iterator[str]:
    """Parts of the first title, such as "El País" of "América | El País", that all have; then the words that all begin with."""
    if len(set(titles)) == 1:
        yield titles[0]
    for part in _BETWEEN.split(titles[0]):
        if part and all(fold(part) in map(fold, _BETWEEN.split(title)) for title in titles):
            yield part
    words = titles[0].split()
    for length in range(len(words), 0, -1):
        start = tokens(" ".join(words[:length]))
        if start and set(start) - _ARTICLES and all(tokens(title)[: len(start)] == start for title in titles):
            yield " ".join(words[:length]).rstrip(" ,;:-–—|")


def _name_sources(outlets: dict[str, dict[str, Any]], taken: set[str]) -> None:
    """An explicit id where the default one is taken: what we write loads."""
    for outlet_id, outlet in outlets.items():
        for number, source in enumerate(outlet["sources"]):
            default = default_id(outlet_id, number, source["url"])
            source_id = _free_id_like(default, taken)
            if source_id != default:
                source["id"] = source_id


def _free_id(site: str, taken: set[str]) -> str:
    """A slug of the site that no outlet has."""
    host, _, path = site.partition("/")
    words: Iterable[str] = (*tokens(host.rpartition(".")[0] or host), *tokens(path))
    return _free_id_like("-".join(words)[:80].strip("-") or "outlet", taken)


def _free_id_like(base: str, taken: set[str]) -> str:
    """`base`, or with a number where it is taken; it is then taken."""
    number, slug = 1, base
    while slug in taken or slug == "none":
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
