"""Fakes that stand in for the outside world."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.errors import StoreError
from aggregator.push.answers import Heard


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


@dataclass(kw_only=True)
class Callbacks:
    """Subscribers and hubs as the hub's sender finds them. By the address without its query: what a POST is answered with, in
    turn, the last one for ever (200 unless told otherwise); whether a question is confirmed. `asked` are the queries of
    GETs, `told` the bodies and headers of POSTs, in order."""

    answers: dict[str, list[Heard]] = field(default_factory=dict)
    unwilling: dict[str, Heard] = field(default_factory=dict)
    trusted: bool = False
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    told: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    held_up: dict[str, asyncio.Event] = field(default_factory=dict)

    async def get(self, url: str) -> Heard:
        address, _, query = url.partition("?")
        fields = dict(parse_qsl(query))
        self.asked.append((address, fields))
        return self.unwilling.get(address) or Heard(status=200, body=fields.get("hub.challenge", "").encode())

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        if url in self.held_up:
            await self.held_up[url].wait()
        self.told.append((url, body, headers))
        script = self.answers.get(url, [Heard(status=200)])
        return script.pop(0) if len(script) > 1 else script[0]

    async def is_trusted(self, url: str) -> bool:
        return self.trusted

    def fault(self, url: str) -> str:
        return "" if url.startswith("http") else "only http and https are fetched"
