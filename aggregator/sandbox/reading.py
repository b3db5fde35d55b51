"""What runs in the sandbox, pure: bytes of a document → its sightings; of an article's page → what it states; of what may be a
feed → what it holds."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Hints, Outlet, Page, Sighting, Signal, Source
from aggregator.normalize import Rules, normalize, plain, reuse
from aggregator.normalize.language import base
from aggregator.parse import parse
from aggregator.parse.page import parse_page
from aggregator.urls import canonical_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document said of its feed, and its entries in our terms."""

    sightings: tuple[Sighting, ...]
    id: str | None
    title: str
    site_url: str | None
    hubs: tuple[str, ...]
    self_url: str | None
    partial: bool
    cut: bool
    warning: str | None
    hints: Hints
    signals: tuple[Signal, ...] = ()


def read(
    body: bytes,
    *,
    content_type: str,
    url: str,
    source: Source,
    rules: Rules,
    now: datetime,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reading:
    """Parse and normalize; raises ParseError when `body` is not a feed. `headers` are those of its answer that speak of reuse."""
    feed = parse(body, content_type=content_type, url=url)
    return Reading(
        sightings=normalize(feed, source=source, url=url, rules=rules, now=now),
        id=feed.id,
        title=plain(feed.title),
        site_url=feed.link,
        hubs=feed.hubs,
        self_url=feed.self_url,
        partial=feed.partial,
        cut=feed.cut,
        warning=feed.warning,
        hints=feed.hints,
        signals=(
            *reuse.of_headers(headers, "header of the feed's answer"),
            *reuse.rsl(feed.rsl, "rsl:content of the feed"),
            *((reuse.rsl_link(feed.rsl_file, "link of the feed"),) if feed.rsl_file else ()),
        ),
    )


def read_page(
    body: bytes,
    *,
    content_type: str,
    url: str,
    now: datetime,
    robots: tuple[str, ...] = (),
    reserved: str = "",
    want_text: bool = False,
) -> Page:
    """See `parse.page`; raises ParseError when `body` is no web page."""
    return parse_page(
        body, content_type=content_type, url=url, now=now, robots=robots, reserved=reserved, want_text=want_text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A feed that nobody configured yet: `language` is what it states or most of its entries are written in, `text` is titles |
    summaries | full text; equal entries have equal fingerprints."""

    format: str
    title: str
    language: str | None
    entries: int
    newest: datetime | None
    text: str
    pictures: int
    self_key: str | None
    fingerprint: str


_FORMATS = {"json": "JSON Feed", "atom10": "Atom", "atom03": "Atom 0.3", "rss10": "RSS 1.0", "rss090": "RSS 0.90"}
_NOBODY = Outlet(id="nobody", title="", url="")


def describe(body: bytes, *, content_type: str, url: str, now: datetime) -> Description:
    """Raises ParseError when `body` is not a feed."""
    feed = parse(body, content_type=content_type, url=url)
    source = Source(id="nobody", outlet=_NOBODY, url=url, public_url=url)
    sightings = normalize(feed, source=source, url=url, rules=Rules(), now=now)
    keys = sorted({canonical_key(one.content.url or one.content.title) for one in sightings})
    return Description(
        format=_FORMATS.get(feed.format, "RSS 2.0" if feed.format.startswith("rss") else feed.format),
        title=feed.title,
        language=_language(feed.language, sightings),
        entries=len(sightings),
        newest=max((one.published for one in sightings if one.published), default=None),
        text=_text_of(sightings),
        pictures=sum(one.content.picture is not None for one in sightings),
        self_key=canonical_key(feed.self_url) if feed.self_url else None,
        fingerprint=hashlib.sha256("\n".join(keys).encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _language(stated: str | None, sightings: tuple[Sighting, ...]) -> str | None:
    """What the feed states, with its region, unless its entries are written in another: `en-US` is what software comes with."""
    spoken = Counter(one.content.language for one in sightings if one.content.language)
    if not spoken:
        return stated
    (most, _), *_ = spoken.most_common(1)
    return stated if base(stated) == base(most) else most


def _text_of(sightings: tuple[Sighting, ...]) -> str:
    """What most entries have. A summary of 1,500 characters is the article."""
    full = sum(len(one.content.text or one.content.summary) > 1_500 for one in sightings)
    told = sum(bool(one.content.summary or one.content.text) for one in sightings)
    if 2 * full > len(sightings):
        return "full text"
    return "summaries" if 2 * told > len(sightings) else "titles"
