"""Fakes that stand in for the outside world."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from typing import Any, NoReturn

from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.errors import StoreError


class Dns(AbstractResolver):
    """A small DNS: a name stands for the addresses of its line, or of its lines in turn, the last one for ever; a name
    without a line is none. `asked` is what was asked for; `slow` names are never answered."""

    def __init__(self, names: Mapping[str, str | list[str]], *, slow: frozenset[str] = frozenset()) -> None:
        self.names = {name: [lines] if isinstance(lines, str) else list(lines) for name, lines in names.items()}
        self.slow, self.asked = slow, list[str]()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host in self.slow:
            await asyncio.Event().wait()
        if host not in self.names:
            raise OSError(None, "no such name")
        lines = self.names[host]
        line = lines.pop(0) if len(lines) > 1 else lines[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=_family(address), proto=0, flags=0)
            for address in line.split()
        ]

    async def close(self) -> None:
        pass


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET


class StoreOutOfReach:
    """A store whose database cannot be reached: every question to it fails as the real one would."""

    def pulse(self) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        async def fail(*args: object, **kwargs: object) -> NoReturn:
            raise StoreError("the database is out of reach: connection refused")

        return fail
