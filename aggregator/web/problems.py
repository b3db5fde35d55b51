"""Refusals and errors → answers: a short page for people, problem+json (RFC 9457) for feeds and the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from starlette.responses import Response

from aggregator.web.answers import NO_CACHE, weight_of
from aggregator.web.desk import Desk
from aggregator.web.outcomes import Refused
from aggregator.web.pages import error_page

_MACHINES = (".rss", ".atom", ".json", ".opml", "/opml", ".csv", ".ndjson", "/metrics", "/healthz", "/readyz")
_PAGES = ("text/html", "application/xhtml+xml", "text/*", "*/*")
_DATA = ("json", "xml", "csv", "ndjson")
# A shared cache may hold "not here" a minute, "gone for good" an hour; nothing else is kept.
_KEPT = {404: "public, max-age=60", 410: "public, max-age=3600"}


def for_machine(path: str, accept: str = "") -> bool:
    """Whether a program asks: for a feed, the API or OPML, whatever it accepts; or at the address of a page for data, by an
    `Accept` that likes them better than HTML (RFC 9110 §12.5.1)."""
    return path.startswith("/api/v1") or path.endswith(_MACHINES) or _likes_data(accept)


@lru_cache(maxsize=1024)
def _likes_data(accept: str) -> bool:
    page = data = 0.0
    for part in accept.lower().split(","):
        name, _, parameters = part.partition(";")
        name, liked = name.strip(), weight_of(parameters)
        if name in _PAGES:
            page = max(page, liked)
        elif name.startswith(("application/", "text/")) and name.endswith(_DATA):
            data = max(data, liked)
    return data > page


def problem(refused: Refused) -> Response:
    """The answer to a program."""
    return Response(
        problem_document(refused),
        status_code=refused.status,
        media_type="application/problem+json",
        headers=_headers(refused),
    )


def problem_document(refused: Refused) -> bytes:
    """RFC 9457; `caret` is an extension that shows the place in a query."""
    body = {"type": "about:blank", "title": refused.title, "status": refused.status, "detail": refused.detail}
    if refused.caret:
        body["caret"] = refused.caret
    return json.dumps(body, ensure_ascii=False).encode()


def refusal(
    desk: Desk,
    refused: Refused,
    path: str,
    accept: str = "",
    *,
    page: Callable[[Desk, Refused], str] = error_page,
) -> Response:
    """The answer in the form that the address, or else `Accept`, asks for; for people it is `page`."""
    by_accept = {} if for_machine(path) else {"vary": "Accept"}
    if for_machine(path, accept):
        return problem(replace(refused, headers={**by_accept, **refused.headers}))
    return Response(
        page(desk.speaking(_language(desk, path)), refused),
        status_code=refused.status,
        media_type="text/html",
        headers={**by_accept, **_headers(refused)},
    )


def _language(desk: Desk, path: str) -> str | None:
    """That of the pages below which `path` lies; None for the site's own."""
    first = path.strip("/").partition("/")[0]
    return first if first in desk.newsroom().site.further_languages else None


def _headers(refused: Refused) -> Mapping[str, str]:
    return {"cache-control": _KEPT.get(refused.status, NO_CACHE), **refused.headers}


def moved(location: str, query: str = "") -> Response:
    """301 to a root-relative address, with what was asked of the old one: the Host header plays no part."""
    location = f"{location}?{query}" if query else location
    return Response(status_code=301, headers={"location": location, "cache-control": "public, max-age=3600"})
