"""A web site → its feeds: found by what its pages, habits and sitemaps say, each tried once, where robots.txt lets us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from aggregator.errors import FetchError, ParseError
from aggregator.fetch.errands import May
from aggregator.fetch.visitor import Visit
from aggregator.normalize.places import named
from aggregator.parse.site import SITEMAPS, Lead, Site, parse_site, parse_sitemap, well_known
from aggregator.sandbox.reading import Description, describe
from aggregator.text import fold, tokens

_MOST_SITEMAPS, _MOST_PAGES = 4, 3
# Country domains that are sold to everybody say nothing of a country.
_GENERIC = frozenset("ai cc co fm gg io is ly me nu so st to tv ws".split())
_SECOND_LEVEL = frozenset("com co net org gov gob gub edu inf info nom news web ac or go ne".split())


class Visits(Protocol):
    """The port to the web."""

    async def visit(self, url: str, *, accept: str, may: May) -> Visit: ...


class Permits(Protocol):
    """The port to what hosts say to crawlers."""

    async def check(self, url: str) -> None: ...

    async def sitemaps(self, url: str) -> tuple[str, ...]: ...


class Workers(Protocol):
    """The port to the sandbox."""

    async def run(self, function: Callable[..., Any], /, *args: object, **kwargs: object) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed: `rule` says how it was found, `also` are further addresses of the same entries."""

    url: str
    rule: str
    description: Description
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """A site as an outlet with its feeds; each guess with its reason. `tried` counts requests, `errors` are what went wrong."""

    id: str
    title: str
    url: str
    country: str | None
    country_rule: str
    language: str | None
    language_rule: str
    feeds: tuple[Found, ...]
    tried: int
    errors: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Discoverer:
    """One search. `most` bounds the requests beside robots.txt; `said` is told of each step."""

    visitor: Visits
    robots: Permits
    workers: Workers
    now: Callable[[], datetime]
    most: int = 40
    said: Callable[[str], None] = lambda _: None
    _tried: dict[str, None] = field(default_factory=dict)
    _found: list[Found] = field(default_factory=list)
    _errors: list[str] = field(default_factory=list)
    _sites: list[Site] = field(default_factory=list)

    async def discover(self, url: str) -> Discovery:
        """Raises FetchError when the site itself cannot be asked."""
        queue = [Lead(url=url, rule="the address itself")]
        await self._follow(queue, first=True)
        home = self._sites[0].url if self._sites else url
        front = "{0.scheme}://{0.netloc}/".format(urlsplit(home))
        if urlsplit(home).path not in ("", "/") and not self._linked():
            await self._follow([Lead(url=front, rule="the front page")])
        await self._follow(await self._of_sitemaps(front))
        await self._follow(well_known(home), quietly=True)
        return self._concluded(home)

    def _linked(self) -> bool:
        return any(lead.rule.startswith("link rel") for site in self._sites for lead in site.leads)

    async def _follow(self, leads: Sequence[Lead], *, first: bool = False, quietly: bool = False) -> None:
        """Try each lead; what turns out to be a page of the site may hold more of them."""
        queue = list(leads)
        while queue and len(self._tried) < self.most:
            lead = queue.pop(0)
            if lead.url in self._tried:
                continue
            self._tried[lead.url] = None
            self.said(lead.url)
            try:
                visit = await self.visitor.visit(lead.url, accept=_ACCEPT, may=self.robots.check)
            except FetchError as error:
                # Feeds are often open where the page is not; who says nothing, or that it is too much, is left alone.
                if first and not (error.status and error.absent):
                    raise FetchError(f"{lead.url}: {error}", status=error.status) from error
                if not quietly:
                    self._errors.append(f"{lead.url}: {error}")
                continue
            queue += await self._taken(lead, visit, first=first)
            first = False

    async def _taken(self, lead: Lead, visit: Visit, *, first: bool) -> tuple[Lead, ...]:
        try:
            description = await self.workers.run(
                describe, visit.body, content_type=visit.content_type, url=visit.url, now=self.now()
            )
        except ParseError:
            return await self._of_page(visit) if first or len(self._sites) <= _MOST_PAGES else ()
        self._add(Found(url=visit.lasting, rule=lead.rule, description=description))
        return ()

    async def _of_page(self, visit: Visit) -> tuple[Lead, ...]:
        try:
            site: Site = await self.workers.run(parse_site, visit.body, content_type=visit.content_type, url=visit.url)
        except ParseError:
            return ()
        self._sites.append(site)
        return site.leads

    async def _of_sitemaps(self, front: str) -> tuple[Lead, ...]:
        """What robots.txt names, else the usual places; one level of indexes."""
        try:
            queue = [*await self.robots.sitemaps(front)] or [front.rstrip("/") + path for path in SITEMAPS[:1]]
        except FetchError:
            return ()
        leads: list[Lead] = []
        for _ in range(_MOST_SITEMAPS):
            if not queue or len(self._tried) >= self.most:
                break
            address = queue.pop(0)
            self._tried[address] = None
            self.said(address)
            try:
                visit = await self.visitor.visit(
                    address, accept="application/xml, text/xml;q=0.9, */*;q=0.1", may=self.robots.check
                )
                found, further = await self.workers.run(parse_sitemap, visit.body, url=visit.url)
            except (FetchError, ParseError):
                continue
            leads += found
            # News sitemaps and those of sections are the likelier ones to name feeds.
            queue += sorted(further, key=lambda one: not any(word in one for word in ("feed", "rss", "news")))
        return tuple(leads)

    def _add(self, found: Found) -> None:
        """Once, however many addresses and formats its entries have."""
        for position, held in enumerate(self._found):
            same_address = found.url == held.url
            same_self = found.description.self_key and found.description.self_key == held.description.self_key
            same_entries = found.description.entries and found.description.fingerprint == held.description.fingerprint
            if same_address or same_self or same_entries:
                if not same_address:
                    self._found[position] = _replace_also(held, found.url)
                return
        self._found.append(found)

    def _concluded(self, home: str) -> Discovery:
        language, language_rule = self._language()
        country, country_rule = self._country(home, language)
        return Discovery(
            id=outlet_id(home),
            title=self._title(home),
            url="{0.scheme}://{0.netloc}".format(urlsplit(home)),
            country=country,
            country_rule=country_rule,
            language=language,
            language_rule=language_rule,
            feeds=tuple(self._found),
            tried=len(self._tried),
            errors=tuple(self._errors),
        )

    def _title(self, home: str) -> str:
        stated = [site.title for site in self._sites if site.title]
        stated += [found.description.title for found in self._found if found.description.title]
        return stated[0] if stated else urlsplit(home).hostname or home

    def _language(self) -> tuple[str | None, str]:
        stated = [(found.description.language, "its feeds") for found in self._found]
        stated += [(site.language, "html lang") for site in self._sites]
        stated += [((site.locale or "").replace("_", "-"), "og:locale") for site in self._sites]
        for value, rule in stated:
            if value:
                return value.partition("-")[0].lower(), rule
        return None, ""

    def _country(self, home: str, language: str | None) -> tuple[str | None, str]:
        for site in self._sites:
            if code := country_code(site.country):
                return code, "schema.org address"
        domain = (urlsplit(home).hostname or "").rpartition(".")[2].upper()
        if domain.lower() == "co" and language == "es":
            return "CO", "its domain and language"
        if domain.lower() not in _GENERIC and (code := country_code("GB" if domain == "UK" else domain)):
            return code, "its domain"
        regions = [(site.language, "html lang") for site in self._sites] + [
            (site.locale, "og:locale") for site in self._sites
        ]
        regions += [(found.description.language, "the language of its feeds") for found in self._found]
        for value, rule in regions:
            region = (value or "").replace("_", "-").rpartition("-")[2]
            if (
                len(region) == 2
                and region.upper() not in ("US", (value or "")[:2].upper())
                and (code := country_code(region))
            ):
                return code, rule
        return None, ""


_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, application/xml;q=0.8, */*;q=0.1"


def country_code(stated: str | None) -> str | None:
    """An ISO 3166 code as it is, or the country that a name means."""
    from aggregator.config.codes import countries

    text = (stated or "").strip()
    if len(text) == 2 and text.isascii() and text.upper() in countries():
        return text.upper()
    code = named(" ".join(tokens(text))) if text else None
    return code if code and len(code) == 2 else None


def outlet_id(url: str) -> str:
    """The name that somebody registered: `www.eltiempo.com.co` → `eltiempo`."""
    labels = [label for label in (urlsplit(url).hostname or "").split(".") if label]
    if all(label.isdigit() for label in labels):
        return "outlet-" + "-".join(labels)
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        labels = labels[:-2]
    elif len(labels) > 1:
        labels = labels[:-1]
    slug = "-".join(
        "".join(c if c.isalnum() and c.isascii() else " " for c in fold(labels[-1] if labels else "")).split()
    )
    return slug or "outlet"


def _replace_also(held: Found, url: str) -> Found:
    return Found(
        url=held.url, rule=held.rule, description=held.description, also=tuple(dict.fromkeys((*held.also, url)))
    )
