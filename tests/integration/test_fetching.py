"""The real client against a scripted origin."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import FetchError
from aggregator.fetch import Client
from aggregator.model import Document, NotModified, Outlet, Schedule, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from tests.origin import Origin, Reply, conditional, running_origin

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OUTLET = Outlet(id="andes-post", title="Andes Post", url="http://127.0.0.1/")
FEED = b"<rss version='2.0'><channel><title>Andes Post</title></channel></rss>"


@asynccontextmanager
async def client_of(*, allow: tuple[str, ...] = ("127.0.0.0/8",), seconds: float = 5) -> AsyncIterator[Client]:
    guard = Guard(allow)
    async with open_session(guard) as session:
        yield Client(session, guard, user_agent="aggregator/test (+ops@example.org)", concurrency=8, seconds=seconds)


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with running_origin(["127.0.0.1", "127.0.0.2"]) as running:
        yield running


def source(url: str, **changes: object) -> Source:
    return replace(Source(id="andes-post", outlet=OUTLET, url=url, public_url=url), **changes)  # type: ignore[arg-type]


def first(source_id: str = "andes-post") -> Schedule:
    return Schedule(source_id=source_id, next_poll=NOW)


async def fetched(feed: Source, schedule: Schedule) -> Document | NotModified:
    async with client_of() as client:
        return await client.fetch(feed, schedule, now=NOW)


async def test_a_first_request_has_no_validators_and_says_who_we_are(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED)))
    answer = await fetched(feed, first())
    assert isinstance(answer, Document)
    assert answer.body == FEED
    request = origin.requests[0]
    assert request.header("If-None-Match") is None
    assert request.header("If-Modified-Since") is None
    assert request.header("User-Agent") == "aggregator/test (+ops@example.org)"
    assert request.header("Cookie") is None


@pytest.mark.parametrize(
    "etag", ['"a"', 'W/"a,b"', '"a-gzip"', '"a;br"', "unquoted-junk", '"' + "x" * 2000 + '"', '"ü"'.encode().hex()]
)
async def test_validators_are_echoed_byte_for_byte(origin: Origin, etag: str) -> None:
    modified = "Tue, 04 Jun 2041 10:00:00 +0200"
    answers = Reply(body=FEED, headers=(("ETag", etag), ("Last-Modified", modified)))
    feed = source(origin.serve("/feed", answers, Reply(status=304)))
    held = await fetched(feed, first())
    again = await fetched(feed, replace(first(), validators=held.validators))
    assert isinstance(again, NotModified)
    assert origin.requests[1].header("If-None-Match") == etag
    assert origin.requests[1].header("If-Modified-Since") == modified
    assert again.validators == held.validators


async def test_an_etag_that_cannot_be_sent_back_is_not_kept(origin: Origin) -> None:
    raw = b'HTTP/1.1 200 OK\r\nETag: "a\x01b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
    answer = await _or_error(source(origin.serve("/feed", Reply(raw=raw))))
    assert isinstance(answer, FetchError) or answer.validators.etag is None


async def test_a_304_with_a_new_etag_replaces_the_old_one(origin: Origin) -> None:
    feed = source(origin.serve("/feed", conditional(FEED, etag='"1"'), Reply(status=304, headers=(("ETag", '"2"'),))))
    held = await fetched(feed, first())
    again = await fetched(feed, replace(first(), validators=held.validators))
    assert again.validators.etag == '"2"'


async def test_a_304_that_nobody_asked_for_is_an_error(origin: Origin) -> None:
    assert "without validators" in str(await _or_error(source(origin.serve("/feed", Reply(status=304)))))


async def test_validators_are_dropped_when_the_address_or_a_header_changes(origin: Origin) -> None:
    feed = source(origin.serve("/feed", conditional(FEED, etag='"1"')))
    held = await fetched(feed, first())
    await fetched(replace(feed, headers=(("X-Key", "a"),)), replace(first(), validators=held.validators))
    assert origin.requests[1].header("If-None-Match") is None


async def test_the_same_bytes_again_are_unchanged_and_bring_their_new_validators(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED, headers=(("ETag", '"2"'),))))
    held = await fetched(feed, first())
    assert isinstance(held, Document)
    again = await fetched(feed, replace(first(), body_hash=held.body_hash))
    assert isinstance(again, Document)
    assert again.unchanged
    assert again.validators.etag == '"2"'


async def test_a_permanent_redirect_is_reported_and_a_temporary_one_is_not(origin: Origin) -> None:
    target = origin.serve("/new", Reply(body=FEED))
    forever = await fetched(source(origin.serve("/old", Reply(status=301, headers=(("Location", "/new"),)))), first())
    for_now = await fetched(source(origin.serve("/tmp", Reply(status=302, headers=(("Location", "/new"),)))), first())
    assert isinstance(forever, Document)
    assert isinstance(for_now, Document)
    assert (forever.permanent_url, for_now.permanent_url) == (target, None)


async def test_secrets_of_a_source_do_not_follow_a_redirect_to_another_host(origin: Origin) -> None:
    target = origin.serve("/new", Reply(body=FEED), host="127.0.0.2")
    feed = source(origin.serve("/old", Reply(status=302, headers=(("Location", target),))))
    await fetched(replace(feed, headers=(("Authorization", "Bearer s3cret"),)), first())
    assert [request.header("Authorization") for request in origin.requests] == ["Bearer s3cret", None]


async def test_redirects_end_in_circles_and_after_five_hops(origin: Origin) -> None:
    circle = origin.serve("/a", Reply(status=302, headers=(("Location", "/a"),)))
    for step in range(8):
        origin.serve(f"/{step}", Reply(status=302, headers=(("Location", f"/{step + 1}"),)))
    assert "circle" in str(await _or_error(source(circle)))
    assert "more than 5 times" in str(await _or_error(source(origin.url("/0"))))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:pw@127.0.0.1/", "data:,x"])
async def test_a_redirect_out_of_the_web_is_refused(origin: Origin, location: str) -> None:
    feed = source(origin.serve("/feed", Reply(status=302, headers=(("Location", location),))))
    assert isinstance(await _or_error(feed), FetchError)
    assert len(origin.requests) == 1


async def test_without_permission_loopback_is_never_connected_to(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED)))
    async with client_of(allow=()) as client:
        with pytest.raises(FetchError, match="not on the public internet"):
            await client.fetch(feed, first(), now=NOW)
    assert origin.requests == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("99999999999999999999", NOW + timedelta(days=31)),
        ("Mon, 01 Jun 2020 12:00:00 GMT", None),
        ("soon", None),
    ],
)
async def test_retry_after_is_read_in_both_forms(origin: Origin, said: str, expected: datetime | None) -> None:
    error = await _or_error(source(origin.serve("/feed", Reply(status=429, headers=(("Retry-After", said),)))))
    assert isinstance(error, FetchError)
    assert error.retry_after == expected


async def test_gone_is_permanent(origin: Origin) -> None:
    error = await _or_error(source(origin.serve("/feed", Reply(status=410))))
    assert isinstance(error, FetchError)
    assert error.permanent
    assert str(error) == "HTTP 410 Gone"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=gzip.compress(bytes(50_000_000)), headers=(("Content-Encoding", "gzip"),)),
        Reply(body=gzip.compress(FEED)[:-9], headers=(("Content-Encoding", "gzip"),)),
        Reply(body=b"not gzip", headers=(("Content-Encoding", "gzip"),)),
        Reply(body=b"x" * 6_000_000),
        Reply(body=FEED, headers=(("Content-Length", "9999"),)),
        Reply(raw=b"nonsense\r\n\r\n"),
        Reply(raw=b""),
        Reply(body=FEED, headers=(("Content-Encoding", "compress"),)),
    ],
    ids=["bomb", "cut", "no gzip", "huge", "lies", "no http", "nothing", "odd encoding"],
)
async def test_a_broken_answer_is_an_error_of_its_own_source(origin: Origin, reply: Reply) -> None:
    assert isinstance(await _or_error(source(origin.serve("/feed", reply))), FetchError)


async def test_an_origin_that_never_ends_is_cut_off(origin: Origin) -> None:
    stuck = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", hang=True)
    feed = source(origin.serve("/feed", stuck))
    async with client_of(seconds=0.2) as client:
        with pytest.raises(FetchError, match=r"timed out after 0\.2 s"):
            await client.fetch(feed, first(), now=NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Cache-Control", "public, max-age=600"),), 600),
        ((("Cache-Control", "max-age=600"), ("Age", "100")), 500),
        ((("Cache-Control", "no-cache, max-age=600"),), None),
        ((("Date", "Mon, 01 Jun 2026 12:00:00 GMT"), ("Expires", "Mon, 01 Jun 2026 12:10:00 GMT")), 600),
        ((("Expires", "0"),), None),
    ],
)
async def test_freshness_is_a_hint(origin: Origin, headers: tuple[tuple[str, str], ...], seconds: int | None) -> None:
    answer = await fetched(source(origin.serve("/feed", Reply(body=FEED, headers=headers))), first())
    assert answer.hints.fresh_for == (timedelta(seconds=seconds) if seconds else None)


async def _or_error(feed: Source) -> Document | NotModified | FetchError:
    try:
        return await fetched(feed, first())
    except FetchError as error:
        return error
