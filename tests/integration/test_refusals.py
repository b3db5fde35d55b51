"""What is not there, not any more, not allowed or not understood: as a page or as data, by what was asked for."""

from __future__ import annotations

import json

import httpx
import pytest

from aggregator.model import Newsroom
from aggregator.store import Store
from tests.newsstand import browser, desk_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
READER = "application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1"
ACCEPTS = {"": "anything", "*/*": "anything", BROWSER: "page", READER: "data", "application/json": "data"}
BAD = "section%3Aperu%20AND%20("
# What → status, method, path of a page, paths for programs.
CASES: dict[str, tuple[int, str, str, tuple[str, ...]]] = {
    "unknown": (
        404,
        "GET",
        "/sections/nowhere",
        ("/sections/nowhere.rss", "/channels/nowhere.atom", "/outlets/nowhere.json", "/api/v1/sections/nowhere"),
    ),
    "no such format": (404, "GET", "/sections/peru/xml", ("/sections/peru.csv", "/nowhere.opml", "/nowhere.atom")),
    "removed": (
        410,
        "GET",
        "/channels/closed",
        ("/channels/closed.rss", "/channels/closed.atom", "/channels/closed.json"),
    ),
    "method": (405, "POST", "/sections/peru", ("/sections/peru.rss", "/opml", "/api/v1/articles", "/search.atom?q=x")),
    "query": (
        400,
        "GET",
        f"/search?q={BAD}",
        (*(f"/search.{form}?q={BAD}" for form in ("rss", "atom", "json", "csv", "ndjson")), f"/api/v1/search?q={BAD}"),
    ),
    "cursor": (400, "GET", "/sections/peru?before=x", ("/search.rss?q=peru&before=x", "/search.csv?q=peru&limit=0")),
    "field": (400, "GET", "/search?q=nosuch%3Afield", ("/search.csv?q=peru&fields=nosuch", "/search.atom?q=a&since=b")),
}


def is_page(answer: httpx.Response) -> bool:
    assert answer.text.startswith("<!doctype html>")
    assert len(answer.content) < 8_000  # short
    return answer.headers["content-type"].startswith("text/html")


def is_problem(answer: httpx.Response) -> bool:
    said = json.loads(answer.content)
    assert said["status"] == answer.status_code
    assert said["title"]
    assert said["detail"]
    return answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("case", CASES)
async def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(
    stand: Store, news: Newsroom, case: str, accept: str
) -> None:
    status, method, page, others = CASES[case]
    async with browser(desk_of(stand, news)) as client:
        answer = await client.request(method, page, headers={"accept": accept})
        assert answer.status_code == status
        assert (is_problem if ACCEPTS[accept] == "data" else is_page)(answer)
        for path in others:
            answer = await client.request(method, path, headers={"accept": accept})
            assert (answer.status_code, path) == (status, path)
            assert is_problem(answer), path


@pytest.mark.parametrize("accept", ["", "application/json"])
async def test_a_wrong_query_is_shown_with_a_caret_under_the_place(stand: Store, news: Newsroom, accept: str) -> None:
    async with browser(desk_of(stand, news)) as client:
        for path in ("/search", "/search.atom", "/search.csv"):
            answer = await client.get(f"{path}?q={BAD}", headers={"accept": accept})
            assert "^" in answer.text, path
            assert "section:peru AND (" in answer.text, path


async def test_what_depends_on_accept_says_so_to_caches(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        for accept in ACCEPTS:
            page = await client.get("/sections/nowhere", headers={"accept": accept})
            assert page.headers["vary"] == "Accept"
            feed = await client.get("/sections/nowhere.atom", headers={"accept": accept})
            assert "vary" not in feed.headers
            wrong = await client.get(f"/search?q={BAD}", headers={"accept": accept})
            assert (wrong.headers["vary"], wrong.headers["cache-control"]) == ("Accept", "no-store")
            assert "etag" not in wrong.headers


async def test_a_method_that_is_not_allowed_is_told_which_are(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        for path in ("/sections/peru", "/sections/peru.atom", "/search.csv", "/opml", "/articles/x", "/"):
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                answer = await client.request(method, path)
                assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), (method, path)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/websub/hub", "GET, HEAD, POST"),
        ("/websub/callback/x", "GET, HEAD, POST"),
        ("/api/v1/decisions", "GET, HEAD, POST"),
        ("/api/v1/reload", "POST"),
    ],
)
async def test_what_takes_a_form_says_so_too(stand: Store, news: Newsroom, path: str, allowed: str) -> None:
    async with browser(desk_of(stand, news), client="127.0.0.1") as client:
        for method in ("PUT", "DELETE", "PATCH"):
            answer = await client.request(method, path, headers={"accept": "application/json"})
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
            assert allowed in answer.json()["detail"]
