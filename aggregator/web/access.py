"""A request → who asks: a reader with the key of a private channel, an operator, or anybody."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import parse_qs

from aggregator.config import Settings
from aggregator.model import Channel
from aggregator.web.outcomes import Refused

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_RAW_FORWARDED = frozenset(name.encode() for name in _FORWARDED)


def client_address(client: str | None, headers: Mapping[str, str], settings: Settings) -> str:
    """The address that asks: the last in X-Forwarded-For that is not one of our proxies, and only where a proxy
    that we trust says so."""
    here = client or ""
    for named in reversed(headers.get("x-forwarded-for", "").split(",")):
        if not _within(here, settings.trusted_proxies) or not _parsed(named):
            break
        here = named.strip()
    return here


def on_loopback(client: str | None, headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether it is a process on this machine. One that forwards for others is not, unless it is trusted to say whom for."""
    if not _within(client or "", settings.trusted_proxies) and any(name in headers for name in _FORWARDED):
        return False
    address = _parsed(client_address(client, headers, settings))
    return address is not None and address.is_loopback


def straight_from_loopback(client: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """The common case of `on_loopback`, by the raw headers of a request: a process here that forwards for nobody."""
    return _is_loopback(client) and _RAW_FORWARDED.isdisjoint([name for name, _ in headers])


@lru_cache(maxsize=1024)
def _is_loopback(client: str) -> bool:
    address = _parsed(client)
    return address is not None and address.is_loopback


def refused_operator(client: str | None, headers: Mapping[str, str], settings: Settings) -> Refused | None:
    """None for operators: on loopback, with the admin token, or where the status is public."""
    return None if settings.public_status else refused_stranger(client, headers, settings)


def refused_stranger(client: str | None, headers: Mapping[str, str], settings: Settings) -> Refused | None:
    """None for operators alone: what they ask names private sources, too."""
    if is_operator(client, headers, settings):
        return None
    if settings.admin_token is None:
        return Refused(status=403, detail="This page is for operators: open it on the machine itself.")
    challenge = {"www-authenticate": 'Bearer realm="operators", Basic realm="operators", charset="UTF-8"'}
    return Refused(status=401, detail="This page is for operators: send the admin token.", headers=challenge)


def is_operator(client: str | None, headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether it is an operator who asks: only they see private sources."""
    return on_loopback(client, headers, settings) or is_admin(headers, settings)


def is_admin(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether the request carries the admin token, as Bearer or as the password of Basic."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    given = value.strip() if scheme.lower() == "bearer" else _password(headers)
    return settings.admin_token is not None and _same(given, settings.admin_token)


def refused_reader(channel: Channel, headers: Mapping[str, str], query: str) -> Refused | None:
    """None where the channel is public or the request has one of its tokens: `?token=` or the password of HTTP Basic."""
    if not channel.private:
        return None
    token = token_of(query)
    if any(_same(given, wanted) for given in (token, _password(headers)) for wanted in channel.tokens):
        return None
    private = {"cache-control": "no-store"}
    if token is not None:
        return Refused(status=403, detail="This token does not open this channel.", headers=private)
    # A challenge lets browsers and feed readers ask for the password (RFC 9110 §11.6.1).
    challenge = {"www-authenticate": f'Basic realm="{channel.slug}", charset="UTF-8"'}
    return Refused(status=401, detail="This channel is private: it needs its token.", headers=private | challenge)


def token_of(query: str) -> str | None:
    """The value of `?token=`, None where there is none."""
    if "token=" not in query:
        return None
    return next(iter(parse_qs(query, keep_blank_values=True).get("token", [])), None)


def _password(headers: Mapping[str, str]) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _same(given: str | None, wanted: str) -> bool:
    """In constant time: how long it takes says nothing about how much was right."""
    return given is not None and hmac.compare_digest(given.encode(), wanted.encode())


@lru_cache(maxsize=4096)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


@lru_cache(maxsize=4096)
def _within(address: str, networks: tuple[str, ...]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ip_network(network) for network in networks)
