"""Rules 1–11: validators (RFC 9110 §8.8 and §13, RFC 9111 §4.3)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Document, Health, NotModified, PollOutcome, Validators
from tests.integration.etiquette.rig import (
    FEED,
    MINUTE,
    NOW,
    document,
    error,
    feed,
    fetched,
    held,
    redirect,
    rig_of,
    source,
)
from tests.origin import Origin, Reply, Request, conditional

MODIFIED = "Mon, 01 Jun 2026 10:00:00 GMT"


def validated(body: bytes, etag: str | None = None, modified: str | None = None) -> Reply:
    named = {"ETag": etag, "Last-Modified": modified}
    return Reply(body=body, headers=tuple((name, value) for name, value in named.items() if value))


def sent(request: Request) -> tuple[str | None, str | None]:
    return request.header("If-None-Match"), request.header("If-Modified-Since")


async def test_rule_01_the_first_request_is_unconditional_and_every_later_one_is_not(
    origin: Origin, database: Path
) -> None:
    url = origin.serve("/feed", validated(FEED, '"1"', MODIFIED), Reply(status=304))
    async with rig_of(origin, database, source(url)) as rig:
        for _ in range(4):
            await rig.next()
    assert [sent(request) for request in origin.requests] == [(None, None)] + [('"1"', MODIFIED)] * 3


def long_json(count: int) -> bytes:
    items = [{"id": str(n), "url": f"http://127.0.0.1/{n}", "title": f"Story number {n}"} for n in range(count)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Andes Post", "items": items}).encode()


@pytest.mark.parametrize("body", [feed(*(f"Story number {n}" for n in range(2_001))), long_json(2_001)])
async def test_rule_01_a_feed_of_more_entries_than_we_read_is_asked_conditionally_too(
    origin: Origin, database: Path, body: bytes
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", conditional(body, etag='"1"')))) as rig:
        poll = await rig.next()
        assert (poll.outcome, poll.entries) == (PollOutcome.FRESH, 2_000)
        for _ in range(2):
            schedule = await rig.schedule()
            assert (schedule.health, schedule.evidence) == (
                "well",
                "only the first 2,000 of its 2,001 entries are read",
            )
            assert (await rig.next()).outcome is PollOutcome.NOT_MODIFIED
    assert [sent(request) for request in origin.requests] == [(None, None), ('"1"', None), ('"1"', None)]


@pytest.mark.parametrize(
    "etag",
    [
        '"a"',
        'W/"a,b"',
        '"a-gzip"',
        '"a--gzip"',
        '"a;br"',
        '"a"-gzip',
        "unquoted-junk",
        "W/unquoted",
        '""',
        '"{[(<%2F&amp;>)]}"',
        '"' + "x" * 2_000 + '"',
    ],
)
async def test_rule_02_an_etag_is_echoed_byte_for_byte(origin: Origin, etag: str) -> None:
    feed = source(origin.serve("/feed", validated(FEED, etag), Reply(status=304)))
    await fetched(feed, held(await fetched(feed)))
    assert sent(origin.requests[1]) == (etag, None)


@pytest.mark.parametrize(
    "raw",
    [b'"a\x01b"', b'"a b"', b'"a\x7fb"', b'"a\tb"', b'"\xc3\xbc"', b'"\xff"', b'"' + b"x" * 5_000 + b'"'],
    ids=["control", "blank", "del", "tab", "utf-8", "byte", "long"],
)
async def test_rule_02_an_etag_that_cannot_be_echoed_is_not_kept_and_never_sent(origin: Origin, raw: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
        raw,
        len(FEED),
        FEED,
    )
    feed = source(origin.serve("/feed", Reply(raw=answer)))
    schedule = held(await document(feed))
    assert schedule.validators.etag is None
    await document(feed, schedule)
    assert sent(origin.requests[1]) == (None, None)


@pytest.mark.parametrize(
    "modified",
    [
        "Tue, 04 Jun 2024 10:00:00 +0200",
        "Tuesday, 04-Jun-24 10:00:00 GMT",
        "Tue Jun  4 10:00:00 2024",
        "Tue, 04 Jun 2041 10:00:00 GMT",
        "garbage",
        "0",
    ],
)
async def test_rule_03_last_modified_is_echoed_byte_for_byte_even_where_it_is_no_date(
    origin: Origin, modified: str
) -> None:
    feed = source(origin.serve("/feed", validated(FEED, None, modified), Reply(status=304)))
    await fetched(feed, held(await fetched(feed)))
    assert sent(origin.requests[1]) == (None, modified)


async def test_rule_04_no_time_is_made_up(origin: Origin, database: Path) -> None:
    answer = Reply(body=FEED, headers=(("ETag", '"1"'), ("Date", MODIFIED), ("Expires", MODIFIED)))
    async with rig_of(origin, database, source(origin.serve("/feed", answer))) as rig:
        for _ in range(3):
            await rig.next()
    assert [sent(request) for request in origin.requests[1:]] == [('"1"', None)] * 2


async def test_rule_05_validators_are_replaced_as_a_set_even_with_the_same_bytes(
    origin: Origin, database: Path
) -> None:
    replies = (
        validated(FEED, '"1"', MODIFIED),
        validated(FEED, '"2"'),
        validated(FEED),
        validated(FEED, None, MODIFIED),
    )
    async with rig_of(origin, database, source(origin.serve("/feed", *replies))) as rig:
        outcomes = [(await rig.next()).outcome for _ in range(5)]
    assert outcomes == [PollOutcome.FRESH, *[PollOutcome.SAME_BODY] * 4]
    assert [sent(request) for request in origin.requests] == [
        (None, None),
        ('"1"', MODIFIED),
        ('"2"', None),
        (None, None),
        (None, MODIFIED),
    ]


async def test_rule_06_a_304_updates_the_validators_that_it_carries_and_keeps_the_others(
    origin: Origin, database: Path
) -> None:
    replies = (
        validated(FEED, '"1"', MODIFIED),
        Reply(status=304, headers=(("ETag", '"2"'),)),
        Reply(status=304, headers=(("Last-Modified", "later"),)),
        Reply(status=304),
    )
    async with rig_of(origin, database, source(origin.serve("/feed", *replies))) as rig:
        for _ in range(4):
            await rig.next()
    assert [sent(request) for request in origin.requests[1:]] == [
        ('"1"', MODIFIED),
        ('"2"', MODIFIED),
        ('"2"', "later"),
    ]


async def test_rule_07_validators_belong_to_an_address_and_to_what_was_asked_with(
    origin: Origin, database: Path
) -> None:
    url, other = (origin.serve(path, conditional(FEED, etag='"1"')) for path in ("/feed", "/other"))
    async with rig_of(origin, database, source(url)) as rig:
        await rig.next()
        await rig.configure(source(url, headers=(("X-Key", "a"),)))
        await rig.next()
        await rig.next()
        await rig.configure(source(other, headers=(("X-Key", "a"),)))
        await rig.next()
    assert [request.conditional for request in origin.requests] == [False, False, True, False]


async def test_rule_07_validators_belong_to_the_encodings_that_were_asked_for(
    origin: Origin, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", conditional(FEED, etag='"1"')))) as rig:
        await rig.next()
        monkeypatch.setattr("aggregator.fetch.asking.ENCODINGS", "gzip")
        await rig.next()
        await rig.next()
    assert [request.conditional for request in origin.requests] == [False, False, True]


@pytest.mark.parametrize(
    "reply", [validated(feed("One", "Two"), '"1"', MODIFIED), Reply(status=304), Reply(status=410), Reply(raw=b"")]
)
async def test_rule_07_what_a_poll_brings_from_an_address_that_was_changed_meanwhile_is_not_kept(
    origin: Origin, database: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    url = origin.serve("/feed", validated(FEED, '"0"'), reply)
    new = source(origin.serve("/new", conditional(feed("Three"), etag='"2"')))
    async with rig_of(origin, database, source(url)) as rig:
        await rig.next()
        fetch = rig.client.fetch

        async def reloaded(*asked: Any, **when: Any) -> Document | NotModified:
            try:
                return await fetch(*asked, **when)
            finally:
                await rig.configure(new)

        monkeypatch.setattr(rig.client, "fetch", reloaded)
        await rig.next()
        monkeypatch.undo()
        schedule = await rig.schedule()
        assert (schedule.why, schedule.health) == ("its address changed", Health.NEW)
        assert (schedule.validators, schedule.body_hash, schedule.moved_to) == (Validators(), None, None)
        assert await rig.store.problems() == ()
        assert len(await rig.store.polls()) == 2, "a server saw us all the same"
        await rig.next()
        assert await rig.titles() == {"Lima votes again", "Rains close the pass", "Three"}
    assert sent(origin.requests[-1]) == (None, None)


async def test_rule_07_validators_are_those_of_the_last_address_of_a_redirect(origin: Origin) -> None:
    origin.serve("/new", conditional(FEED, etag='"1"'))
    origin.serve("/third", conditional(FEED, etag='"1"'))
    feed = source(origin.serve("/old", redirect("/new", 302)))
    schedule = held(await fetched(feed))
    await fetched(feed, schedule)
    origin.serve("/old", redirect("/third", 302))
    await fetched(feed, schedule)
    asked = [(request.path, sent(request)[0]) for request in origin.requests[2:]]
    assert asked == [("/old", None), ("/new", '"1"'), ("/old", None), ("/third", None)]


BROKEN = Reply(body=FEED[: len(FEED) // 2], headers=(("ETag", '"2"'),))
PAGE = Reply(body=b"<html><body>Log in</body></html>", headers=(("ETag", '"2"'), ("Content-Type", "text/html")))
CUT = Reply(raw=b'HTTP/1.1 200 OK\r\nETag: "2"\r\nContent-Length: 9999\r\n\r\n' + FEED)


@pytest.mark.parametrize(
    "bad", [BROKEN, PAGE, CUT, Reply(headers=(("ETag", '"2"'),))], ids=["half", "page", "cut", "empty"]
)
async def test_rule_08_validators_of_what_could_not_be_kept_are_not_stored(
    origin: Origin, database: Path, bad: Reply
) -> None:
    replies = (validated(FEED, '"1"', MODIFIED), bad, validated(FEED, '"3"'))
    async with rig_of(origin, database, source(origin.serve("/feed", *replies))) as rig:
        for _ in range(3):
            await rig.next()
        assert await rig.titles() == {"Lima votes again", "Rains close the pass"}
    assert sent(origin.requests[2]) == ('"1"', MODIFIED)


async def test_rule_08_validators_are_stored_with_the_articles_or_not_at_all(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", validated(FEED, '"1"')))) as rig:
        with sqlite3.connect(database) as connection:
            connection.execute("CREATE TRIGGER full BEFORE INSERT ON article BEGIN SELECT RAISE(ABORT, 'full'); END")
        with pytest.raises(Exception, match="full"):
            await rig.next()
        with sqlite3.connect(database) as connection:
            connection.execute("DROP TRIGGER full")
        assert (await rig.schedule()).validators.etag is None
        rig.now += 6 * MINUTE
        assert (await rig.poll()).new == 2


async def test_rule_09_a_poll_by_hand_is_conditional_and_no_sooner_than_five_minutes(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", conditional(FEED, etag='"1"')))) as rig:
        await rig.poll()
        for _ in range(5):
            assert await rig.poller.poll("andes-post") is None
            rig.now += MINUTE * 0.9
        assert len(origin.requests) == 1
        rig.now += MINUTE
        await rig.poll()
    assert [request.conditional for request in origin.requests] == [False, True]


async def test_rule_10_accept_encoding_is_the_same_every_time(origin: Origin, database: Path) -> None:
    replies = (validated(FEED, '"1"'), Reply(status=500), Reply(status=304), PAGE)
    async with rig_of(origin, database, source(origin.serve("/feed", *replies))) as rig:
        for _ in range(20):
            await rig.next()
    assert {request.header("Accept-Encoding") for request in origin.requests} == {"gzip, br"}
    assert len(origin.requests) == 20


def apache(body: bytes) -> Callable[[Request], Reply]:
    """mod_deflate before httpd 2.4.?: the ETag that it changed never matches, the time does (bz 39727)."""

    def answer(request: Request) -> Reply:
        if request.header("If-None-Match") is None and request.header("If-Modified-Since") == MODIFIED:
            return Reply(status=304)
        return validated(body, '"5f1-63a-gzip"', MODIFIED)

    return answer


async def test_rule_10_an_etag_that_apache_spoilt_is_left_out_after_three_equal_documents(
    origin: Origin, database: Path
) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", apache(FEED)))) as rig:
        statuses = [(await rig.next()).status for _ in range(8)]
        assert statuses == [200] * 4 + [304] * 4
        origin.serve("/feed", apache(feed("Something else")))
        assert (await rig.next()).status == 304, "the publisher says so"
    assert {sent(request) for request in origin.requests[4:]} == {(None, MODIFIED)}


async def test_rule_10_a_good_etag_is_never_left_out(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", validated(FEED, '"1"', MODIFIED)))) as rig:
        for _ in range(9):
            await rig.next()
    assert {sent(request) for request in origin.requests[1:]} == {('"1"', MODIFIED)}


async def test_rule_11_the_same_bytes_are_not_read_again_and_are_counted(origin: Origin, database: Path) -> None:
    async with rig_of(origin, database, source(origin.serve("/feed", validated(FEED)))) as rig:
        await rig.next()
        with sqlite3.connect(database) as connection:
            before = (
                list(connection.execute("SELECT * FROM article")),
                list(connection.execute("SELECT * FROM sighting")),
            )
        polls = [await rig.next() for _ in range(3)]
        with sqlite3.connect(database) as connection:
            after = (
                list(connection.execute("SELECT * FROM article")),
                list(connection.execute("SELECT * FROM sighting")),
            )
    assert after == before
    assert {(poll.outcome, poll.entries) for poll in polls} == {(PollOutcome.SAME_BODY, 0)}


async def test_rule_11_the_same_bytes_are_not_parsed_and_their_hints_and_validators_are_kept(
    origin: Origin, database: Path
) -> None:
    class Blind:
        async def run(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("it was parsed")

    fresh = ("Cache-Control", "max-age=36000")
    same = Reply(body=FEED, headers=(("ETag", '"2"'), fresh))
    async with rig_of(origin, database, source(origin.serve("/feed", validated(FEED, '"1"'), same))) as rig:
        await rig.next()
        seeing = rig.pipeline
        rig.poller.pipeline = lambda: replace(seeing(), workers=Blind())
        await rig.next()
        schedule = await rig.schedule()
        assert schedule.validators.etag == '"2"'
        assert schedule.next_poll >= rig.now + timedelta(hours=10)
        counts = await rig.store.poll_outcomes(NOW)
        assert (counts[PollOutcome.FRESH], counts[PollOutcome.SAME_BODY]) == (1, 1), "who ignores validators is counted"


async def test_an_answer_to_validators_is_not_modified_as_a_value(origin: Origin) -> None:
    feed = source(origin.serve("/feed", conditional(FEED, etag='"1"')))
    schedule = held(await document(feed))
    again = await fetched(feed, schedule)
    assert isinstance(again, NotModified)
    assert again.validators == schedule.validators
    assert "without validators" in str(await error(replace(feed, url=origin.serve("/odd", Reply(status=304)))))
