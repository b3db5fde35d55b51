"""Every error we raise.

AggregatorError                 one line that says what, where and what to do
├── ConfigError                 the configuration is unusable; carries every problem found
├── QueryError                  a query is wrong at a column
├── FetchError                  a source could not be fetched
├── ParseError                  what a source sent is not a feed
├── NothingHeldError            nothing of a source is held back
├── RenderError                 an article or a channel cannot be written in a format
├── DecisionError               what an operator wants done with articles cannot be done
├── PushError                   a hub or a subscriber did not take what we told it
└── StoreError                  the database is out of reach, too new or damaged
    └── PollerRunningError      another poller works on this database

Expected outcomes are values (`NotModified`), not errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

# Client errors, but for those of the moment.
_ABSENT = frozenset(range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)) - {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}


class AggregatorError(Exception):
    """Base of all: `str(error)` is one line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the configuration, where it stands (line and column are 1-based) and what was expected.

    `line` 0: it stands in no line, as a setting of the environment does.
    """

    file: str
    line: int
    column: int
    key: str
    expected: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.key}: {self.expected}"


class ConfigError(AggregatorError):
    """The configuration is unusable; `problems` are all of its faults, in reading order."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(f"warning: {one}" if one.warning else str(one) for one in problems))
        self.problems = problems

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that make it unusable: warnings stand beside them in `problems`."""
        return tuple(one for one in self.problems if not one.warning)


# Characters of a query that are shown on either side of its fault.
_AROUND = 60


class QueryError(AggregatorError):
    """A query is wrong: `column` is the 1-based place in `query`."""

    def __init__(self, message: str, *, query: str, column: int, suggestion: str | None = None) -> None:
        hint = f" (did you mean {suggestion}?)" if suggestion else ""
        super().__init__(f"column {column}: {message}{hint}")
        self.message, self.query, self.column, self.suggestion = message, query, column, suggestion

    def with_caret(self) -> str:
        """The message, the query around the place and a caret under it, on three lines."""
        at = self.column - 1
        before, after = self.query[max(0, at - _AROUND) : at], self.query[at : at + _AROUND]
        before = before if at <= _AROUND else f"…{before}"
        after = after if len(self.query) <= at + _AROUND else f"{after}…"
        return f"{self}\n{before}{after}\n{' ' * len(before)}^"


class Trouble(StrEnum):
    """What kind of thing went wrong with a source: whose fault it can be, and what an operator can do, hang on it."""

    UNREACHABLE = "unreachable"  # no connection: DNS, refused, no route, too late. Our own network may be the cause
    FORBIDDEN = "forbidden"  # our guard refused the address
    INSECURE = "insecure"  # TLS
    LATE = "late"  # connected, then silence
    BROKEN = "broken"  # an answer that is no HTTP, breaks off, is too large or leads in circles
    BLOCKED = "blocked"  # 401, 403, 429, 451, a wall against bots
    STATUS = "status"  # any other status
    EMPTY = "empty"  # a body of nothing
    HTML = "html"  # a web page in place of the feed
    NO_FEED = "no_feed"  # anything else that is no feed


class FetchError(AggregatorError):
    """A source could not be fetched; `permanent` when trying again will not help, `retry_after` when it told us a time."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        permanent: bool = False,
        retry_after: datetime | None = None,
        trouble: Trouble = Trouble.BROKEN,
    ) -> None:
        super().__init__(message)
        self.status, self.permanent, self.retry_after, self.trouble = status, permanent, retry_after, trouble
        self.requests: tuple[Any, ...] = ()  # `model.Request`s: what the servers asked saw of it
        self.refused_url: str | None = None  # what answered 429 or 503, where that may be meant for its whole host

    @property
    def absent(self) -> bool:
        """Whether nothing is to be had there; a refusal for the moment does not say so."""
        return self.permanent or self.status in _ABSENT


class ParseError(AggregatorError):
    """What a source sent is not a feed (HTML, empty, garbage)."""

    def __init__(self, message: str, *, trouble: Trouble = Trouble.NO_FEED) -> None:
        super().__init__(message)
        self.trouble = trouble


class NothingHeldError(AggregatorError):
    """Nothing of a source is held back: there is nothing to release or to drop."""


class RenderError(AggregatorError):
    """An article or a channel cannot be written in a format."""


class DecisionError(AggregatorError):
    """A decision about articles cannot be carried out; nothing was changed."""


class PushError(AggregatorError):
    """A hub or a subscriber did not take what we told it. `hub` is its address without query, `status` what it answered,
    where it did; `permanent` when telling it again will not help."""

    def __init__(self, message: str, *, hub: str, status: int | None = None, permanent: bool = False) -> None:
        super().__init__(message)
        self.hub, self.status, self.permanent = hub, status, permanent


class StoreError(AggregatorError):
    """The database is out of reach, too new or damaged."""


class PollerRunningError(StoreError):
    """Another poller already works on this database."""
