"""Article: the one piece of news that entries report. Sighting: one entry, in our terms. And the parts of both."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from aggregator.model.outlet import Outlet
from aggregator.model.reuse import SUMMARY_LENGTH, Allowance, Republish, Signal


class Visibility(StrEnum):
    """Who may see an article."""

    PUBLIC = "public"
    PRIVATE = "private"
    WAITING = "waiting"  # for the delay that its source asks for
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture with its caption, credit and copyright notice, linked at its source, never copied; `length` in bytes."""

    url: str
    type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    credit: str | None = None
    copyright: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with an article (RSS `enclosure`, RFC 4287 §4.2.7.2). `length` in bytes where stated."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A source's own tag, cleaned: plain text."""

    term: str
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A person, organisation or desk that a byline names. `slug` is set once the store knows the author.

    `kind` is person | organisation | desk; `names` are all folded names (see `text.fold`) that mean this author; `image` is a
    portrait; `email` is for recognising them alone: it is stored as a hash and never published.
    """

    name: str
    kind: str = "person"
    role: str | None = None
    place: str | None = None
    slug: str | None = None
    url: str | None = None
    names: tuple[str, ...] = ()
    image: str | None = None
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why we say something: `kind` (section | country | author | language | identity | story) has `value`
    because `rule` saw `raw`; `weight` in 0…1; `version` is that of the rule, so that rules can be run again."""

    kind: str
    value: str
    rule: str
    raw: str
    weight: float
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader would notice. `title` is plain text; `summary` and `text` sanitized HTML with absolute links.

    `rights` is a notice, `credit_line` what must stand with it wherever it is shown, `licence` an address (RFC 4946), `rsl` the
    elements of Really Simple Licensing as they stood; `signals` what machines are told of reuse."""

    title: str
    summary: str = ""
    text: str = ""
    url: str | None = None
    language: str | None = None
    picture: Picture | None = None
    enclosures: tuple[Enclosure, ...] = ()
    rights: str | None = None
    credit_line: str = ""
    licence: str | None = None
    rsl: str = ""
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One entry of one source, normalized: what it says the article is.

    Dates are aware UTC, None where the source gave none that can be believed. `bylines`, `raw_categories`, `raw_published`
    and `raw_updated` are as printed, so that rules can be run again; `position` counts from 0 at the top of the document.
    `outlet_id` is that of `atom:source` or RSS `source` where it names a source we know, else the polled source's: `origin` is
    then the id of that source. `stated_id` is an article's id where the guid is a tag: URI of an instance of this program.
    """

    source_id: str
    outlet_id: str
    position: int
    guid: str | None
    content: Content
    published: datetime | None
    updated: datetime | None
    credits: tuple[Credit, ...]
    categories: tuple[Category, ...]
    sections: tuple[str, ...]
    countries: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    bylines: tuple[str, ...]
    raw_published: str | None
    raw_updated: str | None
    raw_hash: str
    origin: str | None = None
    stated_id: str | None = None

    @property
    def relayed(self) -> bool:
        """Whether it comes from somebody who passes on what others published."""
        return self.origin is not None or self.stated_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The one piece of news: what we store and republish.

    `key` is the position in every output (see `order_key`); `published` is the source's date or, without one, first sight;
    `updated` the last revision a reader would notice; `listed` is set once. `sources` are the ids of all sources that showed it;
    `source_id`, `source_title`, `source_url` the one it is attributed to, `source_feed_id` its feed's `atom:id`; `story` the id
    of its story (its own id when alone).
    `republish`, `summary_length`, `pictures` and `mining` are the widest that its sources allow (see `Allowance`); `attribution`
    is the line that the operator wants with it, else the one that it came with.
    """

    id: str
    key: int
    outlet: Outlet
    source_id: str
    source_title: str
    source_url: str
    sources: tuple[str, ...]
    content: Content
    credits: tuple[Credit, ...] = ()
    categories: tuple[Category, ...] = ()
    sections: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    published: datetime
    updated: datetime
    listed: datetime
    story: str
    republish: Republish = Republish.SUMMARY
    summary_length: int = SUMMARY_LENGTH
    pictures: bool = True
    mining: bool = True
    attribution: str = ""
    source_feed_id: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    also_in: tuple[Article, ...] = ()

    @property
    def allowance(self) -> Allowance:
        return Allowance(
            republish=self.republish,
            summary_length=self.summary_length,
            pictures=self.pictures,
            mining=self.mining,
        )


def article_id(outlet_id: str, identity_key: str, *, attempt: int = 0) -> str:
    """16 lower-case base32 characters of SHA-256 over the outlet's id and the first identity key; `attempt` > 0: collision."""
    seed = "\n".join([outlet_id, identity_key, *([str(attempt)] if attempt else [])])
    return base64.b32encode(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:10]).decode().lower()


_TIE_BITS = 21
# The digits of RFC 4648 §6 as those of `int`, which reads them twenty times as fast as `base64`.
_DIGITS = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv")


def listed_of(key: int) -> datetime:
    """The moment at which the article of an order key was listed."""
    return datetime.fromtimestamp((key >> _TIE_BITS) / 1000, UTC)


def order_key(listed: datetime, id: str, *, attempt: int = 0) -> int:
    """The order of every output as one 63-bit integer: `listed` in milliseconds, then 21 bits of the id.

    Ascending keys are ascending (listed, id); `attempt` steps on where two articles collide.
    """
    tie = int(id[:16].translate(_DIGITS), 32) >> (80 - _TIE_BITS)
    return lowest_key(listed) + ((tie + attempt) % (1 << _TIE_BITS))


def lowest_key(listed: datetime) -> int:
    """The least that the order key of an article can be that was listed then."""
    return max(0, int(listed.astimezone(UTC).timestamp() * 1000)) << _TIE_BITS
