"""Our hub over both databases: what is asked of it, what it delivers, what survives."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest

from aggregator.decisions import decided
from aggregator.errors import StoreError
from aggregator.model import HUB_CLOSED, NO_HUB, OWN_HUB, Action, ChannelKind, Intent, Newsroom
from aggregator.push.answers import BACKOFF, DAILY, Heard
from aggregator.push.protocol import Signed, checked, read_links
from aggregator.push.requests import Refusal
from aggregator.store import Edition, Store
from aggregator.syndicate.editions import Editions
from aggregator.web.status_feed import status_feed
from aggregator.websub import Hub, Means
from tests.fakes import Callbacks
from tests.making import NOW, publish, sighting
from tests.newsstand import FEEDS, fill, newsroom_at

CALLBACK = "https://reader.example/cb/7"
OUTLET = "https://wire.example/outlets/andes-post.atom"
GONE, FAILS = Heard(status=410), Heard(status=500)


class Stand:
    """A hub over a store with news, a clock that is set, and callbacks that answer as told."""

    def __init__(self, store: Store, news: Newsroom) -> None:
        self.store, self.news, self.now = store, news, NOW
        self.callbacks, self.failures = Callbacks(), 0
        self.editions = Editions(store, lambda: self.news, lambda: self.now)
        self.hub = self.start()

    def start(self) -> Hub:
        """A hub as a new process has it: it knows nothing but the store."""
        means = Means(
            store=self.store,
            newsroom=lambda: self.news,
            now=lambda: self.now,
            feed=self.editions.feed,
            body=self.body,
            send=self.callbacks,
            challenge=lambda: "a-challenge-of-43-characters",
        )
        return Hub(means, asyncio.Event())

    async def body(self, edition: Edition, coding: str) -> bytes | None:
        """What the store has, unless it is to fail."""
        if self.failures:
            self.failures -= 1
            raise StoreError("the database is locked by another program")
        return await self.editions.body(edition, coding)

    async def ask(self, **fields: str) -> Intent | Refusal:
        form = {"mode": "subscribe", "topic": OUTLET, "callback": CALLBACK, **fields}
        return await self.hub.receive(urlencode({f"hub.{name}": value for name, value in form.items()}).encode())

    async def subscribe(self, **fields: str) -> None:
        assert isinstance(await self.ask(**fields), Intent)
        await self.round()

    async def round(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        while await self.editions.renew():
            pass
        await self.hub.round()
        await self.hub.settled()

    async def report(self, title: str, **changes: Any) -> None:
        """One more article of the Andes Post."""
        self.now += timedelta(seconds=1)
        await publish(self.store, FEEDS[0], sighting(title, of=FEEDS[0], **changes), now=self.now)

    async def count(self) -> int:
        return (await self.store.hub_state(now=self.now, given_up_after=len(BACKOFF))).subscriptions

    def titles(self, number: int = -1) -> list[str]:
        return [entry.title for entry in feedparser.parse(self.callbacks.told[number][1]).entries]


@pytest.fixture
async def stand(store: Store) -> Stand:
    plain = newsroom_at()
    news = replace(plain, site=replace(plain.site, hub=OWN_HUB))
    await fill(store, news)
    return Stand(store, news)


# Subscribing


async def test_a_callback_is_asked_whether_it_means_it_and_then_told_of_news(stand: Stand) -> None:
    await stand.subscribe(secret="s3cret", lease_seconds="86400")
    assert stand.callbacks.asked == [
        (
            CALLBACK,
            {
                "hub.mode": "subscribe",
                "hub.topic": OUTLET,
                "hub.challenge": "a-challenge-of-43-characters",
                "hub.lease_seconds": "86400",
            },
        )
    ]
    await stand.round()
    assert stand.callbacks.told == []
    await stand.report("Copper at a record")
    await stand.round()
    ((url, body, headers),) = stand.callbacks.told
    assert (url, headers["Content-Type"]) == (CALLBACK, "application/atom+xml; charset=utf-8")
    assert dict(read_links([headers["Link"]], "")) == {"hub": "https://wire.example/websub/hub", "self": OUTLET}
    assert headers["X-Hub-Signature"].startswith("sha256=")
    assert checked(headers["X-Hub-Signature"], "s3cret", body) is Signed.VALID
    assert stand.titles() == ["Copper at a record"]


async def test_without_a_secret_nothing_is_signed(stand: Stand) -> None:
    await stand.subscribe()
    await stand.report("Copper at a record")
    await stand.round()
    assert "X-Hub-Signature" not in stand.callbacks.told[0][2]


@pytest.mark.parametrize("format", ["rss", "json"])
async def test_rss_goes_in_parts_and_a_json_feed_whole(stand: Stand, format: str) -> None:
    await stand.subscribe(topic=OUTLET.replace(".atom", f".{format}"))
    await stand.report("Copper at a record")
    await stand.round()
    (_, body, _headers) = stand.callbacks.told[0]
    edition = await stand.editions.feed(ChannelKind.OUTLET, "andes-post", format)
    assert edition is not None
    whole = await stand.editions.body(edition, "identity")
    if format == "json":
        assert body == whole
    else:
        assert stand.titles() == ["Copper at a record"]
        assert whole is not None
        assert len(body) < len(whole) / 2


@pytest.mark.parametrize(
    ("fields", "status", "why"),
    [
        ({"mode": "publish"}, 400, "not needed"),
        ({"mode": "shout"}, 400, "hub.mode is unknown"),
        ({"mode": ""}, 400, "hub.mode is missing"),
        ({"topic": ""}, 400, "hub.topic is missing"),
        ({"callback": ""}, 400, "hub.callback is missing"),
        ({"callback": "gopher://reader.example/"}, 400, "only http and https"),
        ({"callback": "https://reader.example/a b"}, 400, "percent-encode"),
        ({"callback": "https://reader.example/#x"}, 400, "fragment"),
        ({"callback": "https://reader.example/" + "x" * 2000}, 400, "too long"),
        ({"secret": "s" * 200}, 400, "less than 200 bytes"),
        ({"secret": "s", "callback": "http://reader.example/"}, 400, "https"),
        ({"lease_seconds": "soon"}, 400, "lease_seconds"),
        ({"topic": "https://wire.example/outlets/andes-post"}, 404, "none of ours"),
        ({"topic": "https://wire.example/outlets/nobody.atom"}, 404, "none of ours"),
        ({"topic": "https://wire.example/channels/desk.atom"}, 404, "none of ours"),
        ({"topic": "https://wire.example/channels/desk.atom?token=open-sesame"}, 404, "none of ours"),
        ({"topic": "https://wire.example/channels/closed.atom"}, 404, "none of ours"),
        ({"topic": "https://wire.example/sources/insider.atom"}, 404, "none of ours"),
        ({"topic": "https://other.example/outlets/andes-post.atom"}, 404, "none of ours"),
        ({"mode": "unsubscribe"}, 404, "no such subscription"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason_and_nobody_is_asked(
    stand: Stand, fields: dict[str, str], status: int, why: str
) -> None:
    refused = await stand.ask(**fields)
    assert isinstance(refused, Refusal)
    assert (refused.status, why in refused.why) == (status, True)
    await stand.round()
    assert stand.callbacks.asked == []


async def test_a_secret_may_go_over_plain_http_within_the_operators_own_networks(stand: Stand) -> None:
    stand.callbacks.trusted = True
    assert isinstance(await stand.ask(secret="s", callback="http://10.0.0.7/cb"), Intent)


async def test_a_callback_that_does_not_confirm_gets_nothing_and_is_told_why(stand: Stand) -> None:
    stand.callbacks.unwilling[CALLBACK] = Heard(status=404)
    await stand.subscribe()
    await stand.round()
    await stand.round()
    modes = [fields["hub.mode"] for _, fields in stand.callbacks.asked]
    assert modes == ["subscribe", "denied"]
    assert "status 404" in stand.callbacks.asked[-1][1]["hub.reason"]
    assert await stand.count() == 0


async def test_a_body_that_merely_begins_with_the_challenge_confirms_nothing(stand: Stand) -> None:
    stand.callbacks.unwilling[CALLBACK] = Heard(status=200, body=b"a-challenge-of-43-characters\n")
    await stand.subscribe()
    assert await stand.count() == 0


async def test_a_callback_out_of_reach_is_asked_again_and_then_forgotten(stand: Stand) -> None:
    stand.callbacks.unwilling[CALLBACK] = Heard(error="no connection")
    asked = await stand.ask()
    assert isinstance(asked, Intent)
    await stand.round()
    for wait in (10, 60, 300, 3600):
        await stand.round(after=timedelta(seconds=wait))
    assert [fields["hub.mode"] for _, fields in stand.callbacks.asked] == ["subscribe"] * 4
    assert not await stand.store.is_asked_or_subscribed(asked.id)


async def test_to_end_a_subscription_is_asked_about_too(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.unwilling[CALLBACK] = Heard(status=404)
    await stand.subscribe(mode="unsubscribe")
    assert await stand.count() == 1
    del stand.callbacks.unwilling[CALLBACK]
    await stand.subscribe(mode="unsubscribe")
    assert await stand.count() == 0
    await stand.report("Copper at a record")
    await stand.round()
    assert stand.callbacks.told == []


async def test_new_terms_hold_only_once_the_callback_confirmed_them(stand: Stand) -> None:
    await stand.subscribe(secret="first")
    stand.callbacks.unwilling[CALLBACK] = Heard(status=404)
    await stand.subscribe(secret="stranger's")
    await stand.report("Copper at a record")
    await stand.round()
    _, body, headers = stand.callbacks.told[-1]
    assert checked(headers["X-Hub-Signature"], "first", body) is Signed.VALID
    del stand.callbacks.unwilling[CALLBACK]
    await stand.subscribe(secret="second")
    await stand.report("Tin at a record")
    await stand.round()
    _, body, headers = stand.callbacks.told[-1]
    assert checked(headers["X-Hub-Signature"], "second", body) is Signed.VALID
    assert await stand.count() == 1


async def test_what_came_between_the_request_and_its_confirmation_is_delivered(stand: Stand) -> None:
    assert isinstance(await stand.ask(), Intent)
    await stand.report("Copper at a record")
    await stand.round()
    await stand.round()
    assert stand.titles() == ["Copper at a record"]


async def test_a_lease_ends(stand: Stand) -> None:
    await stand.subscribe(lease_seconds="3600")
    await stand.round(after=timedelta(minutes=59))
    assert await stand.count() == 1
    stand.now += timedelta(minutes=1)
    await stand.report("Too late")
    await stand.round()
    assert (stand.callbacks.told, await stand.count()) == ([], 0)
    await stand.store.prune(now=stand.now)
    assert not await stand.store.edition_items(["anything"])


# Delivering


async def test_what_changed_since_the_last_that_arrived_is_delivered_and_no_more(stand: Stand) -> None:
    await stand.subscribe()
    for title in ("One", "Two", "Three"):
        await stand.report(title)
        await stand.round()
    assert [stand.titles(n) for n in range(3)] == [["One"], ["Two"], ["Three"]]


async def test_a_withdrawal_is_told_with_the_whole_feed(stand: Stand) -> None:
    await stand.report("A mistake")
    await stand.round()
    (latest, *_) = await stand.store.articles(ChannelKind.OUTLET, "andes-post", limit=1)
    await stand.subscribe()
    await decided(stand.store, Action.WITHDRAW, [latest.id], reason="wrong", now=stand.now + timedelta(seconds=1))
    await stand.round(after=timedelta(seconds=2))
    assert len(stand.titles()) > 3
    assert "A mistake" not in stand.titles()


async def test_a_callback_that_is_gone_is_left_alone(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.answers[CALLBACK] = [GONE]
    for title in ("One", "Two"):
        await stand.report(title)
        await stand.round()
    assert (len(stand.callbacks.told), await stand.count()) == (1, 0)


async def test_who_fails_is_tried_again_for_a_day_and_then_once_a_day_and_misses_nothing(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.answers[CALLBACK] = [FAILS]
    await stand.report("One")
    began, tries = stand.now, list[int]()
    await stand.round()
    for wait in BACKOFF:
        await stand.round(after=wait - timedelta(seconds=1))
        tries.append(len(stand.callbacks.told))
        await stand.round(after=timedelta(seconds=1))
    assert len(stand.callbacks.told) == 1 + len(BACKOFF)
    assert tries == list(range(1, len(BACKOFF) + 1))
    assert stand.now - began < timedelta(days=1)
    state = await stand.store.hub_state(now=stand.now, given_up_after=len(BACKOFF))
    assert (state.failing, state.given_up) == (1, 1)
    (shown,) = await stand.store.troubled_subscriptions(now=stand.now, limit=9)
    assert (shown.host, shown.failures, shown.error) == ("reader.example", 1 + len(BACKOFF), "answered 500")
    await stand.round(after=DAILY)
    assert len(stand.callbacks.told) == 1 + len(BACKOFF), "an edition that was given up is not tried again"
    await stand.report("Two")
    stand.callbacks.answers[CALLBACK] = [Heard(status=204)]
    await stand.round()
    assert sorted(stand.titles()) == ["One", "Two"]
    assert (await stand.store.hub_state(now=stand.now, given_up_after=len(BACKOFF))).failing == 0


async def test_operators_are_told_of_deliveries_that_were_given_up_until_they_arrive(stand: Stand) -> None:
    async def said() -> list[tuple[str, str, bool]]:
        told = await stand.store.problems(limit=9, private=False)
        return [(one.health, one.evidence, one.ended is not None) for one in told]

    await stand.subscribe()
    stand.callbacks.answers[CALLBACK] = [FAILS]
    await stand.report("One")
    await stand.round()
    for wait in BACKOFF:
        assert await said() == []
        await stand.round(after=wait)
    await stand.round(after=timedelta(minutes=1))
    assert await said() == [("given up", "reader.example (1)", False)]
    entries = status_feed(stand.news.site, await stand.store.problems(limit=9, private=False), {}).decode()
    assert "Deliveries of our hub: given up" in entries
    assert "to subscriptions at reader.example (1)." in entries
    assert "/cb/7" not in entries
    await stand.store.apply(stand.news, now=stand.now)
    assert not (await said())[0][2], "it is no source's problem"
    stand.callbacks.answers.clear()
    await stand.report("Two")
    await stand.round(after=DAILY)
    await stand.round(after=timedelta(minutes=1))
    assert [ended for *_, ended in await said()] == [True]


async def test_a_callback_that_names_a_time_is_left_alone_until_then(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.answers[CALLBACK] = [Heard(status=429, retry_after=600), Heard(status=200)]
    await stand.report("One")
    await stand.round()
    await stand.round(after=timedelta(seconds=599))
    assert len(stand.callbacks.told) == 1
    await stand.round(after=timedelta(seconds=1))
    assert len(stand.callbacks.told) == 2


async def test_one_that_is_slow_keeps_no_other_waiting_and_is_sent_one_thing_at_a_time(stand: Stand) -> None:
    slow, quick = "https://slow.example/cb", "https://quick.example/cb"
    await stand.subscribe(callback=slow)
    await stand.subscribe(callback=quick)
    stand.callbacks.held_up[slow] = asyncio.Event()
    for title in ("One", "Two"):
        await stand.report(title)
        await stand.editions.renew()
        await stand.hub.round()
        while sum(url == quick for url, *_ in stand.callbacks.told) < (1 if title == "One" else 2):
            await asyncio.sleep(0)
    assert [url for url, *_ in stand.callbacks.told] == [quick, quick]
    stand.callbacks.held_up[slow].set()
    await stand.hub.settled()
    await stand.round()
    assert [stand.titles(n) for n in (2, 3)] == [["One"], ["Two"]]
    assert [url for url, *_ in stand.callbacks.told[2:]] == [slow, slow]


async def test_a_killed_process_loses_nothing_and_two_do_not_deliver_twice(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.held_up[CALLBACK] = asyncio.Event()
    await stand.report("One")
    await stand.editions.renew()
    await stand.hub.round()
    other = stand.start()
    await other.round()
    await other.settled()
    await stand.hub.close(patience=0)  # what a kill leaves behind: a claim
    assert stand.callbacks.told == []
    del stand.callbacks.held_up[CALLBACK]
    await other.round()
    await other.settled()
    assert stand.callbacks.told == []
    stand.now += timedelta(seconds=31)
    await other.round()
    await other.settled()
    assert [stand.titles(n) for n in range(len(stand.callbacks.told))] == [["One"]]


async def test_when_a_channel_goes_its_subscribers_are_told_and_let_go(stand: Stand) -> None:
    lithium = "https://wire.example/channels/lithium.atom"
    await stand.subscribe(topic=lithium)
    await stand.subscribe(callback="https://other.example/cb", topic=lithium)
    closed = tuple(replace(one, removed=True) if one.slug == "lithium" else one for one in stand.news.channels)
    stand.news = replace(stand.news, channels=closed, digest="another")
    await stand.store.apply(stand.news, now=stand.now)
    await stand.round(after=timedelta(minutes=2))
    denied = [(url, f["hub.reason"]) for url, f in stand.callbacks.asked if f["hub.mode"] == "denied"]
    assert sorted(url for url, _ in denied) == ["https://other.example/cb", CALLBACK]
    assert all("not published" in reason for _, reason in denied)
    assert await stand.count() == 0


async def test_a_channel_that_becomes_private_tells_its_subscribers_no_more(stand: Stand) -> None:
    lithium = "https://wire.example/channels/lithium.atom"
    await stand.subscribe(topic=lithium)
    closed = tuple(replace(one, tokens=("t",)) if one.slug == "lithium" else one for one in stand.news.channels)
    stand.news = replace(stand.news, channels=closed, digest="another")
    await stand.store.apply(stand.news, now=stand.now)
    await publish(stand.store, FEEDS[1], sighting("Lithium again", of=FEEDS[1]), now=stand.now)
    await stand.round()
    await stand.round(after=timedelta(minutes=2))
    assert (stand.callbacks.told, await stand.count()) == ([], 0)


@pytest.mark.parametrize("hub", [NO_HUB, "https://hub.example/"])
async def test_when_our_hub_is_closed_its_subscribers_are_told_and_let_go(stand: Stand, hub: str) -> None:
    await stand.subscribe()
    await stand.ask(callback="https://other.example/cb")
    stand.callbacks.asked.clear()
    open_one = stand.news
    stand.news = replace(open_one, site=replace(open_one.site, hub=hub), digest="another")
    await stand.round(after=timedelta(minutes=2))
    assert (await stand.count(), stand.callbacks.asked) == (1, []), "the service as a whole has a hub still"
    await stand.store.apply(stand.news, now=stand.now)
    await stand.round()
    await stand.round(after=timedelta(minutes=2))
    told = [(url, fields["hub.mode"], fields["hub.reason"]) for url, fields in stand.callbacks.asked]
    assert sorted(told) == [(url, "denied", HUB_CLOSED) for url in ("https://other.example/cb", CALLBACK)]
    assert await stand.count() == 0


async def test_a_store_that_fails_for_a_moment_keeps_no_subscriber_from_the_news(stand: Stand) -> None:
    await stand.subscribe()
    await stand.report("One")
    stand.failures = 1
    await stand.round()
    assert stand.callbacks.told == []
    await stand.round(after=timedelta(seconds=31))
    assert stand.titles() == ["One"]


async def test_a_clock_that_ran_ahead_delays_no_delivery(stand: Stand) -> None:
    await stand.subscribe()
    stand.callbacks.answers[CALLBACK] = [FAILS, Heard(status=200)]
    await stand.report("One")
    right = stand.now
    await stand.round(after=timedelta(days=9))
    assert len(stand.callbacks.told) == 1
    stand.now = right
    await stand.round()
    assert len(stand.callbacks.told) == 2


async def test_two_processes_may_learn_at_once_what_an_edition_holds(stand: Stand, database_url: str) -> None:
    other = Store.open(database_url)
    try:
        for number in range(20):
            await asyncio.gather(*(store.keep_edition_items(f"e{number}", ("a",)) for store in (stand.store, other)))
        held = await stand.store.edition_items([f"e{number}" for number in range(20)])
    finally:
        await other.close()
    assert set(held.values()) == {frozenset({"a"})}
    assert len(held) == 20


async def test_no_more_subscriptions_are_taken_than_there_is_room_for(stand: Stand) -> None:
    intents = [await stand.ask(callback=f"https://reader.example/cb/{number}") for number in range(3)]
    kept = [one for one in intents if isinstance(one, Intent)]
    full = replace(kept[0], callback="https://reader.example/cb/4")
    elsewhere = replace(kept[0], callback="https://other.example/cb/4")
    assert not await stand.store.ask(full, most=10, most_for_host=3)
    assert not await stand.store.ask(elsewhere, most=3, most_for_host=3)
    assert await stand.store.ask(elsewhere, most=10, most_for_host=3)
    assert await stand.store.ask(kept[0], most=1, most_for_host=1), "whoever is known may ask again"
