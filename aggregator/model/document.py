"""What one poll brought: a document, or the news that nothing is new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """RFC 9110 §8.8: echoed byte for byte, as a set, only to the final URL and request headers they came with."""

    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    headers_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What an answer says about the next request: lower bounds, never reasons to come sooner.

    The first two come from its headers. The others from its document: `ttl` (RSS), `skip_hours` (0…23, UTC) and `skip_days`
    (Monday is 0) in which not to come (RSS), `update_interval` (the syndication module's period by its frequency).
    """

    fresh_for: timedelta | None = None
    retry_after: datetime | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    update_interval: timedelta | None = None

    def with_document(self, stated: Hints) -> Hints:
        """These of the headers with those that a document `stated`."""
        return replace(
            self,
            ttl=stated.ttl,
            skip_hours=stated.skip_hours,
            skip_days=stated.skip_days,
            update_interval=stated.update_interval,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as its server saw it. `after` are the seconds from the beginning of the poll to its start, `seconds` those it
    took; `received` are bytes of body as sent; `status` is None where no answer came; `told_to_wait` by a Retry-After.
    `what` was asked for: feed | page | robots | hub. `own`: of the operator's own networks."""

    host: str
    after: float = 0.0
    seconds: float = 0.0
    status: int | None = None
    conditional: bool = False
    received: int = 0
    told_to_wait: bool = False
    what: str = "feed"
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The decoded bytes of one poll. `body_hash` is the hex SHA-256 of `body`; `url` the final one after redirects.

    `unchanged` says that the body is the one we saw before although the server answered 200; `delta` that it holds only what
    is new (RFC 3229, 226): what is absent from it says nothing;
    `permanent_url` is where the source moved when every redirect hop was permanent (301, 308); `reuse` are the header fields that
    speak of reuse, by lower-case name; `links` are the values of its `Link` headers.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    body_hash: str
    validators: Validators
    hints: Hints = Hints()
    unchanged: bool = False
    delta: bool = False
    permanent_url: str | None = None
    received: int = 0
    links: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    reuse: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """RFC 9110 §15.4.5: nothing is new; the validators are those held, updated by what the 304 carried."""

    url: str
    validators: Validators
    hints: Hints = Hints()
    status: int = 304
    permanent_url: str | None = None
    requests: tuple[Request, ...] = ()
