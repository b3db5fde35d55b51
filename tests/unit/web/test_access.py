"""Who may read and who operates."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from aggregator.config import Settings
from aggregator.model import Channel, ChannelKind, Title
from aggregator.web.access import client_address, on_loopback, refused_operator, refused_reader

OPEN = Channel(kind=ChannelKind.CHANNEL, slug="open", title=Title("Open"))
KEYED = Channel(kind=ChannelKind.CHANNEL, slug="keyed", title=Title("Keyed"), tokens=("señal-1", "señal-0"))
PROXY = {"trusted_proxies": "10.0.0.0/8,::1"}


def settings(**changes: Any) -> Settings:
    return Settings(**changes)


def basic(password: str, user: str = "reader") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_public_channel_asks_for_nothing() -> None:
    assert refused_reader(OPEN, {}, "") is None


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, "token=se%C3%B1al-1"),
        ({}, "before=3&token=se%C3%B1al-1"),
        (basic("señal-1"), ""),
        (basic("señal-1", ""), ""),
        ({}, "token=se%C3%B1al-0"),  # the old one, while readers change over
    ],
)
def test_a_private_channel_opens_to_its_token(headers: dict[str, str], query: str) -> None:
    assert refused_reader(KEYED, headers, query) is None


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({}, "token=", 403),
        ({}, "token=se%C3%B1al-", 403),
        ({}, "nottoken=se%C3%B1al-1", 401),
        (basic("no"), "", 401),
        ({"authorization": "Basic ///"}, "", 401),
        ({"authorization": "Bearer señal-1"}, "", 401),
    ],
)
def test_a_private_channel_stays_closed_to_others(headers: dict[str, str], query: str, status: int) -> None:
    refused = refused_reader(KEYED, headers, query)
    assert refused is not None
    assert refused.status == status
    assert refused.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in refused.headers) is (status == 401)


def test_operators_are_on_the_machine_or_have_the_token() -> None:
    keyed = settings(admin_token="word")
    assert refused_operator("127.0.0.1", {}, settings()) is None
    assert refused_operator("::1", {}, settings()) is None
    assert refused_operator("::ffff:127.0.0.1", {}, settings()) is None
    assert refused_operator("203.0.113.9", {"authorization": "Bearer word"}, keyed) is None
    assert refused_operator("203.0.113.9", basic("word"), keyed) is None
    assert refused_operator("203.0.113.9", {}, settings(public_status=True)) is None


def test_others_are_refused_and_told_what_to_send() -> None:
    bare, keyed = (
        refused_operator("203.0.113.9", {}, settings()),
        refused_operator("203.0.113.9", {"authorization": "Bearer wor"}, settings(admin_token="word")),
    )
    assert bare is not None
    assert bare.status == 403
    assert keyed is not None
    assert keyed.status == 401
    assert "Bearer" in keyed.headers["www-authenticate"]


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_this_machine_does_not_make_the_world_an_operator(header: str) -> None:
    assert not on_loopback("127.0.0.1", {header: "127.0.0.1"}, settings())


def test_a_trusted_proxy_is_believed_about_its_client() -> None:
    trusted = settings(trusted_proxies="127.0.0.1")
    assert on_loopback("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, trusted)
    assert not on_loopback("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, trusted)


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.7, 198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy_of_ours(client: str, forwarded: str, address: str) -> None:
    assert client_address(client, {"x-forwarded-for": forwarded}, settings(**PROXY)) == address
