"""Conditional answers: RFC 9110 §13."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.web.answers import FEED_CACHE, Representation, answer, chosen, matches, whole

CHANGED = datetime(2026, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)
LATER = CHANGED + timedelta(hours=1)
HTTP_DATE = "Sun, 01 Mar 2026 12:00:00 GMT"
BODY = b"<feed>" + b"news " * 300 + b"</feed>"
FEED = Representation(
    body=BODY,
    media_type="application/atom+xml; charset=utf-8",
    etag="abc",
    last_modified=CHANGED,
    cache=FEED_CACHE,
)


def test_an_answer_has_a_strong_tag_a_date_and_says_how_long_it_holds() -> None:
    response = answer({}, "GET", FEED, now=LATER)
    assert (response.status_code, response.body) == (200, BODY)
    assert response.headers["etag"] == '"abc"'
    assert response.headers["last-modified"] == HTTP_DATE
    assert response.headers["cache-control"] == FEED_CACHE
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-length"] == str(len(BODY))


def test_gzip_is_sent_to_who_takes_it_under_a_tag_of_its_own() -> None:
    response = answer({"accept-encoding": "br;q=0.2, gzip;q=0.8"}, "GET", FEED, now=LATER)
    assert gzip.decompress(bytes(response.body)) == BODY
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["etag"] == '"abc-gzip"'


def test_a_head_is_the_get_without_its_body() -> None:
    get, head = (answer({"accept-encoding": "gzip"}, method, FEED, now=LATER) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    "header", ['"abc"', 'W/"abc"', '"x", "abc"', "*", '"abc-gzip"', 'W/"abc-br"', '"abc;gzip"', "abc"]
)
def test_a_reader_that_holds_it_is_told_so(header: str) -> None:
    response = answer({"if-none-match": header, "accept-encoding": "gzip"}, "GET", FEED, now=LATER)
    assert (response.status_code, response.body) == (304, b"")
    assert response.headers["etag"] == '"abc-gzip"'
    assert {"cache-control", "vary", "last-modified"} <= set(response.headers)
    assert "content-length" not in response.headers


@pytest.mark.parametrize("header", ['"ab"', '"abcd"', '"abc-gz"', "", '"x-gzip"', '"ABC"'])
def test_a_reader_that_holds_something_else_gets_it_all(header: str) -> None:
    assert answer({"if-none-match": header}, "GET", FEED, now=LATER).status_code == 200


def test_the_tag_wins_over_the_date() -> None:
    asked = {"if-none-match": '"old"', "if-modified-since": HTTP_DATE}
    assert answer(asked, "GET", FEED, now=LATER).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (HTTP_DATE, 304),
        ("Sun, 01 Mar 2026 12:00:01 GMT", 304),
        ("Sun, 01 Mar 2026 11:59:59 GMT", 200),
        ("yesterday", 200),
        ("Sun, 01 Mar 99999 12:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_a_date_is_compared_and_nonsense_ignored(header: str, status: int) -> None:
    assert answer({"if-modified-since": header}, "GET", FEED, now=LATER).status_code == status


def test_what_changes_twice_within_a_second_is_not_missed_by_the_date() -> None:
    first = answer({}, "GET", FEED, now=CHANGED).headers["last-modified"]
    assert answer({"if-modified-since": first}, "GET", FEED, now=LATER).status_code == 200


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0.5, *;q=0.9", "zstd"),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.000, *", "br"),
        ("gzip;q=oops", "identity"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip", "gzip"),
        ("", "identity"),
        (";;;,,=", "identity"),
    ],
)
def test_accept_encoding_is_read_as_it_is_meant(header: str, coding: str) -> None:
    assert chosen(header, ("br", "zstd", "gzip")) == coding


def test_small_pages_are_not_compressed_and_the_same_page_has_the_same_bytes() -> None:
    asked = {"accept-encoding": "gzip"}
    assert "content-encoding" not in answer(asked, "GET", whole(b"ok", "text/plain"), now=LATER).headers
    bodies = {bytes(answer(asked, "GET", whole(BODY, "text/html"), now=LATER).body) for _ in range(2)}
    assert len(bodies) == 1


def test_a_tag_is_never_matched_by_a_part_of_it() -> None:
    assert not matches('"a", "bc"', "abc")
