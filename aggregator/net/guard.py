"""An address → whether we may connect to it: judged when it is connected to, after every name look-up and redirect."""

from __future__ import annotations

import errno
import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from aggregator.errors import FetchError

PORTS = frozenset({80, 443, 8080, 8443})

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# `is_global` alone says yes to several of these (Python 3.11); the registries are RFC 6890 and IANA's special-purpose lists.
_DENIED: tuple[_Network, ...] = tuple(
    ipaddress.ip_network(network)
    for line in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24",
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
        "168.63.129.16/32",  # of Azure's own platform, in every network there
        "::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16",
        "fc00::/7 fe80::/10 fec0::/10 ff00::/8",
    )
    for network in line.split()
)
# Where parsers of URLs disagree: WHATWG takes "\" for "/", urllib drops tabs and line ends.
_AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f]|^[^?#]*\\|^\s|\s$")


class RefusedAddressError(PermissionError):
    """The guard refused an address. It has an errno, because aiohttp merges several refusals into one by it.

    `reason` names neither the address nor what listens there: it is shown to people who may not know our network.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EACCES, reason)
        self.reason = reason


class Guard:
    """Lets through public addresses on web ports, and `allow_networks` on any port."""

    def __init__(self, allow_networks: Sequence[str] = ()) -> None:
        self._allowed = tuple(ipaddress.ip_network(network, strict=False) for network in allow_networks)

    def check_url(self, url: str) -> None:
        """Raise FetchError for a URL that is not plain http(s): other schemes, credentials, no host, bad port.

        What the host stands for is not judged here: `127.1`, `0x7f000001` and names are addresses only once resolved.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise FetchError("the address cannot be read", permanent=True) from None
        if parts.scheme not in ("http", "https"):
            raise FetchError(f"only http and https are fetched, not {parts.scheme[:20] or 'nothing'}:", permanent=True)
        if _AMBIGUOUS.search(url) or re.search(r"[\s<>\"`{}|^]", parts.netloc):
            raise FetchError("the address has characters in it that no address may have", permanent=True)
        if not host:
            raise FetchError("the address names no host", permanent=True)
        if "@" in parts.netloc:
            raise FetchError("the address has credentials in it; use headers", permanent=True)

    def check_address(self, host: str, port: int) -> None:
        """Raise RefusedAddressError unless we may connect to the IP address `host` on `port`."""
        address = ipaddress.ip_address(host.partition("%")[0])
        if self.trusts(address):
            return
        if not _is_public(address):
            raise RefusedAddressError("the address is not on the public internet")
        if port not in PORTS:
            raise RefusedAddressError(f"port {port} is none of {', '.join(map(str, sorted(PORTS)))}")

    def trusts(self, address: _Address) -> bool:
        """Whether the operator opened this address's network. Tunnels into it are not meant, only itself."""
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self._allowed)


def _is_public(address: _Address) -> bool:
    return all(
        inner.is_global
        and not inner.is_multicast
        and not inner.is_reserved
        and not any(inner in network for network in _DENIED)
        for inner in _embedded(address)
    )


def _embedded(address: _Address) -> tuple[_Address, ...]:
    """The addresses that are meant: IPv4 inside IPv6 is judged as well as its wrapper. NAT64 and its kind are in `_DENIED`."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    # RFC 5214 §6.1: ISATAP, below any prefix.
    isatap = (int(address) >> 32) & 0xFDFF_FFFF == 0x5EFE and ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return (address, *filter(None, (address.sixtofour, isatap, *(address.teredo or ()))))
