"""The real client against a scripted origin."""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import brotli
import pytest
from backports import zstd

from aggregator.errors import FetchError
from aggregator.fetch import Client
from aggregator.model import Document, NotModified, Outlet, Schedule, Source
from aggregator.net.guard import Guard
from aggregator.net.session import PATIENCE, open_session
from tests.fakes import Dns
from tests.origin import Origin, Reply, conditional, running_origin

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OUTLET = Outlet(id="andes-post", title="Andes Post", url="http://127.0.0.1/")
FEED = b"<rss version='2.0'><channel><title>Andes Post</title></channel></rss>"


@asynccontextmanager
async def client_of(
    *,
    allow: tuple[str, ...] = ("127.0.0.0/8",),
    seconds: float = 5,
    patience: aiohttp.ClientTimeout = PATIENCE,
    names: dict[str, str] | None = None,
) -> AsyncIterator[Client]:
    guard = Guard(allow)
    async with open_session(guard, patience=patience, resolver=Dns(names or {})) as session:
        yield Client(
            session,
            guard,
            user_agent="aggregator/test (+ops@example.org)",
            concurrency=8,
            seconds=seconds,
            gap_seconds=0,
        )


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


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("br", brotli.compress(FEED)),
        ("zstd", zstd.compress(FEED)),
        ("identity", FEED),
    ],
)
async def test_a_document_comes_unpacked(origin: Origin, encoding: str, body: bytes) -> None:
    feed = source(origin.serve("/feed", Reply(body=body, headers=(("Content-Encoding", encoding),))))
    answer = await fetched(feed, first())
    assert isinstance(answer, Document)
    assert (answer.body, answer.received) == (FEED, len(body))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_a_bomb_is_stopped_while_it_unfolds(origin: Origin, encoding: str) -> None:
    pack = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}[encoding]
    bomb = Reply(body=pack(bytes(2_000_000)), headers=(("Content-Encoding", encoding),))
    assert str(await _or_error(source(origin.serve("/feed", bomb)))) == (
        "the document unfolds to more than 100 times its size"
    )


async def test_what_is_announced_as_too_large_is_not_even_read(origin: Origin) -> None:
    huge = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", hang=True)
    assert "larger than 5 MiB" in str(await _or_error(source(origin.serve("/feed", huge))))


async def test_a_document_of_honest_size_may_be_large(origin: Origin) -> None:
    text = random.Random(1).randbytes(2_000_000).hex().encode()
    answer = await fetched(
        source(origin.serve("/feed", Reply(body=gzip.compress(text, 1), headers=(("Content-Encoding", "gzip"),)))),
        first(),
    )
    assert isinstance(answer, Document)
    assert answer.body == text


async def test_a_server_that_drips_is_cut_off_in_the_end(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED, drip=0.02)))
    async with client_of(seconds=0.3) as client:
        with pytest.raises(FetchError, match=r"timed out after 0\.3 s"):
            await client.fetch(feed, first(), now=NOW)


async def test_a_server_that_falls_silent_is_cut_off_sooner(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(raw=b"HTTP/1.1 200 OK\r\n", hang=True)))
    async with client_of(patience=aiohttp.ClientTimeout(sock_read=0.1)) as client:
        with pytest.raises(FetchError, match="the server fell silent"):
            await client.fetch(feed, first(), now=NOW)


async def test_a_fetch_takes_no_longer_for_its_redirects(origin: Origin) -> None:
    for step in range(5):
        answer = Reply(status=302, headers=(("Location", f"/{step + 1}"),), drip=0.002)
        origin.serve(f"/{step}", answer)
    async with client_of(seconds=0.4) as client:
        with pytest.raises(FetchError, match=r"timed out after 0\.4 s"):
            await client.fetch(source(origin.url("/0")), first(), now=NOW)
    assert 1 < len(origin.requests) < 6


async def test_cookies_are_not_taken_and_nothing_is_said_that_need_not_be(origin: Origin) -> None:
    cookie = ("Set-Cookie", "id=7; Path=/")
    origin.serve("/new", Reply(body=FEED, headers=(cookie,)))
    feed = source(origin.serve("/old", Reply(status=302, headers=(("Location", "/new"), cookie))))
    async with client_of() as client:
        await client.fetch(feed, first(), now=NOW)
        await client.fetch(feed, first(), now=NOW)
    assert len(origin.requests) == 4
    said = {name.lower() for request in origin.requests for name, _ in request.headers}
    assert said == {"host", "user-agent", "accept", "accept-encoding"}


