"""Somebody else's hub, told of every change: at once, once a minute, and again when it was down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from aggregator.model import NO_HUB, ChannelKind
from aggregator.publish import FORMATS
from aggregator.push.answers import Heard
from aggregator.store import Store
from aggregator.web.status_feed import status_feed
from tests.integration.test_hub import Stand
from tests.making import publish, sighting
from tests.newsstand import FEEDS, fill, newsroom_at

HUB = "https://hub.example/"
MINUTE = timedelta(minutes=1)
TOPICS = {
    f"https://wire.example/{path}.{format}"
    for path in ("outlets/andes-post", "sources/andes-post")
    for format in FORMATS
}


@pytest.fixture
async def stand(store: Store) -> Stand:
    plain = newsroom_at()
    news = replace(plain, site=replace(plain.site, hub=HUB))
    await fill(store, news)
    stand = Stand(store, news)
    await tell(stand)
    return stand


async def tell(stand: Stand, after: timedelta = timedelta(0)) -> None:
    stand.now += after
    await stand.hub.tell()
    await stand.hub.settled()


def told(stand: Stand) -> Iterator[str]:
    """The topics of every ping, in order."""
    for url, body, headers in stand.callbacks.told:
        fields = parse_qs(body.decode())
        assert (url, headers["Content-Type"]) == (HUB, "application/x-www-form-urlencoded")
        assert fields["hub.mode"] == ["publish"]
        assert fields["hub.url"] == fields["hub.topic"]
        yield fields["hub.topic"][0]


async def test_what_there_was_before_is_no_news_to_it(stand: Stand) -> None:
    assert stand.callbacks.told == []


async def test_it_is_told_of_every_topic_that_changed_and_of_no_other(stand: Stand) -> None:
    await stand.report("Copper at a record")
    await tell(stand)
    topics = list(told(stand))
    assert set(topics) == TOPICS
    assert len(topics) == len(TOPICS)
    await tell(stand, after=MINUTE)
    assert len(stand.callbacks.told) == len(TOPICS)


async def test_changes_within_a_minute_are_told_once_and_none_is_lost(stand: Stand) -> None:
    await stand.report("One")
    await tell(stand)
    stand.callbacks.told.clear()
    await stand.report("Two")
    await tell(stand)
    await stand.report("Three")
    await tell(stand, after=timedelta(seconds=50))
    assert stand.callbacks.told == []
    await tell(stand, after=timedelta(seconds=9))
    assert set(told(stand)) == TOPICS
    assert len(stand.callbacks.told) == len(TOPICS)


async def test_private_channels_are_told_to_nobody(stand: Stand) -> None:
    letter = sighting("Another letter", of=FEEDS[3])
    await publish(stand.store, FEEDS[3], letter, now=stand.now, selects=lambda _: ["desk"])
    await tell(stand)
    assert not [topic for topic in told(stand) if "desk" in topic or "insider" in topic.partition("sources/")[2]]


async def test_a_hub_that_is_down_is_left_in_peace_and_told_everything_later(stand: Stand) -> None:
    stand.callbacks.answers[HUB] = [Heard(error="no connection")]
    await stand.report("Copper at a record")
    await tell(stand)
    first = len(stand.callbacks.told)
    assert first <= 8
    await tell(stand, after=timedelta(seconds=59))
    assert len(stand.callbacks.told) == first
    await tell(stand, after=timedelta(seconds=1))
    assert len(stand.callbacks.told) == first + 1, "a hub that failed is asked for one thing first"
    held = await stand.store.outside_hub()
    assert held is not None
    assert (held.failures, held.error, held.due - stand.now) == (2, "no connection", timedelta(minutes=5))
    stand.hub, stand.callbacks.answers = stand.start(), {}  # another process, the same store
    stand.callbacks.told.clear()
    await tell(stand, after=timedelta(minutes=5))
    assert set(told(stand)) == TOPICS
    held = await stand.store.outside_hub()
    assert held is not None
    assert (held.failures, held.error) == (0, "")
    assert await stand.store.waiting_pings(tuple(FORMATS)) == 0


async def test_operators_see_a_hub_that_does_not_answer_until_it_does(stand: Stand) -> None:
    async def problems() -> list[tuple[str, bool]]:
        return [(one.health, one.ended is not None) for one in await stand.store.problems(limit=9, private=True)]

    stand.callbacks.answers[HUB] = [Heard(status=503)]
    await stand.report("Copper at a record")
    await tell(stand)
    assert await problems() == [], "once is a blip"
    await tell(stand, after=MINUTE)
    assert await problems() == [("unreachable", False)]
    entries = status_feed(stand.news.site, await stand.store.problems(limit=9, private=True), {}).decode()
    assert "The hub that we tell of news is unreachable" in entries
    assert "https://hub.example/: answered 503" in entries
    stand.callbacks.answers = {}
    await tell(stand, after=timedelta(minutes=5))
    assert await problems() == [("unreachable", True)]


async def test_a_hub_that_will_not_have_a_topic_is_not_asked_again_until_it_changes(stand: Stand) -> None:
    stand.callbacks.answers[HUB] = [Heard(status=404)]
    await stand.report("Copper at a record")
    await tell(stand)
    assert len(stand.callbacks.told) == len(TOPICS)
    await tell(stand, after=timedelta(hours=1))
    assert len(stand.callbacks.told) == len(TOPICS)
    (problem,) = await stand.store.problems(limit=9, private=True)
    assert (problem.health, problem.evidence) == ("refused", "https://hub.example/: answered 404")


async def test_another_hub_begins_with_what_changes_from_then_on(stand: Stand) -> None:
    await stand.report("Copper at a record")
    stand.news = replace(stand.news, site=replace(stand.news.site, hub="https://other.example/"))
    await tell(stand)
    assert stand.callbacks.told == []
    await stand.report("Tin at a record")
    await tell(stand)
    assert {url for url, *_ in stand.callbacks.told} == {"https://other.example/"}
    stand.news = replace(stand.news, site=replace(stand.news.site, hub=NO_HUB))
    stand.callbacks.told.clear()
    await stand.report("Zinc at a record")
    await tell(stand, after=MINUTE)
    assert (stand.callbacks.told, await stand.store.outside_hub()) == ([], None)


async def test_two_processes_tell_it_once(stand: Stand) -> None:
    await stand.report("Copper at a record")
    other = stand.start()
    await stand.hub.tell()
    await other.tell()
    await stand.hub.settled()
    await other.settled()
    assert sorted(told(stand)) == sorted(TOPICS)
    assert await stand.store.channel(ChannelKind.OUTLET, "andes-post") is not None
