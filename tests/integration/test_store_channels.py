"""Channels: what they carry, in what order, and when they change."""

from __future__ import annotations

from datetime import timedelta

from aggregator import query
from aggregator.model import Article, Channel, ChannelKind, Order, Stories, Title
from aggregator.store import Store
from tests.making import NOW, batch, newsroom, publish, revised, section_evidence, sighting, source, unchanged

HERALD, TIMES, POST = source("herald"), source("times"), source("post")
SECRET = source("secret", private=True)
HEADLINE = "Parliament votes on the new budget law"
LATER = NOW + timedelta(hours=1)


def channel(slug: str = "picks", **changes: object) -> Channel:
    values: dict[str, object] = {"where": "budget", "title": Title(slug), **changes}
    return Channel(kind=ChannelKind.CHANNEL, slug=slug, **values)  # type: ignore[arg-type]


def always(slug: str = "picks") -> object:
    return lambda _article: [slug]


async def carried(store: Store, slug: str = "picks", kind: ChannelKind = ChannelKind.CHANNEL) -> list[str]:
    return [article.content.title for article in await store.articles(kind, slug, limit=99)]


async def test_a_channel_pages_from_newest_to_oldest(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    seen = [sighting(f"Thing {n}", published=NOW - timedelta(minutes=n)) for n in range(7)]
    await publish(store, HERALD, *seen, first=True)
    first = await store.articles(ChannelKind.OUTLET, "herald", limit=4)
    rest = await store.articles(ChannelKind.OUTLET, "herald", limit=4, before=first[-1].key)
    assert [one.content.title for one in (*first, *rest)] == [f"Thing {n}" for n in range(7)]


async def test_a_channel_by_publication_pages_by_publication(store: Store) -> None:
    await store.apply(newsroom(HERALD, channels=(channel(order=Order.PUBLISHED),)), now=NOW)
    for n in range(5):
        seen = sighting(f"Thing {n}", published=NOW - timedelta(days=n))
        await publish(store, HERALD, seen, now=NOW + timedelta(minutes=n), selects=lambda _article: ["picks"])
    first = await store.articles(ChannelKind.CHANNEL, "picks", limit=2)
    rest = await store.articles(ChannelKind.CHANNEL, "picks", limit=9, before=first[-1].key)
    assert [one.content.title for one in (*first, *rest)] == [f"Thing {n}" for n in range(5)]


async def test_one_headline_in_two_outlets_within_a_day_is_one_story(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    (here,) = (await publish(store, HERALD, sighting(HEADLINE))).new
    (there,) = (await publish(store, TIMES, sighting(HEADLINE, of=TIMES), now=LATER)).new
    (late,) = (await publish(store, POST, sighting(HEADLINE, of=POST), now=NOW + timedelta(days=3))).new
    assert (here.story, there.story, late.story) == (here.id, here.id, late.id)
    (shown,) = await store.articles(ChannelKind.OUTLET, "herald", limit=9)
    assert [mate.id for mate in shown.also_in] == [there.id]
    assert [article.id for article in await store.story(here.id)] == [here.id, there.id]
    state = await store.channel(ChannelKind.OUTLET, "herald")
    assert state is not None
    assert state.changed == LATER


async def test_one_headline_twice_in_one_outlet_is_two_stories(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    (first,) = (await publish(store, HERALD, sighting(HEADLINE))).new
    again = sighting(HEADLINE, guid="another", url="https://herald.example/another")
    (second,) = (await publish(store, HERALD, again, now=LATER)).new
    assert second.story == second.id != first.id


async def test_a_channel_of_stories_carries_the_first_and_never_swaps_it(store: Store) -> None:
    picks = channel(stories=Stories(mode="prefer", prefer=("times",)))
    await store.apply(newsroom(HERALD, TIMES, channels=(picks, channel("every"))), now=NOW)

    def selects(_article: Article) -> list[str]:
        return ["picks", "every"]

    (here,) = (await publish(store, HERALD, sighting(HEADLINE), selects=selects)).new
    await publish(store, TIMES, sighting(HEADLINE, of=TIMES), now=LATER, selects=selects)
    assert [one.id for one in await store.articles(ChannelKind.CHANNEL, "picks", limit=9)] == [here.id]
    assert len(await carried(store, "every")) == 2
    await store.refill(picks, query.parse("budget"), now=LATER)
    assert [one.id for one in await store.articles(ChannelKind.CHANNEL, "picks", limit=9)] == [here.id]


async def test_a_channel_filled_anew_prefers_as_configured(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    await publish(store, HERALD, sighting(HEADLINE), sighting("Unrelated"))
    (there,) = (await publish(store, TIMES, sighting(HEADLINE, of=TIMES), now=LATER)).new
    picks = channel(stories=Stories(mode="prefer", prefer=("times",)))
    applied = await store.apply(newsroom(HERALD, TIMES, channels=(picks,)), now=LATER)
    assert applied.changed_channels == {"picks"}
    await store.refill(picks, query.parse(picks.where), now=LATER)
    (shown,) = await store.articles(ChannelKind.CHANNEL, "picks", limit=9)
    assert shown.id == there.id
    await store.refill(picks, query.parse("unrelated"), now=LATER)
    assert await carried(store) == ["Unrelated"]


async def test_when_a_representative_goes_another_stands_in(store: Store) -> None:
    picks = channel(stories=Stories(mode="first"))
    await store.apply(newsroom(HERALD, TIMES, channels=(picks,)), now=NOW)
    await publish(store, HERALD, sighting(HEADLINE), selects=lambda _article: ["picks"])
    (there,) = (
        await publish(store, TIMES, sighting(HEADLINE, of=TIMES), now=LATER, selects=lambda _article: ["picks"])
    ).new
    gone = source("herald", withdrawn=True)
    await store.apply(newsroom(gone, TIMES, channels=(picks,)), now=LATER)
    (shown,) = await store.articles(ChannelKind.CHANNEL, "picks", limit=9)
    assert (shown.id, shown.also_in) == (there.id, ())


async def test_a_revision_may_enter_and_leave_a_channel(store: Store) -> None:
    await store.apply(newsroom(HERALD, channels=(channel(),)), now=NOW)

    def selects(article: Article) -> list[str]:
        return ["picks"] if "budget" in article.content.title.lower() else []

    seen = sighting("Quiet day")
    (article,) = (await publish(store, HERALD, seen, selects=selects)).new
    assert await carried(store) == []
    for title in ("Budget day", "Quiet day again"):
        better = sighting(title, guid=seen.guid, url=seen.content.url)
        await store.write(batch(HERALD, revised(better, article), selects=selects), now=LATER)
        assert await carried(store) == ([title] if "Budget" in title else [])
    state = await store.channel(ChannelKind.CHANNEL, "picks")
    assert state is not None
    assert state.size == 0


async def test_private_articles_are_in_token_channels_alone(store: Store) -> None:
    open_picks, closed = channel("open"), channel("closed", tokens=("t" * 20,))
    await store.apply(newsroom(SECRET, HERALD, channels=(open_picks, closed)), now=NOW)
    seen = sighting(
        HEADLINE, of=SECRET, sections=("politics",), evidence=(section_evidence("politics"),), by=["Ana López"]
    )
    (article,) = (await publish(store, SECRET, seen, selects=lambda _article: ["open", "closed"])).new
    for refilled in (False, True):
        if refilled:
            for one in (open_picks, closed):
                await store.refill(one, query.parse("section:politics budget"), now=LATER)
        assert await carried(store, "closed") == [HEADLINE]
        assert await carried(store, "open") == []
    for kind, slug in (
        (ChannelKind.SECTION, "politics"),
        (ChannelKind.AUTHOR, "ana-lopez"),
        (ChannelKind.OUTLET, "secret"),
        (ChannelKind.SOURCE, "secret"),
    ):
        assert await carried(store, slug, kind) == [], slug
        state = await store.channel(kind, slug)
        assert state is not None
        assert state.size == 0, slug
    (mate,) = (await publish(store, HERALD, sighting(HEADLINE))).new
    assert mate.story == mate.id
    assert [line.slug for line in await store.listing(ChannelKind.SOURCE)] == ["herald"]
    assert [line.slug for line in await store.listing(ChannelKind.CHANNEL)] == ["open"]
    held = await store.article(article.id)
    assert held is not None
    assert held.sections == ("politics",)


async def test_an_open_source_opens_an_article_of_a_private_one(store: Store) -> None:
    feed = source("secret-open", of=SECRET.outlet)
    await store.apply(newsroom(SECRET, feed), now=NOW)
    seen = sighting(HEADLINE, of=SECRET, sections=("politics",))
    (article,) = (await publish(store, SECRET, seen)).new
    await store.write(batch(feed, unchanged(sighting(HEADLINE, of=feed), article)), now=LATER)
    (shown,) = await store.articles(ChannelKind.SECTION, "politics", limit=9)
    assert (shown.sources, shown.source_id) == (("secret-open",), "secret-open")
    assert await carried(store, "secret", ChannelKind.SOURCE) == []
    assert await carried(store, "secret-open", ChannelKind.SOURCE) == [HEADLINE]


async def test_withdrawing_a_source_empties_every_output_and_restoring_fills_them(store: Store) -> None:
    await store.apply(newsroom(HERALD, channels=(channel(),)), now=NOW)
    seen = sighting(HEADLINE, sections=("politics",), by=["Ana López"])
    await publish(store, HERALD, seen, selects=lambda _article: ["picks"])
    places = [
        (ChannelKind.SECTION, "politics"),
        (ChannelKind.AUTHOR, "ana-lopez"),
        (ChannelKind.OUTLET, "herald"),
        (ChannelKind.SOURCE, "herald"),
        (ChannelKind.CHANNEL, "picks"),
    ]
    gone = await store.apply(newsroom(source("herald", withdrawn=True), channels=(channel(),)), now=LATER)
    assert [await carried(store, slug, kind) for kind, slug in places] == [[]] * 5
    for kind, slug in places:
        state = await store.channel(kind, slug)
        assert state is not None
        assert (state.size, state.changed) == (0, LATER)
    assert (await store.search(query.parse("budget"), now=LATER, limit=9, private=True)).articles == ()
    assert gone.changed_channels == {"picks"}
    await store.apply(newsroom(HERALD, channels=(channel(),)), now=LATER)
    await store.refill(channel(), query.parse("budget"), now=LATER)
    assert [await carried(store, slug, kind) for kind, slug in places] == [[HEADLINE]] * 5


async def test_lists_count_what_is_carried(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    await publish(store, HERALD, sighting("One", by=["Ana López"]), sighting("Two"))
    lines = await store.listing(ChannelKind.OUTLET)
    assert [(one.slug, one.name, one.count, one.latest) for one in lines] == [
        ("herald", "Herald", 2, NOW),
        ("times", "Times", 0, None),
    ]
    assert [one.slug for one in await store.listing(ChannelKind.OUTLET, after="herald")] == ["times"]
    assert [one.slug for one in await store.listing(ChannelKind.OUTLET, limit=1)] == ["herald"]
    (author,) = await store.listing(ChannelKind.AUTHOR)
    assert (author.name, author.outlet_id) == ("Ana López", "herald")


async def test_an_unknown_channel_is_none_and_carries_nothing(store: Store) -> None:
    assert await store.channel(ChannelKind.SECTION, "nowhere") is None
    assert await store.articles(ChannelKind.SECTION, "nowhere", limit=9) == ()
