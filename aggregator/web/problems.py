"""Refusals and errors → answers: a short page for people, problem+json (RFC 9457) for feeds and the API."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response

from aggregator.web.answers import NO_CACHE
from aggregator.web.desk import Desk
from aggregator.web.outcomes import Refused
from aggregator.web.pages import error_page

_MACHINES = (".rss", ".atom", ".json", ".opml", "/opml", "/metrics", "/healthz", "/readyz")
# A shared cache may hold "not here" a minute, "gone for good" an hour; nothing else is kept.
_KEPT = {404: "public, max-age=60", 410: "public, max-age=3600"}


def for_machine(path: str) -> bool:
    """Whether a program asks: a feed, the API, OPML."""
    return path.startswith("/api/v1") or path.endswith(_MACHINES)


def problem(refused: Refused) -> Response:
    """RFC 9457; `caret` is an extension that shows the place in a query."""
    body = {"type": "about:blank", "title": refused.title, "status": refused.status, "detail": refused.detail}
    if refused.caret:
        body["caret"] = refused.caret
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status_code=refused.status,
        media_type="application/problem+json",
        headers=_headers(refused),
    )


def refusal(desk: Desk, refused: Refused, path: str) -> Response:
    """The answer in the form that the address suggests."""
    if for_machine(path):
        return problem(refused)
    return Response(
        error_page(desk, refused),
        status_code=refused.status,
        media_type="text/html",
        headers=_headers(refused),
    )


def _headers(refused: Refused) -> Mapping[str, str]:
    return {"cache-control": _KEPT.get(refused.status, NO_CACHE), **refused.headers}


def moved(location: str) -> Response:
    """301 to a root-relative address: the Host header plays no part."""
    return Response(status_code=301, headers={"location": location, "cache-control": "public, max-age=3600"})