async def test_an_address_is_asked_for_as_written(origin: Origin) -> None:
    path = "/a%3Ab/%7Ex?sig=a%2fb==&&z+"
    await fetched(source(origin.serve(path, Reply(body=FEED))), first())
    assert origin.requests[0].path == path


async def test_proxies_of_the_environment_are_not_used(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", origin.url("", host="127.0.0.2"))
    monkeypatch.setenv("http_proxy", origin.url("", host="127.0.0.2"))
    await fetched(source(origin.serve("/feed", Reply(body=FEED))), first())
    assert [request.host for request in origin.requests] == ["127.0.0.1"]


async def test_a_name_is_judged_by_all_its_addresses(origin: Origin) -> None:
    origin.serve("/feed", Reply(body=FEED), host="127.0.0.2")
    names = {"both.example": "127.0.0.2 127.0.0.1", "one.example": "127.0.0.2", "other.example": "127.0.0.1"}
    async with client_of(allow=("127.0.0.2/32",), names=names) as client:
        for host in ("both.example", "other.example"):
            with pytest.raises(FetchError, match="not on the public internet"):
                await client.fetch(source(origin.url("/feed", host=host)), first(), now=NOW)
        assert origin.requests == []
        answer = await client.fetch(source(origin.url("/feed", host="one.example")), first(), now=NOW)
        assert isinstance(answer, Document)


async def test_a_redirect_to_an_address_that_is_not_allowed_is_refused_and_never_asked(origin: Origin) -> None:
    inside = origin.serve("/admin", Reply(body=FEED))
    feed = source(origin.serve("/feed", Reply(status=302, headers=(("Location", inside),)), host="127.0.0.2"))
    async with client_of(allow=("127.0.0.2/32",)) as client:
        with pytest.raises(FetchError, match="not on the public internet"):
            await client.fetch(feed, first(), now=NOW)
    assert [request.host for request in origin.requests] == ["127.0.0.2"]


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "①②⑦.0.0.1"])
async def test_other_spellings_of_loopback_are_not_reached(origin: Origin, host: str) -> None:
    names = {host: "127.0.0.1", "127.0.0.1": "127.0.0.1", "0x7f000001": "127.0.0.1"}
    async with client_of(allow=(), names=names) as client:
        with pytest.raises(FetchError):
            await client.fetch(source(f"http://{host}:{origin.port}/feed"), first(), now=NOW)
    assert origin.requests == []


async def test_errors_are_told_in_words_and_without_the_secrets_of_an_address(origin: Origin) -> None:
    secret = "?token=s3cret"
    closed = f"http://127.0.0.3:{origin.port}/feed{secret}"
    assert str(await _or_error(source(closed))) == "the server refused the connection"
    assert str(await _or_error(source(f"http://nowhere.example/{secret}"))) == "the host has no address (DNS)"
    odd = origin.serve("/odd", Reply(raw=b"nonsense\r\n\r\n"))
    assert str(await _or_error(source(odd))) == "the answer is not HTTP"


async def test_a_server_without_tls_is_not_spoken_to_in_the_open() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert str(await _or_error(source(f"https://127.0.0.1:{port}/feed"))) == "no secure connection (TLS)"


async def test_a_host_is_asked_one_at_a_time(origin: Origin) -> None:
    stuck = source(origin.serve("/stuck", Reply(raw=b"", hang=True)))
    quick = source(origin.serve("/quick", Reply(body=FEED)))
    async with client_of(seconds=0.2) as client:
        results = await asyncio.gather(
            client.fetch(stuck, first(), now=NOW), client.fetch(quick, first(), now=NOW), return_exceptions=True
        )
    assert [type(result) for result in results] == [FetchError, Document]
    assert [request.path for request in origin.requests] == ["/stuck", "/quick"]


async def _or_error(feed: Source) -> Document | NotModified | FetchError:
    try:
        return await fetched(feed, first())
    except FetchError as error:
        return error
