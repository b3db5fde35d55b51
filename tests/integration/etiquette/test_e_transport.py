"""Rules 34–42: connections, limits, encodings, and crashes."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import json
import random
import signal
import ssl
import subprocess
import sys
import zlib
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import aiohttp
import brotli
import pytest
from backports import zstd

from aggregator.errors import FetchError
from aggregator.fetch import Client, bodies
from aggregator.fetch.politeness import GAP_SECONDS
from aggregator.model import Every
from aggregator.net import names
from aggregator.net.session import PATIENCE
from aggregator.schedule import poller
from aggregator.schedule.renewal import LEASE
from tests.fakes import Dns
from tests.integration.etiquette.rig import (
    DAY,
    FEED,
    MINUTE,
    NOW,
    Rig,
    client_of,
    document,
    error,
    feed,
    first,
    rig_of,
    source,
)
from tests.origin import Origin, Reply


async def test_rule_34_a_host_is_asked_one_at_a_time_with_a_pause_between_two(origin: Origin, database: Path) -> None:
    sources = [source(origin.serve(f"/{n}", Reply(body=FEED)), f"s{n}") for n in range(5)]
    async with rig_of(origin, database, *sources, gap_seconds=0.05) as rig:
        origin.clock = asyncio.get_running_loop().time
        result = await rig.poller.run_pass([one.id for one in sources])
    assert len(result.polls) == len(origin.requests) == 5
    assert origin.most_at_once == {"127.0.0.1": 1}
    assert min(b.at - a.at for a, b in pairwise(origin.requests)) >= 0.049


@pytest.mark.parametrize(("feeds", "limited", "times"), [(5, False, 1), (6, False, 5), (1, True, 30)])
async def test_rule_34_the_pause_is_longer_where_many_feeds_are_and_where_429_was_ever_said(
    origin: Origin, database: Path, feeds: int, limited: bool, times: int
) -> None:
    assert GAP_SECONDS == 2
    gap = 0.01
    url = origin.serve("/feed", Reply(status=429 if limited else 200, body=FEED))
    async with client_of(gap_seconds=gap, spare_own=False) as client:
        client.politeness.expect(lambda _host: feeds)
        origin.clock = asyncio.get_running_loop().time
        for _ in range(3):
            with suppress(FetchError):
                await client.fetch(source(url), first(), now=NOW)
    assert min(b.at - a.at for a, b in pairwise(origin.requests)) >= gap * times


async def test_rule_34_twenty_feeds_of_a_host_leave_the_pause_between_any_two(origin: Origin, database: Path) -> None:
    sources = [source(origin.serve(f"/{n}", Reply(body=FEED)), f"s{n}") for n in range(20)]
    async with rig_of(origin, database, *sources, gap_seconds=0.02) as rig:
        origin.clock = asyncio.get_running_loop().time
        result = await rig.poller.run_pass([one.id for one in sources])
    assert len(result.polls) == 20
    assert origin.most_at_once == {"127.0.0.1": 1}
    assert min(b.at - a.at for a, b in pairwise(origin.requests)) >= 0.019


async def test_rule_34_names_of_one_domain_and_of_one_address_are_one_host(origin: Origin, database: Path) -> None:
    hosts = ["www.paper.example", "rss.paper.example", "blog.test"]
    names = {
        "www.paper.example": "127.0.0.1",
        "rss.paper.example": "127.0.0.2",
        "blog.test": "127.0.0.2",
    }
    for host in ("127.0.0.1", "127.0.0.2"):
        origin.serve("/feed", Reply(body=FEED), host=host)
    sources = [source(origin.url("/feed", host=host), f"s{n}") for n, host in enumerate(hosts)]
    async with rig_of(origin, database, *sources, gap_seconds=0.05, names=names) as rig:
        origin.clock = asyncio.get_running_loop().time
        await rig.poller.run_pass(["s0", "s1", "s2"])
    assert len(origin.requests) == 3
    times = sorted(request.at for request in origin.requests)
    assert times[-1] - times[0] >= 0.049, "the middle one shares with both"


async def test_rule_35_a_tarpit_keeps_nobody_else_waiting(origin: Origin, database: Path) -> None:
    stuck = [source(origin.serve(f"/{n}", Reply(raw=b"", hang=True)), f"stuck{n}") for n in range(12)]
    quick = [
        source(origin.serve(f"/{n}", Reply(body=FEED), host=f"127.0.0.{2 + n % 3}"), f"quick{n}") for n in range(30)
    ]
    async with rig_of(origin, database, *stuck, *quick, seconds=30, concurrency=2) as rig:
        everything = asyncio.ensure_future(rig.poller.run_pass([one.id for one in (*stuck, *quick)]))
        async with asyncio.timeout(20):
            while len({request.path for request in origin.requests if request.host != "127.0.0.1"}) < 30:
                assert not everything.done()
                await asyncio.sleep(0.05)
        assert len(origin.asked("/0")) == 1
        assert sum(request.host == "127.0.0.1" for request in origin.requests) == 1
        await rig.poller.drain(patience=0)
        everything.cancel()


async def test_rule_36_a_server_that_drips_is_cut_off_when_its_time_is_over(origin: Origin) -> None:
    feed = source(origin.serve("/feed", Reply(body=FEED, drip=0.02)))
    async with client_of(seconds=0.3) as client:
        with pytest.raises(FetchError, match=r"timed out after 0\.3 s"):
            await client.fetch(feed, first(), now=NOW)


@pytest.mark.parametrize("raw", [b"HTTP/1.1 200 OK\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"])
async def test_rule_36_a_server_that_falls_silent_is_cut_off_sooner(origin: Origin, raw: bytes) -> None:
    feed = source(origin.serve("/feed", Reply(raw=raw, hang=True)))
    async with client_of(patience=aiohttp.ClientTimeout(sock_read=0.1), idle_seconds=0.1) as client:
        with pytest.raises(FetchError, match="the server fell silent"):
            await client.fetch(feed, first(), now=NOW)


async def test_rule_36_redirects_have_no_time_of_their_own(origin: Origin) -> None:
    for step in range(5):
        answer = Reply(status=302, headers=(("Location", f"/{step + 1}"),), drip=0.004)
        origin.serve(f"/{step}", answer)
    async with client_of(seconds=0.8) as client:
        with pytest.raises(FetchError, match=r"timed out after 0\.8 s"):
            await client.fetch(source(origin.url("/0")), first(), now=NOW)
    assert len(origin.requests) < 6


def test_rule_36_the_times_are_those_of_the_rule() -> None:
    assert (PATIENCE.total, PATIENCE.sock_connect, PATIENCE.sock_read) == (60, 10, 20)
    assert (names.SECONDS, bodies.IDLE_SECONDS) == (5, 10)
    assert inspect.signature(Client).parameters["seconds"].default == 60


async def test_rule_36_a_server_that_never_shakes_hands_is_cut_off() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(deaf, "127.0.0.1") as server:
        feed = source(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed")
        async with client_of(patience=aiohttp.ClientTimeout(sock_connect=0.1)) as client:
            with pytest.raises(FetchError, match="no connection in time"):
                await client.fetch(feed, first(), now=NOW)


def packed(body: bytes, encoding: str) -> Reply:
    pack = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress, "deflate": zlib.compress}
    for layer in encoding.split(", "):
        body = pack[layer](body)
    return Reply(body=body, headers=(("Content-Encoding", encoding),))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
async def test_rule_37_a_bomb_is_stopped_while_it_unfolds(origin: Origin, encoding: str) -> None:
    said = str(await error(source(origin.serve("/feed", packed(bytes(10_000_000), encoding)))))
    assert said == "the document unfolds to more than 100 times its size"


@pytest.mark.parametrize(
    "reply",
    [
        packed(FEED, "gzip, gzip"),
        packed(bytes(2_000_000), "gzip, gzip"),
        Reply(body=gzip.compress(FEED) * 200, headers=(("Content-Encoding", "gzip"),)),
        Reply(body=gzip.compress(FEED)[:-9], headers=(("Content-Encoding", "gzip"),)),
        Reply(body=b"not gzip", headers=(("Content-Encoding", "gzip"),)),
        Reply(body=FEED, headers=(("Content-Encoding", "compress"),)),
        Reply(body=random.Random(1).randbytes(6_000_000)),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", hang=True),
    ],
    ids=["two layers", "bomb in two", "members", "cut", "no gzip", "odd", "huge", "said to be huge"],
)
async def test_rule_37_what_is_too_large_or_packed_in_tricks_is_an_error(origin: Origin, reply: Reply) -> None:
    await error(source(origin.serve("/feed", reply)))


async def test_rule_37_what_unpacks_to_more_than_ten_mebibytes_is_an_error(origin: Origin) -> None:
    words = random.Random(1).randbytes(200_000).hex().encode()
    said = str(await error(source(origin.serve("/feed", packed(words * 40, "br")))))
    assert said in ("the document is larger than 10 MiB", "the document unfolds to more than 100 times its size")
    text = b"".join(random.Random(n).choice((b"a" * 40, b"b" * 40)) + b"%x" % n for n in range(300_000))
    assert str(await error(source(origin.serve("/feed", packed(text, "gzip"))))) == "the document is larger than 10 MiB"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
async def test_rule_37_an_honest_document_comes_unpacked(origin: Origin, encoding: str) -> None:
    text = random.Random(1).randbytes(1_500_000).hex().encode()
    answer = await document(source(origin.serve("/feed", packed(text, encoding))))
    assert answer.body == text
    assert answer.received < len(text)


def with_headers(*lines: bytes) -> Reply:
    head = b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"Content-Length: %d" % len(FEED), b"Connection: close", b"", b""])
    return Reply(raw=head + FEED)


@pytest.mark.parametrize(
    "reply",
    [
        with_headers(*(b"X-%d: 1" % number for number in range(150))),
        with_headers(b"X-Long: " + b"x" * 20_000),
        with_headers(*(b"X-%d: %s" % (number, b"x" * 15_000) for number in range(7))),
        with_headers(*(b"X-%d: %s" % (number, b"x" * 1_000) for number in range(90))),
    ],
    ids=["many", "long", "100 KiB in few", "90 KiB in many"],
)
async def test_rule_38_headers_are_limited(origin: Origin, reply: Reply) -> None:
    assert "headers" in str(await error(source(origin.serve("/feed", reply))))


async def test_rule_38_a_folded_line_is_read_as_one_or_refused(origin: Origin) -> None:
    feed = source(origin.serve("/feed", with_headers(b"X-Folded: a", b"  b", b'ETag: "1"')))
    try:
        assert (await document(feed)).validators.etag == '"1"'
    except FetchError as refused:
        assert "headers" in str(refused) or "not HTTP" in str(refused)  # noqa: PT017


async def test_rule_38_an_honest_number_of_headers_is_read(origin: Origin) -> None:
    reply = with_headers(*(b"X-%d: %s" % (number, b"x" * 500) for number in range(80)))
    assert (await document(source(origin.serve("/feed", reply)))).body == FEED


async def test_rule_39_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += bool(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", ssl=context)
    async with server:
        said = str(await error(source(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed")))
    assert said == "the certificate is not valid: self-signed certificate"
    assert asked == 0, "nothing was said to it"


async def test_rule_39_a_server_without_tls_is_not_spoken_to_in_the_open() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert str(await error(source(f"https://127.0.0.1:{port}/feed"))) == "no secure connection (TLS)"


async def test_rule_40_a_name_is_asked_for_once_in_five_minutes_and_a_wrong_one_once_a_minute(origin: Origin) -> None:
    origin.serve("/feed", Reply(body=FEED))
    dns, now = Dns({"paper.example": "127.0.0.1"}), [0.0]
    feeds = {name: source(origin.url("/feed", host=name)) for name in ("paper.example", "none.example")}
    async with client_of(names=dns, clock=lambda: now[0]) as client:
        for at in (0, 30, 59, 61, 100, 290, 301):
            now[0] = at
            for one in feeds.values():
                with suppress(FetchError):
                    await client.fetch(one, first(), now=NOW)
    assert dns.asked.count("paper.example") == 2, "0 and 301"
    assert dns.asked.count("none.example") == 3, "0, 61 and 290"


NEWS = "Ñandú: «crónica», 5 €"


def named(encoding: str | None, codec: str, *, news: str = NEWS, bom: bytes = b"") -> bytes:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding else '<?xml version="1.0"?>'
    text = feed("x").decode().replace("<title>x</title>", f"<title>{news}</title>")
    return bom + (declaration + text).encode(codec)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (named("utf-8", "utf-8"), "application/rss+xml; charset=utf-8"),
        (named(None, "utf-8"), "application/rss+xml"),
        (named("utf-8", "utf-8"), "text/xml; charset=us-ascii"),
        (named("windows-1252", "cp1252"), "text/xml; charset=us-ascii"),
        (named("iso-8859-1", "cp1252"), "text/xml"),
        (named(None, "cp1252"), "application/rss+xml; charset=windows-1252"),
        (named("utf-8", "cp1252"), "application/rss+xml; charset=iso-8859-1"),
        (named("iso-8859-1", "utf-8", bom=b"\xef\xbb\xbf"), "application/rss+xml; charset=iso-8859-1"),
        (named("utf-16", "utf-16-le", bom=b"\xff\xfe"), "application/rss+xml; charset=utf-8"),
        (named("utf-16", "utf-16-be", bom=b"\xfe\xff"), "application/rss+xml"),
        (named("utf-8", "cp1252"), "application/rss+xml; charset=utf-8"),
        (named("nonsense", "utf-8"), "application/rss+xml; charset=nonsense"),
        (named("iso-8859-15", "iso-8859-15"), "application/rss+xml"),
    ],
    ids=[
        "utf-8", "nothing said", "ascii but utf-8", "ascii but cp1252", "latin-1 means cp1252", "by http alone",
        "http against xml", "bom against both", "utf-16 le", "utf-16 be", "claims utf-8", "unknown", "latin-9",
    ],
)  # fmt: skip
async def test_rule_41_the_charset_is_that_of_the_bom_then_http_then_xml(
    origin: Origin, database: Path, body: bytes, media_type: str
) -> None:
    url = origin.serve("/feed", Reply(body=body, headers=(("Content-Type", media_type),)))
    async with rig_of(origin, database, source(url)) as rig:
        await rig.next()
        (title,) = await rig.titles()
    assert title == NEWS


CZECH, RUSSIAN, JAPANESE = "Žižek: příliš žluťoučký kůň", "Президент подписал закон", "日本の新聞、今日の記事"


@pytest.mark.parametrize(
    ("news", "codec"), [(CZECH, "iso-8859-2"), (RUSSIAN, "windows-1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "shift_jis")]
)
@pytest.mark.parametrize("wrong", ["us-ascii", "utf-8", "utf-16", "nonsense"])
@pytest.mark.parametrize("where", ["http", "xml"])
async def test_rule_41_a_charset_that_the_bytes_disprove_counts_for_nothing(
    origin: Origin, database: Path, news: str, codec: str, wrong: str, where: str
) -> None:
    http, xml = (wrong, codec) if where == "http" else (codec, wrong)
    reply = Reply(body=named(xml, codec, news=news), headers=(("Content-Type", f"text/xml; charset={http}"),))
    async with rig_of(origin, database, source(origin.serve("/feed", reply))) as rig:
        await rig.next()
        assert await rig.titles() == {news}


async def test_rule_42_the_floor_is_written_before_the_request_goes_out(origin: Origin, database: Path) -> None:
    url = origin.serve("/feed", Reply(raw=b"", hang=True))
    async with rig_of(origin, database, source(url), seconds=30) as rig:
        running = asyncio.ensure_future(rig.poll())
        while not origin.requests:
            await asyncio.sleep(0.01)
        assert (await rig.schedule()).not_before == NOW + poller.FLOOR
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert await rig.store.due(NOW + LEASE) == ()
        assert await rig.store.due(NOW + poller.FLOOR) == ("andes-post",)


async def test_rule_42_a_crash_loop_asks_once_for_each_floor(origin: Origin, tmp_path: Path) -> None:
    url = origin.serve("/feed", Reply(raw=b"", hang=True))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "all.yaml").write_text(
        "site: {title: Wire, url: 'http://localhost:8000', contact: a@b.example}\n"
        f"outlets: {{andes: {{title: Andes, url: 'http://127.0.0.1/', sources: [{{url: '{url}'}}]}}}}\n"
    )
    environment = {
        "AGGREGATOR_CONFIG": str(tmp_path / "config"),
        "AGGREGATOR_DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "PYTHONPATH": ":".join(sys.path),
    }
    program = "import sys; from aggregator.cli import main; sys.exit(main())"
    for _ in range(5):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, "poll", env=environment, stderr=subprocess.DEVNULL
        )
        seen, patience = len(origin.requests), 125 if origin.requests else 1_500
        ended = asyncio.ensure_future(process.wait())
        # It may wait for the turn at the host that the one before had: till a minute after that one's last heartbeat.
        while not ended.done() and len(origin.requests) == seen and (patience := patience - 1):
            await asyncio.sleep(0.02)
        if not ended.done():
            process.send_signal(signal.SIGKILL)
        await ended
    asked = Counter(request.path for request in origin.requests)
    assert asked["/feed"] == 1
    assert asked.most_common(1)[0][1] == 1, "nor anything else of its host"
    report = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "sources", "--politeness", "--json", env=environment, stdout=subprocess.PIPE
    )
    (seen,) = json.loads((await report.communicate())[0])
    assert (seen["host"], seen["requests"], seen["unanswered"]) == ("127.0.0.1", 0, 1), "it is not hushed up"


async def killed(rig: Rig, origin: Origin) -> None:
    """A poll that never comes to its end."""
    seen, running = len(origin.requests), asyncio.ensure_future(rig.poll())
    while len(origin.requests) == seen:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_rule_42_the_requests_of_polls_that_were_killed_are_counted(origin: Origin, database: Path) -> None:
    url = origin.serve("/feed", Reply(raw=b"", hang=True))
    async with rig_of(origin, database, source(url), seconds=30) as rig:
        for count in (1, 2, 3):
            await killed(rig, origin)
            (seen,) = await rig.store.seen_of_us(NOW)
            assert (seen.host, seen.requests, seen.unanswered) == ("127.0.0.1", 0, count)
            rig.now += 10 * MINUTE
        origin.serve("/feed", Reply(body=FEED))
        await rig.poll()
        (seen,) = await rig.store.seen_of_us(NOW)
        assert (seen.requests, seen.unanswered) == (1, 3), "and none twice"
        (seen,) = await rig.store.seen_of_us(NOW + 10 * MINUTE)
        assert seen.unanswered == 2


async def test_rule_42_a_lease_is_renewed_while_a_poll_runs_and_ends_a_minute_after_its_last_heartbeat(
    origin: Origin, database: Path
) -> None:
    url = origin.serve("/feed", Reply(raw=b"", hang=True))
    often = Every(min=timedelta(seconds=1), max=DAY)
    async with rig_of(origin, database, source(url, every=often), seconds=30) as rig:
        rig.poller.lease = timedelta(seconds=0.3)
        running = asyncio.ensure_future(rig.poll())
        while not origin.requests:
            await asyncio.sleep(0.01)
        until = rig.now
        for _ in range(3):
            rig.now += timedelta(seconds=0.25)
            await asyncio.sleep(0.25)
            assert await rig.store.due(rig.now) == ()
            until = rig.now + rig.poller.lease
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert await rig.store.due(until + timedelta(seconds=1)) == ("andes-post",)
