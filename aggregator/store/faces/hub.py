"""WebSub: our hub, and somebody else's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from aggregator.model import Intent, OutsideHub, Ping, Subscription
from aggregator.store import intents, pings, subscriptions
from aggregator.store.faces.face import Face
from aggregator.store.records.hub import Delivery, FollowedChannel, HubState, TroubledSubscription


class Hub(Face):
    """WebSub: our hub, and somebody else's."""

    # What is asked of our hub

    async def ask(self, intent: Intent, *, most: int, most_for_host: int) -> bool:
        return await self._database.write(intents.ask, intent, most=most, most_for_host=most_for_host)

    async def is_asked_or_subscribed(self, id: str) -> bool:
        return await self._database.read(intents.is_known, id)

    async def take_intents(self, *, now: datetime, until: datetime, limit: int) -> tuple[Intent, ...]:
        """Intents to see to now; nobody else sees to them `until` then."""
        found = await self._database.read(intents.due, now, limit)
        ours = await self._database.write(intents.claim, found, now, until) if found else ()
        return tuple(one for one in found if one.id in ours)

    async def confirm(self, intent: Intent, *, now: datetime) -> bool:
        return await self._database.write(intents.confirm, intent, now)

    async def ask_again(self, intent: Intent, *, at: datetime) -> None:
        await self._database.write(intents.ask_again, intent, at)

    async def refuse(self, intent: Intent, *, reason: str, now: datetime) -> None:
        await self._database.write(intents.refuse, intent, reason, now)

    # Deliveries

    async def take_deliveries(
        self, *, now: datetime, until: datetime, limit: int, since: datetime | None = None
    ) -> tuple[Delivery, ...]:
        """What is to be delivered now, of what came due `since` then, if given; nobody else delivers it `until` then."""
        found = await self._database.read(subscriptions.due, now, limit, since)
        if not found:
            return ()
        ids = [one.subscription.id for one in found]
        ours = await self._database.write(subscriptions.claim, ids, now, until)
        return tuple(one for one in found if one.subscription.id in ours)

    async def renew_deliveries(self, claims: Mapping[str, datetime], *, until: datetime) -> None:
        await self._database.write(subscriptions.renew, claims, until)

    async def settle_deliveries(self, kept: Collection[Subscription], ended: Collection[str] = ()) -> None:
        await self._database.write(subscriptions.settle, kept, ended)

    async def edition_items(self, etags: Collection[str]) -> dict[str, frozenset[str]]:
        return await self._database.read(subscriptions.items, etags)

    async def has_edition_items(self, etag: str) -> bool:
        return await self._database.read(subscriptions.has_items, etag)

    async def keep_edition_items(self, etag: str, hashes: Collection[str]) -> None:
        await self._database.write(subscriptions.keep_items, etag, hashes)

    async def end_lost_subscriptions(self, *, now: datetime, everyone: bool = False) -> int:
        return await self._database.write(subscriptions.end_lost, now, everyone=everyone)

    async def note_given_up(self, *, now: datetime, after: int) -> None:
        await self._database.write(subscriptions.note_given_up, now, after)

    async def followed_channels(self, *, now: datetime) -> tuple[FollowedChannel, ...]:
        return await self._database.read(subscriptions.followed, now)

    async def hub_state(self, *, now: datetime, given_up_after: int) -> HubState:
        return await self._database.read(subscriptions.state, now, given_up_after)

    async def troubled_subscriptions(self, *, now: datetime, limit: int) -> tuple[TroubledSubscription, ...]:
        return await self._database.read(subscriptions.troubled, now, limit)

    # Somebody else's hub

    async def use_hub(self, url: str | None, formats: Collection[str], *, now: datetime) -> None:
        await self._database.write(pings.use, url, formats, now)

    async def outside_hub(self) -> OutsideHub | None:
        return await self._database.read(pings.hub)

    async def take_pings(
        self, formats: Collection[str], *, told_before: datetime, now: datetime, limit: int
    ) -> tuple[Ping, ...]:
        """What the hub is to be told now; nobody else tells it."""
        found = await self._database.read(pings.due, formats, told_before, limit)
        return tuple([one for one in found if await self._database.write(pings.claim, one, told_before, now)])

    async def settle_ping(self, ping: Ping, held: OutsideHub, *, told: bool, error: str, now: datetime) -> None:
        await self._database.write(pings.settle, ping, held, told=told, error=error, now=now)

    async def waiting_pings(self, formats: Collection[str]) -> int:
        return await self._database.read(pings.waiting, formats)
