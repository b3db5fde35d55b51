"""Rules 43–50: where we go, and where we never go."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import FetchError
from aggregator.fetch import Poster, Visitor
from aggregator.fetch.politeness import Politeness
from aggregator.net.guard import Guard, RefusedAddressError
from aggregator.net.session import open_session
from tests.fakes import Dns
from tests.integration.etiquette.rig import (
    AGENT,
    FEED,
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


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/feed",
        "gopher://127.0.0.1/1",
        "data:text/xml,<rss/>",
        "jar:http://127.0.0.1!/feed",
        "http:/\\evil",
        "javascript:alert(1)",
        "//127.0.0.1/feed",
        "HTTP+UNIX://socket/feed",
    ],
)
async def test_rule_43_only_http_and_https_are_spoken_also_after_a_redirect(origin: Origin, address: str) -> None:
    assert (await error(source(address))).permanent
    assert origin.connections == 0
    if not address.startswith("//"):
        await error(source(origin.serve("/feed", redirect(address, 302))))
        assert origin.connections == 1


NOWHERE = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/1", "http:/\\evil", "http://8.8.8.8:22/", "http://[::1]/",
    "http://10.0.0.1/", "http://u:p@127.0.0.1/",
)  # fmt: skip


@pytest.mark.parametrize("address", NOWHERE)
async def test_rule_43_pages_and_hubs_are_asked_within_the_same_bounds(origin: Origin, address: str) -> None:
    guard = Guard(["127.0.0.1/32"])
    async with open_session(guard, resolver=Dns({})) as session:
        pace = Politeness(guard, concurrency=4)
        asked: dict[str, Any] = {"user_agent": lambda: AGENT, "now": lambda: NOW}
        visitor, poster = Visitor(session, guard, pace, **asked), Poster(session, guard, pace, **asked)
        for url in (address, origin.serve("/away", redirect(address, 307))):
            with pytest.raises(FetchError):
                await visitor.visit(url)
            with pytest.raises(FetchError):
                await poster.post(url, b"hub.mode=subscribe", content_type="text/plain")
    assert [request.path for request in origin.requests] == ["/away", "/away"]
    assert origin.connections == 2


@pytest.mark.parametrize("userinfo", ["user@", "user:pw@", ":@", "%40:x@"])
async def test_rule_44_credentials_in_an_address_are_refused_and_never_told(
    origin: Origin, database: Path, userinfo: str
) -> None:
    url = origin.serve("/feed", Reply(body=FEED)).replace("http://", f"http://{userinfo}")
    async with rig_of(origin, database, source(url)) as rig:
        poll = await rig.next()
    assert poll.error == "the address has credentials in it; use headers"
    assert origin.connections == 0


def telling(host: str) -> dict[str, bytes]:
    """Feeds that have a password in every address that they name."""
    at = f"http://ana:s3cret@{host}"
    rss = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A</title><link>{at}/</link>
      <atom:link rel="hub" href="{at}/hub"/><atom:link rel="self" href="{at}/feed"/>
      <image><url>{at}/logo.png</url></image><item><title>One</title>
      <guid>{at}/1</guid><link>{at}/1</link><comments>{at}/1#c</comments><source url="{at}/other">Other</source>
      <description>&lt;a href="{at}/x"&gt;x&lt;/a&gt; &lt;img src="{at}/i.png" srcset="{at}/j.png 2x"&gt;</description>
      <enclosure url="{at}/a.mp3" type="audio/mpeg" length="1"/><media:content url="{at}/b.jpg" medium="image"/>
      </item></channel></rss>"""
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>{at}/feed</id><title>A</title><link href="{at}/"/><link rel="hub"
      href="{at}/hub"/><logo>{at}/logo.png</logo><entry><id>{at}/1</id><title>One</title><link href="{at}/1"/><author>
      <name>Ana</name><uri>{at}/ana</uri></author><summary type="html">&lt;a href="{at}/x"&gt;x&lt;/a&gt;</summary>
      <link rel="enclosure" href="{at}/a.jpg" type="image/jpeg"/><link rel="license" href="{at}/l"/></entry></feed>"""
    item = {
        "id": f"{at}/1",
        "url": f"{at}/1",
        "title": "One",
        "image": f"{at}/i.png",
        "banner_image": f"{at}/b.png",
        "content_html": f'<a href="{at}/x">x</a>',
        "authors": [{"name": "Ana", "url": f"{at}/ana", "avatar": f"{at}/me.png"}],
        "attachments": [{"url": f"{at}/a.mp3", "mime_type": "audio/mpeg"}],
    }
    json_feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A",
        "home_page_url": f"{at}/",
        "feed_url": f"{at}/feed",
        "hubs": [{"type": "WebSub", "url": f"{at}/hub"}],
        "items": [item],
    }
    return {"rss": rss.encode(), "atom": atom.encode(), "json": json.dumps(json_feed).encode()}


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
async def test_rule_44_credentials_that_a_feed_tells_are_not_stored(
    origin: Origin, database: Path, form: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = origin.serve("/feed", Reply(body=telling(f"127.0.0.1:{origin.port}")[form]))
    async with rig_of(origin, database, source(url)) as rig:
        poll = await rig.next()
        assert (poll.new, await rig.titles()) == (1, {"One"})
    assert b"s3cret" not in b"".join(path.read_bytes() for path in database.parent.iterdir())
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("port", [0, 22, 25, 53, 110, 3306, 5432, 6379, 8000, 11211, 27017])
async def test_rule_45_other_ports_than_those_of_the_web_are_refused(port: int) -> None:
    async with client_of(allow=(), names={"news.example": "8.8.8.8"}) as client:
        for host in ("8.8.8.8", "news.example"):
            with pytest.raises(FetchError, match=r"port|cannot be read"):
                await client.fetch(source(f"http://{host}:{port}/feed"), first(), now=NOW)


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_rule_45_ports_of_the_web_are_let_through(port: int) -> None:
    Guard().check_address("8.8.8.8", port)


async def test_rule_46_a_name_that_is_public_first_and_private_then_is_never_connected_to(origin: Origin) -> None:
    origin.serve("/feed", Reply(body=FEED))
    now = [0.0]
    names = {"rebind.example": ["127.0.0.2", "127.0.0.1"]}
    async with client_of(allow=("127.0.0.2/32",), names=names, clock=lambda: now[0]) as client:
        feed = source(origin.url("/feed", host="rebind.example"))
        with pytest.raises(FetchError, match="404"):
            await client.fetch(feed, first(), now=NOW)
        now[0] = 301
        with pytest.raises(FetchError, match="public internet"):
            await client.fetch(feed, first(), now=NOW)
    assert [request.host for request in origin.requests] == ["127.0.0.2"]


async def test_rule_46_a_name_is_judged_by_all_its_addresses(origin: Origin) -> None:
    for host in ("127.0.0.1", "127.0.0.2"):
        origin.serve("/feed", Reply(body=FEED), host=host)
    names = {"both.example": "127.0.0.2 127.0.0.1", "mixed.example": "127.0.0.2 ::1", "private.example": "127.0.0.1"}
    async with client_of(allow=("127.0.0.2/32",), names=names) as client:
        for host in names:
            with pytest.raises(FetchError, match="public internet"):
                await client.fetch(source(origin.url("/feed", host=host)), first(), now=NOW)
    assert origin.connections == 0


async def test_rule_46_every_hop_of_a_redirect_is_judged(origin: Origin) -> None:
    inside = origin.serve("/admin", Reply(body=FEED))
    hop = origin.serve("/hop", redirect(inside, 307), host="127.0.0.2")
    feed = source(origin.serve("/feed", redirect(hop, 302), host="127.0.0.2"))
    async with client_of(allow=("127.0.0.2/32",)) as client:
        with pytest.raises(FetchError, match="public internet"):
            await client.fetch(feed, first(), now=NOW)
    assert [request.host for request in origin.requests] == ["127.0.0.2", "127.0.0.2"]


async def test_rule_46_the_name_is_still_what_the_server_hears(origin: Origin) -> None:
    origin.serve("/feed", Reply(body=FEED))
    async with client_of(names={"news.example": "127.0.0.1"}) as client:
        await client.fetch(source(origin.url("/feed", host="news.example")), first(), now=NOW)
    assert origin.requests[0].header("Host") == f"news.example:{origin.port}"


async def test_rule_46_the_name_is_also_what_tls_asks_for(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=news.example", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context, named = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), list[str | None]()
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, name, _context: named.append(name)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        async with client_of(names={"news.example": "127.0.0.1"}) as client:
            with pytest.raises(FetchError, match="certificate"):
                await client.fetch(source(f"https://news.example:{port}/feed"), first(), now=NOW)
    assert named == ["news.example"]


INSIDE = (
    "127.0.0.1 10.0.0.1 169.254.169.254 100.64.0.1 [::1] [::ffff:127.0.0.1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] "
    "[fec0::1] [fd00::1] [fe80::1] [ff02::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [::] 0.0.0.0 255.255.255.255"
).split()


@pytest.mark.parametrize("host", INSIDE)
async def test_rule_47_no_form_of_an_address_inside_is_connected_to(origin: Origin, host: str) -> None:
    async with client_of(allow=()) as client:
        with pytest.raises(FetchError, match="public internet"):
            await client.fetch(source(f"http://{host}:{origin.port}/feed"), first(), now=NOW)
    assert origin.connections == 0


def test_rule_47_each_network_of_the_rule_is_refused_at_both_ends() -> None:
    import ipaddress

    networks = (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "::/128 ::1/128 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 "
        "fc00::/7 fe80::/10 fec0::/10 ff00::/8"
    )
    for written in networks.split():
        network = ipaddress.ip_network(written)
        for address in (network[0], network[-1], network[network.num_addresses // 2]):
            with pytest.raises(RefusedAddressError):
                Guard().check_address(str(address), 443)


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "①②⑦.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST."]
)
async def test_rule_48_other_spellings_of_loopback_are_not_reached(origin: Origin, host: str) -> None:
    names = dict.fromkeys((host, host.lower(), host.lower().rstrip("."), "127.0.0.1"), "127.0.0.1")
    async with client_of(allow=(), names=names) as client:
        with pytest.raises(FetchError):
            await client.fetch(source(f"http://{host}:{origin.port}/feed"), first(), now=NOW)
    assert origin.connections == 0


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
async def test_rule_49_proxies_of_the_environment_are_not_used(
    origin: Origin, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, origin.url("", host="127.0.0.2"))
    await document(source(origin.serve("/feed", Reply(body=FEED))))
    assert [request.host for request in origin.requests] == ["127.0.0.1"]


async def test_rule_50_an_error_tells_nothing_of_what_stands_behind_a_refused_address(origin: Origin) -> None:
    secret = origin.serve("/admin", Reply(status=500, body=b"root:x:0:0"))
    async with client_of(allow=(), names={"inside.example": "10.1.2.3"}) as client:
        said = set()
        for url in (secret, "http://127.0.0.3:1/", "http://10.255.0.1/", "http://inside.example:22/"):
            with pytest.raises(FetchError) as raised:
                await client.fetch(source(url), first(), now=NOW)
            said.add(str(raised.value))
    assert said == {"refused: the address is not on the public internet"}


async def test_rule_50_an_error_holds_neither_the_address_nor_the_body(origin: Origin) -> None:
    hush = "?token=s3cret"
    urls = [
        origin.serve(f"/feed{hush}", Reply(status=500, body=b"stack trace s3cret")),
        f"http://127.0.0.9:{origin.port}/feed{hush}",
        f"http://nowhere.example/{hush}",
        origin.serve(f"/odd{hush}", Reply(raw=b"nonsense s3cret\r\n\r\n")),
    ]
    for url in urls:
        failed = await error(source(url))
        assert "s3cret" not in str(failed)
        assert "127.0.0" not in str(failed)
        assert failed.__cause__ is None
