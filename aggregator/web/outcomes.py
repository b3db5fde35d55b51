"""What a request can come to, other than the page itself: values, not exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aggregator.errors import QueryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """It stands under another slug now: 301."""

    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing to show, and why, in a sentence for a reader; `caret` marks a place in a query."""

    status: int
    detail: str
    caret: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


def not_understood(error: QueryError) -> Refused:
    """What a wrong query comes to: 400 with a caret under the place."""
    return Refused(status=400, detail=str(error), caret=error.with_caret())


NOT_FOUND = Refused(status=404, detail="There is nothing at this address.")
NOT_ALLOWED = Refused(status=405, detail="This address can be read, with GET or HEAD.", headers={"allow": "GET, HEAD"})
GONE = Refused(status=410, detail="This was here once and was taken away for good.")
