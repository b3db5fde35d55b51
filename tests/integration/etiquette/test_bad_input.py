"""What lying, broken and hostile servers do beside the rules: each costs its own source an error in words, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import FetchError
from aggregator.model import PollOutcome
from tests.fakes import Dns
from tests.integration.etiquette.rig import (
    DAY,
    FEED,
    HOUR,
    LOOPBACK,
    MINUTE,
    NOW,
    client_of,
    document,
    error,
    first,
    redirect,
    rig_of,
    source,
)
from tests.origin import Origin, Reply

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (OK + b"Content-Length: 999\r\n\r\n" + FEED, "closed the connection early"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", "closed the connection early"),
        (OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n<rss/>", "not HTTP"),
        (OK + b"Content-Length: -5\r\n\r\n<rss/>", "not HTTP"),
        (OK + b"Content-Length: 0x10\r\n\r\n<rss/>", "not HTTP"),
        (OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n<rss/>\r\n", "not HTTP"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\nZZ\r\n<rss/>\r\n", "not HTTP"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "not HTTP"),
        (b"ICY 200 OK\r\n\r\n", "not HTTP"),
        (b"\x16\x03\x01\x02\x00\x01", "not HTTP"),
        (b"", "closed the connection early"),
        (b"HTTP/1.1 200", "closed the connection early"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 3, "closed the connection early"),
    ],
    ids=[
        "closes early", "closes early in a chunk", "two Content-Lengths", "a negative length", "a length in hex",
        "a length and chunks", "a chunk of no length", "a later chunk of no length",
        "a version that is none", "a status that is none", "ICY",
        "TLS where none was asked for", "closes at once", "closes in the status", "goes on continuing",
    ],
)  # fmt: skip
async def test_an_answer_that_lies_or_breaks_off_is_an_error_in_words(origin: Origin, raw: bytes, words: str) -> None:
    assert words in str(await error(source(origin.serve("/feed", Reply(raw=raw)))))


# The same bytes in one piece, and one by one: what came is what counts, not how the network cut it.
CUTS = pytest.mark.parametrize("drip", [0, 0.0001], ids=["whole", "in pieces"])


@CUTS
async def test_a_length_that_is_too_short_hides_nothing(origin: Origin, database: Path, drip: float) -> None:
    raw = OK + b'ETag: "1"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b' % (len(FEED) - 40, FEED)
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(raw=raw, drip=drip)))) as rig:
        assert (await rig.next()).outcome is PollOutcome.PARTIAL
        assert await rig.titles() == {"Lima votes again"}
        assert (await rig.schedule()).validators.etag is None, "a 304 would hide the rest"


@CUTS
@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length: %d\r\n\r\n%b\r\n<!-- 0.2 s -->" % (len(FEED), FEED),
        OK + b"Connection: keep-alive\r\nContent-Length: %d\r\n\r\n%b<!-- 0.2 s -->" % (len(FEED), FEED),
        OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n<!-- 0.2 s -->" % (len(FEED), FEED),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2 + OK + b"Content-Length: %d\n\n%bx" % (len(FEED), FEED),
    ],
    ids=["a length", "a length of a connection to be kept", "chunks", "a length, after hints"],
)
async def test_what_comes_behind_an_answer_is_left(origin: Origin, database: Path, raw: bytes, drip: float) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(raw=raw, drip=drip)))) as rig:
        assert (await rig.next()).outcome is PollOutcome.FRESH
    assert origin.connections == 1


@CUTS
@pytest.mark.parametrize(
    "behind",
    [
        b"Content-Length: 20\r\n\r\n" + b"x" * 20,
        b"Content-Length: 0\r\n\r\n" + FEED,
        b"\r\n" + FEED,
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n",
    ],
    ids=["a body", "a body beyond its length", "a body of no length", "a last chunk", "chunks"],
)
async def test_a_304_is_judged_by_its_head_whatever_comes_behind_it(
    origin: Origin, database: Path, behind: bytes, drip: float
) -> None:
    not_modified = Reply(raw=b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n' + behind, drip=drip)
    url = origin.serve("/feed", Reply(body=FEED, headers=(("ETag", '"1"'),)), not_modified)
    async with rig_of(origin, database, source(url)) as rig:
        await rig.next()
        assert (await rig.next()).outcome is PollOutcome.NOT_MODIFIED
        assert (await rig.schedule()).validators.etag == '"2"'


@CUTS
async def test_a_redirect_and_a_410_are_heard_whatever_length_their_page_claims(origin: Origin, drip: float) -> None:
    lie = b"Content-Length: 3\r\n\r\n<html>"
    gone = origin.serve("/gone", Reply(raw=b"HTTP/1.1 410 Gone\r\n" + lie, drip=drip))
    assert (await error(source(gone))).permanent
    moved = Reply(raw=b"HTTP/1.1 301 Moved\r\nLocation: /gone\r\n" + lie, drip=drip)
    assert (await error(source(origin.serve("/moved", moved)))).permanent


@CUTS
async def test_two_lengths_that_differ_are_refused(origin: Origin, drip: float) -> None:
    raw = OK + b"Content-Length: %d\r\nContent-Length: 5\r\n\r\n%b" % (len(FEED), FEED)
    assert str(await error(source(origin.serve("/feed", Reply(raw=raw, drip=drip))))) == "the answer is not HTTP"


@pytest.mark.parametrize("coding", [b"\x1b[31mred", b"\x01", b"\xff\xfe", "ñandú".encode(), b"x" * 5_000, b"<b>"])
async def test_no_error_repeats_what_a_terminal_would_obey(origin: Origin, coding: bytes) -> None:
    raw = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (coding, len(FEED), FEED)
    said = str(await error(source(origin.serve("/feed", Reply(raw=raw)))))
    assert said == "the document is encoded in a way that we did not ask for"


async def test_of_two_lines_of_a_field_that_may_have_one_the_first_counts(origin: Origin) -> None:
    lines = (
        ("ETag", '"1"', '"2"'),
        ("Last-Modified", "noon", "night"),
        ("Content-Type", "application/rss+xml", "text/html"),
    )
    twice = tuple((name, value) for name, *values in lines for value in values)
    found = await document(source(origin.serve("/feed", Reply(body=FEED, headers=twice))))
    held = found.validators
    assert (held.etag, held.last_modified, found.content_type) == ('"1"', "noon", "application/rss+xml")
    there = (("Location", origin.serve("/a", Reply(body=FEED))), ("Location", origin.serve("/b", Reply(body=FEED))))
    moved = await document(source(origin.serve("/feed", Reply(status=301, headers=there))))
    assert moved.url == origin.url("/a")


async def test_two_content_lengths_that_agree_are_one_or_an_error_and_never_more(
    origin: Origin, database: Path
) -> None:
    length = b"Content-Length: %d\r\n" % len(FEED)
    raw = OK + length * 2 + b"Connection: close\r\n\r\n" + FEED + b"HTTP/1.1 200 OK\r\nX-Smuggled: 1\r\n\r\n"
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(raw=raw)))) as rig:
        poll = await rig.next()
    assert poll.error == "the answer is not HTTP" or poll.entries == 2
    assert len(origin.requests) == 1


@pytest.mark.parametrize(
    "etag", [b'"a\x00b"', b'"a\x01b"', b'"a\x0bb"', b'"a\x1bb"', b'"a\x7fb"', b'"a\rb"', b'"a\nb"', b'"a\r\n X: 1"']
)
async def test_an_etag_with_control_characters_is_never_sent_back(origin: Origin, database: Path, etag: bytes) -> None:
    raw = OK + b"ETag: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (etag, len(FEED), FEED)
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(raw=raw)))) as rig:
        await rig.next()
        await rig.next()
    assert len(origin.requests) == 2
    for name, value in origin.requests[1].headers:
        assert name.lower() in (
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
            "connection",
            "if-none-match",
            "a-im",
        )
        assert value.isprintable()
    echoed = origin.requests[1].header("If-None-Match")
    assert echoed in (None, '"a'), "what a line end cuts off is another header's"


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/new feed", "/new%20feed"),
        ("  /new  ", "/new"),
        ("/ñandú", "/%C3%B1and%C3%BA"),
        ("/a%20b?c=%2f", "/a%20b?c=%2f"),
        ("new", "/new"),
        ("?page=2", "/feed?page=2"),
        ("/new#top", "/new"),
        ('/new"<>', "/new%22%3C%3E"),
    ],
)
async def test_a_location_with_odd_characters_is_followed_as_browsers_do(
    origin: Origin, location: str, path: str
) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % location.encode()
    origin.serve(path, Reply(body=FEED))
    await document(source(origin.serve("/feed", Reply(raw=head))))
    assert [request.path for request in origin.requests] == ["/feed", path]


@pytest.mark.parametrize(
    "location",
    [
        b"/a\r\nX-Evil: 1",
        b"/a\nSet-Cookie: a=b",
        b"/a\x00b",
        b"/a\tb",
        b"http://127.0.0.1\t.evil.example/",
        b"\\\\127.0.0.2\\a",
    ],
)
async def test_a_location_with_line_ends_or_control_characters_leads_nowhere_new(
    origin: Origin, location: bytes
) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % location
    await error(source(origin.serve("/feed", Reply(raw=head))))
    assert {request.host for request in origin.requests} == {"127.0.0.1"}
    assert {request.path for request in origin.requests} <= {"/feed", "/a", "/ab"}
    assert not any(request.header("X-Evil") or request.header("Cookie") for request in origin.requests)


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "http://nowhere.example/"])
async def test_a_redirect_into_nowhere_is_an_error(origin: Origin, target: str) -> None:
    await error(source(origin.serve("/feed", redirect(target))))


async def test_a_resolver_that_lies_reaches_nothing_inside() -> None:
    lies = {
        "a.example": "127.0.0.1",
        "b.example": "8.8.8.8 127.0.0.1",
        "c.example": "::ffff:7f00:1",
        "d.example": "64:ff9b::7f00:1",
        "e.example": "fe80::1",
        "f.example": "0.0.0.0",
    }
    async with client_of(allow=(), names=lies) as client:
        for host in lies:
            with pytest.raises(FetchError, match="public internet"):
                await client.fetch(source(f"http://{host}:8080/feed"), first(), now=NOW)


async def test_a_resolver_that_answers_nothing_or_never_is_an_error(origin: Origin) -> None:
    dns = Dns({"empty.example": ""}, slow=frozenset({"slow.example"}))
    async with client_of(names=dns, allow=LOOPBACK, seconds=0.3) as client:
        for host in ("empty.example", "slow.example", "none.example"):
            with pytest.raises(FetchError):
                await client.fetch(source(origin.url("/feed", host=host)), first(), now=NOW)


async def test_a_clock_that_jumps_ahead_and_back_stops_no_source_and_hammers_none(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as rig:
        await rig.next()
        rig.now += 3650 * DAY
        await rig.poll()
        rig.now = NOW + HOUR
        assert await rig.store.due(rig.now) == ("andes-post",), "not in ten years"
        assert (await rig.poll()).outcome is PollOutcome.SAME_BODY
        assert await rig.store.due(rig.now) == ()
        assert (await rig.schedule()).next_poll <= rig.now + DAY
    assert len(origin.requests) == 3


async def test_a_clock_that_goes_back_during_a_poll_breaks_nothing(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", Reply(body=FEED)))) as rig:
        await rig.next()
        rig.now += HOUR

        def back(_: object) -> Reply:
            rig.now -= 30 * MINUTE
            return Reply(body=FEED.replace(b"Lima", b"Cusco"))

        origin.serve("/feed", back)
        assert (await rig.poll()).outcome is PollOutcome.FRESH
        assert (await rig.schedule()).next_poll > rig.now


async def test_trouble_on_the_way_is_told_in_words(origin: Origin) -> None:
    assert str(await error(source("http://127.0.0.3:1/feed"))) == "the server refused the connection"
    assert str(await error(source("http://nowhere.example/"))) == "the host has no address (DNS)"
    assert str(await error(source(origin.serve("/odd", Reply(raw=b"nonsense\r\n\r\n"))))) == "the answer is not HTTP"
