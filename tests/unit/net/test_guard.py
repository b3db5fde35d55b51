"""Which addresses may be connected to."""

from __future__ import annotations

import pytest

from aggregator.errors import FetchError
from aggregator.net.guard import Guard, RefusedAddressError

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3 127.255.255.255 169.254.169.254
169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255
198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:0 64:ff9b::7f00:1
64:ff9b::a00:1 64:ff9b::808:808 64:ff9b:1::1 64:ff9b:1:fffe::7f00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101::1 2002:808:808:: 3fff::1 3fff:fff::1
2001:470:1f0b:9::5efe:7f00:1 2001:470:1f0b:9:200:5efe:a00:1 2a00:1450::5efe:a9fe:a9fe 168.63.129.16 ::ffff:168.63.129.16
::ffff:0:7f00:1 5f00::1 fc00::1 fd00::1 fdff:ffff::1 fe80::1 fe80::1%eth0 fe90::1 fec0::1 fed0::1 ff02::1 ff05::2 ff0e::1
""".split()
PUBLIC = (
    "8.8.8.8 1.1.1.1 172.15.0.1 172.32.0.1 100.63.0.1 192.167.1.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 168.63.129.17 "
    "2001:470:1f0b:9::5efe:808:808 2001:470:1f0b:9::5eff:7f00:1".split()
)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        Guard().check_address(address, 443)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_a_public_address_is_let_through_on_web_ports(address: str, port: int) -> None:
    Guard().check_address(address, port)


@pytest.mark.parametrize("port", [0, 22, 25, 6379, 8000, 11211])
def test_a_public_address_is_refused_on_other_ports(port: int) -> None:
    with pytest.raises(RefusedAddressError):
        Guard().check_address("8.8.8.8", port)


def test_a_network_of_the_operator_is_let_through_on_any_port_and_no_other_is() -> None:
    guard = Guard(["10.1.0.0/16", "fd00::/8"])
    guard.check_address("10.1.2.3", 9999)
    guard.check_address("fd00::5", 22)
    guard.check_address("::ffff:10.1.2.3", 9999)
    with pytest.raises(RefusedAddressError):
        guard.check_address("10.2.0.1", 80)


def test_a_tunnel_into_a_network_of_the_operator_is_not_that_network() -> None:
    guard = Guard(["127.0.0.0/8", "10.0.0.0/8"])
    for tunnel in (
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "2001:0:a00:1:8000:63bf:3fff:fdd2",
        "2a00:1450::5efe:a00:1",
    ):
        with pytest.raises(RefusedAddressError):
            guard.check_address(tunnel, 80)


def test_a_refusal_names_no_address() -> None:
    with pytest.raises(RefusedAddressError) as refused:
        Guard().check_address("10.1.2.3", 6379)
    assert refused.value.reason == "the address is not on the public internet"
    with pytest.raises(RefusedAddressError) as refused:
        Guard().check_address("8.8.8.8", 6379)
    assert refused.value.reason == "port 6379 is none of 80, 443, 8080, 8443"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/rss",
        "HTTPS://example.org:8443/rss?a=b@c&d=\\",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://[2606:4700::1111]/",
        "https://exämple.org/ñ",
    ],
)
def test_a_plain_url_passes_whatever_its_host_turns_out_to_be(url: str) -> None:
    Guard().check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http:/\\evil",
        "http://good.example\\@127.0.0.1/",
        "http://good.example\t.evil.example/",
        "http://exa mple.org/",
        " http://example.org/",
        "http://example.org/\r\nHost: evil",
        "http://example.org/\x00",
        "",
    ],
)
def test_a_url_that_parsers_read_differently_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        Guard().check_url(url)


@pytest.mark.parametrize(
    "url",
    (
        "file:///etc/passwd ftp://example.org/ gopher://x/ data:text/xml,x jar:http://x!/ http:///x x "
        "http://user@example.org/ http://user:pw@example.org/ http://[::1 http://example.org:99999/"
    ).split(),
)
def test_a_url_that_is_not_of_the_plain_web_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        Guard().check_url(url)
