"""Archive pages: every article once, never more than a feed, and nobody misses one who follows them as RFC 5005 has it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.model import Channel, ChannelKind, Order, Span, Title, lowest_key
from aggregator.store import Store
from aggregator.syndicate.channels import Selector
from tests.making import newsroom, publish, sighting, source
from tests.newsstand import browser, desk_of

BEGIN = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
MOST = 3

moments = st.integers(0, int(timedelta(days=90).total_seconds() * 1000)).map(
    lambda ms: BEGIN + timedelta(milliseconds=ms)
)
keys = st.lists(
    st.builds(lambda at, tie: lowest_key(at) + tie, moments, st.integers(0, 2**21 - 1)),
    min_size=1,
    max_size=60,
    unique=True,
)


def page_of(key: int, held: Sequence[int], most: int) -> Span:
    """As the store finds it: from the nearest keys alone."""
    below = sorted(one for one in held if one < key)[-most:]
    above = sorted(one for one in held if one > key)[:most]
    return Span.around(key, (*below, *above), most)


@given(keys, st.integers(1, 9))
def test_pages_share_out_what_there_is_and_none_holds_more_than_a_feed(held: list[int], most: int) -> None:
    pages = {page_of(key, held, most) for key in held}
    for page in pages:
        assert 1 <= sum(key in page for key in held) <= most
    for key in held:
        assert sum(key in page for page in pages) == 1


@given(keys, st.integers(1, 9))
def test_a_page_is_found_again_by_its_name(held: list[int], most: int) -> None:
    for key in held:
        page = page_of(key, held, most)
        assert Span.named(page.name) == page


@given(keys, keys, st.integers(1, 9))
def test_what_is_listed_later_leaves_finished_pages_as_they_are(before: list[int], more: list[int], most: int) -> None:
    newest = page_of(max(before), before, most)
    later = [max(before) + 1 + key - lowest_key(BEGIN) for key in more]
    for key in before:
        if key not in newest:
            assert page_of(key, [*before, *later], most) == page_of(key, before, most)


HERALD = source("herald")
LATECOMERS = tuple(source(f"latecomer-{number}") for number in range(3))
CHANNELS = tuple(
    Channel(kind=ChannelKind.CHANNEL, slug=order.value, title=Title(order.value), where="*", limit=MOST, order=order)
    for order in Order
)
NEWS = newsroom(HERALD, *LATECOMERS, channels=CHANNELS)
# Minutes that pass; how many articles then come; how many hours ago they say that they were published; whether a source
# that is new brings them; whether our reader looks.
steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 30, 60 * 24, 60 * 24 * 20]),
        st.integers(0, 5),
        st.sampled_from([0, 5, 24 * 40]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class Reader:
    """Follows a feed as RFC 5005 §4.2 has it: back through archive pages until one that it has read."""

    def __init__(self, client: httpx.AsyncClient, feed: str) -> None:
        self._client, self._feed = client, feed
        self.read: set[str] = set()
        self.seen: set[str] = set()

    async def look(self) -> None:
        older = await self._take(self._feed)
        while older is not None and older not in self.read:
            self.read.add(older)
            older = await self._take(older)

    async def look_at_the_page_that_grows(self, now: datetime) -> None:
        base, month = self._feed.removesuffix(".atom"), now.replace(day=1)
        for _back in range(12):
            address = f"{base}/archive/{month:%Y-%m}.atom"
            if (await self._client.get(address)).status_code == 200:
                await self._take(address)
                return
            month = (month - timedelta(days=1)).replace(day=1)

    async def _take(self, address: str) -> str | None:
        answer = await self._client.get(address)
        assert answer.status_code == 200, address
        feed = etree.fromstring(answer.content)
        titles = [str(title.text) for title in feed.iterfind(f"{ATOM}entry/{ATOM}title")]
        assert len(titles) <= MOST
        self.seen.update(titles)
        links = {link.get("rel"): link.get("href") for link in feed.iterfind(f"{ATOM}link")}
        return links.get("prev-archive")


# An example is a database: to shrink one takes minutes.
@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
@example([(0, 4, 0, False, True), (0, 1, 0, False, True)])  # more than a feed in one moment, and more in the same
@example([(0, 0, 0, False, False)] * 5 + [(0, 4, 0, False, True)] + [(0, 1, 0, False, True)] * 6)
@example([(28800, 2, 960, False, False), (28800, 2, 960, True, False)])  # on the first of March, what grows is February
def test_a_reader_that_comes_when_it_likes_misses_nothing_and_archives_hold_everything(
    sqlite_template: Path, history: list[tuple[int, int, int, bool, bool]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "aggregator.db"
        shutil.copyfile(sqlite_template, path)
        asyncio.run(_lived(f"sqlite:///{path}", history))


async def _lived(url: str, history: list[tuple[int, int, int, bool, bool]]) -> None:
    store, now, listed = Store.open(url), BEGIN, set[str]()
    new_sources = iter(LATECOMERS)
    await store.apply(NEWS, now=now)
    async with browser(desk_of(store, NEWS, now=lambda: now)) as client:
        regular = Reader(client, "https://wire.example/channels/listed.atom")
        expected = set[str]()
        for number, (minutes, count, ago, fresh, looks) in enumerate(history):
            now += timedelta(minutes=minutes)
            latecomer = next(new_sources, None) if fresh else None
            of = latecomer or HERALD
            titles = [f"News {number}.{one}" for one in range(count)]
            seen = [sighting(title, of=of, published=now - timedelta(hours=ago)) for title in titles]
            selects = Selector.of(NEWS, lambda at=now: at)  # type: ignore[misc]
            await publish(store, of, *seen, now=now, first=latecomer is not None, selects=selects)
            listed.update(titles)
            if latecomer is None:  # what a new source's first document brings may lie in pages that were read
                expected.update(titles)
            if looks:
                await regular.look()
                assert expected <= regular.seen
        for order in Order:
            beginner = Reader(client, f"https://wire.example/channels/{order.value}.atom")
            await beginner.look()
            if order is Order.PUBLISHED:  # what was listed last need not be what was published last
                await beginner.look_at_the_page_that_grows(now)
            assert beginner.seen == listed
    await store.close()
