"""The price of a poll, from what the database knows of all sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.etiquette import leases
from aggregator.model import Health, Newsroom, Poll, PollOutcome, Rhythm, Schedule, Site, Source
from aggregator.schedule import Pricing
from aggregator.store import Store
from tests.making import NOW, newsroom, source


def rhythm(per_day: float) -> Rhythm:
    return Rhythm(at=NOW, folded=NOW.date(), polls=9, articles=29 * per_day, days=28.0, latest=NOW)


async def keep(store: Store, one: Source, **known: object) -> None:
    schedule = replace(Schedule(source_id=one.id, next_poll=NOW), **known)  # type: ignore[arg-type]
    await store.record(schedule, Poll(source_id=one.id, started=NOW, finished=NOW, outcome=PollOutcome.FRESH))


def pricing(
    store: Store, news: Newsroom, *, polls_per_day: float = 24.0, contact: str | None = "ops@x.example"
) -> Pricing:
    site = Site(polls_per_day=polls_per_day, contact=contact)
    return Pricing(store=store, newsroom=lambda: replace(news, site=site), now=lambda: NOW)


async def test_the_price_follows_from_the_budget_and_what_is_stored(store: Store) -> None:
    quiet, busy = source("quiet"), source("busy")
    news = newsroom(quiet, busy)
    await store.apply(news, now=NOW)
    await keep(store, quiet, rhythm=rhythm(8.0))
    await keep(store, busy, rhythm=rhythm(80.0))
    usual, frugal = pricing(store, news), pricing(store, news, polls_per_day=6.0)
    for one in (usual, frugal):
        await one.reprice()
    # A quarter of the polls is sixteen times the price: an interval goes by its root.
    assert 12 < frugal.prices.everywhere / usual.prices.everywhere < 20
    again = pricing(store, news)
    await again.reprice()
    assert again.prices == usual.prices, "a restart finds the price that it left"


async def test_a_source_that_rests_leaves_its_polls_to_others(store: Store) -> None:
    one, other = source("one"), source("other")
    news = newsroom(one, other)
    await store.apply(news, now=NOW)
    for each in (one, other):
        await keep(store, each, rhythm=rhythm(8.0))
    both = pricing(store, news)
    await both.reprice()
    await keep(store, one, rhythm=rhythm(8.0), failures=4, interval_seconds=timedelta(days=1).total_seconds())
    alone = pricing(store, news)
    await alone.reprice()
    assert alone.prices.everywhere < both.prices.everywhere
    await keep(store, one, rhythm=rhythm(8.0), health=Health.GONE)
    gone = pricing(store, news)
    await gone.reprice()
    assert gone.prices == both.prices, "what is gone has no share, and gives none"


async def test_a_source_that_a_hub_pushes_leaves_its_polls_to_others(store: Store) -> None:
    one, other = source("one"), source("other")
    news = newsroom(one, other)
    await store.apply(news, now=NOW)
    for each in (one, other):
        await keep(store, each, rhythm=rhythm(8.0))
    both = pricing(store, news)
    await both.reprice()
    wanted = leases.Wanted(hubs=("https://hub.example/",), topic=one.url, base="https://news.example/")
    lease = leases.asked_for(wanted, wanted.hubs[0], source_id="one", id="k3", secret="s", trust=1.0, now=NOW)
    assert await store.add_lease(lease)
    assert not await store.add_lease(replace(lease, id="k4")), "one is enough"
    asked = pricing(store, news)
    await asked.reprice()
    assert asked.prices == both.prices, "not verified yet"
    until = NOW + timedelta(days=9)
    await store.change_lease("k3", lambda held: replace(held, verified=NOW, expires=until))
    pushed = pricing(store, news)
    await pushed.reprice()
    assert pushed.prices.everywhere < both.prices.everywhere / 2


async def test_terms_say_what_the_configuration_says(store: Store) -> None:
    news = newsroom(source("paper"))
    await store.apply(news, now=NOW)
    assert pricing(store, news).terms(source("paper"), 0.5).courteous
    unknown = pricing(store, news, contact=None)
    await unknown.reprice()
    terms = unknown.terms(source("paper"), 0.5)
    assert (terms.courteous, terms.jitter, terms.price) == (False, 0.5, unknown.prices.everywhere)
