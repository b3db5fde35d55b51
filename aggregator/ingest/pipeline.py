"""What a document is taken in with: the ports to the web and to the workers, the store, and what is configured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aggregator import cadence
from aggregator.model import Article, Document, NotModified, Schedule, Source
from aggregator.normalize import Rules
from aggregator.sandbox.reading import Reading
from aggregator.store import Store, Written


class Fetch(Protocol):
    """The port to the web."""

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified: ...


class Workers(Protocol):
    """The port to the sandbox: runs `function(*args, **kwargs)` within its limits."""

    async def run(self, function: Callable[..., Reading], /, *args: object, **kwargs: object) -> Reading: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What a poll works with. `selects` names the operator's channels that carry an article; `terms` are those on which a
    source is polled next; `wrote` is told of what was stored; `siblings` names all sources of a host."""

    client: Fetch
    workers: Workers
    store: Store
    rules: Rules
    selects: Callable[[Article], Collection[str]]
    now: Callable[[], datetime]
    terms: Callable[[Source], cadence.Terms]
    wrote: Callable[[Source, Written], Awaitable[None]]
    siblings: Callable[[str], Collection[str]] = lambda _host: ()
