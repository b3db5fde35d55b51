"""An outlet with a hub that does as a test says, our subscriber and our callbacks: all real but for clock and wire."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from aggregator.fetch import Poster
from aggregator.model import HubLease, Poll, Source
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from aggregator.schedule import Receiver
from aggregator.store import Store
from aggregator.websub.callbacks import Callbacks
from aggregator.websub.leasing import Subscriber
from tests.fakes import Dns
from tests.integration.etiquette.rig import AGENT, LOOPBACK, Rig, client_of, feed, source
from tests.making import newsroom
from tests.newsstand import browser, desk_of
from tests.origin import Origin, Reply, Request

DAYS = timedelta(days=1)
BASE = "https://news.example.org/websub/callback/"


@dataclass(kw_only=True)
class Outlet:
    """`rig` polls it; `hub` is where its hub listens, on another host; `asked` are the forms that came there."""

    rig: Rig
    subscriber: Subscriber
    receiver: Receiver
    web: httpx.AsyncClient
    source: Source
    hub: str
    woken: list[int] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.rig.store

    @property
    def asked(self) -> list[dict[str, str]]:
        return [form(request) for request in self.rig.origin.asked("/hub", host="127.0.0.2")]

    def publishes(self, *titles: str, **changes: Any) -> bytes:
        """The feed shows these from now on, and names its hub."""
        body = changes.pop("body", None) or feed(*titles)
        links = changes.pop("links", f'<{self.hub}>; rel="hub", <{self.source.url}>; rel="self"')
        headers = (("Content-Type", "application/rss+xml"), *((("Link", links),) if links else ()))
        self.rig.origin.serve("/rss", Reply(headers=headers, body=body))
        return bytes(body)

    def answers(self, *replies: Reply) -> None:
        """The hub answers so."""
        self.rig.origin.serve("/hub", *replies, host="127.0.0.2")

    async def lease(self) -> HubLease:
        """The one lease that there is."""
        (lease,) = await self.store.leases()
        return lease

    async def round(self) -> None:
        await self.subscriber.round()

    async def verifies(self, lease: HubLease, **said: str) -> httpx.Response:
        """The hub asks whether we meant it."""
        mode = "unsubscribe" if lease.leaving else "subscribe"
        fields = {"mode": mode, "topic": lease.topic, "challenge": "c-7", "lease_seconds": "864000", **said}
        query = {f"hub.{name}": value for name, value in fields.items()}
        return await self.web.get(urlsplit(lease.callback).path, params=query)

    async def subscribed(self, *titles: str) -> HubLease:
        """Polled, asked for and verified."""
        self.publishes(*titles)
        await self.rig.poll()
        await self.round()
        answer = await self.verifies(await self.lease())
        assert (answer.status_code, answer.text) == (200, "c-7")
        return await self.lease()

    async def pushes(
        self, lease: HubLease, body: bytes, *, method: str = "sha256", secret: str | None = None, **headers: str
    ) -> int:
        """The hub pushes a body; the status that it got."""
        sent = {
            "content-type": "application/rss+xml",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if "x-hub-signature" not in sent and method:
            sent["x-hub-signature"] = signed(body, secret or lease.secret, method)
        raw = [(name.encode(), text.encode("latin-1")) for name, text in sent.items()]
        answer = await self.web.post(urlsplit(lease.callback).path, content=body, headers=raw)
        return answer.status_code

    async def reads(self) -> None:
        """What was pushed is read."""
        await self.receiver.tick()
        await self.receiver.settled()

    async def polls(self) -> tuple[Poll, ...]:
        """The log, oldest first."""
        return tuple(reversed(await self.store.polls()))


def signed(body: bytes, secret: str, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


@asynccontextmanager
async def outlet_of(origin: Origin, store: Store, **changes: Any) -> AsyncIterator[Outlet]:
    """An outlet on 127.0.0.1 whose hub is on 127.0.0.2."""
    polled = source(origin.url("/rss"), **changes)
    minted, woken = iter(range(1_000)), list[int]()
    async with client_of(spare_own=False) as client, open_session(Guard(LOOPBACK), resolver=Dns({})) as session:
        rig = Rig(origin=origin, store=store, client=client, sources={})
        await rig.configure(polled)
        book = store.host_book("rig", lambda: rig.now)
        subscriber = Subscriber(
            poster=Poster(
                session, Guard(LOOPBACK), client.politeness, user_agent=lambda: AGENT, now=lambda: rig.now, log=book
            ),
            store=store,
            sources=lambda: rig.sources,
            may=lambda source: source.push is not False,
            base=lambda: BASE,
            mint=lambda: (f"id-{next(minted)}", f"secret-{next(minted)}"),
            now=lambda: rig.now,
        )
        receiver = Receiver(pipeline=rig.pipeline, sources=lambda: rig.sources, owner="rig:push")
        callbacks = Callbacks(
            store=store,
            now=lambda: rig.now,
            every=lambda id: rig.sources[id].every.min if id in rig.sources else None,
            pushed=lambda: woken.append(1),
        )
        desk = replace(desk_of(store, newsroom(polled), now=lambda: rig.now), callbacks=callbacks)
        async with browser(desk) as web:
            outlet = Outlet(
                rig=rig, subscriber=subscriber, receiver=receiver, web=web, source=polled,
                hub=origin.url("/hub", host="127.0.0.2"), woken=woken,
            )  # fmt: skip
            outlet.answers(Reply(status=202))
            yield outlet
