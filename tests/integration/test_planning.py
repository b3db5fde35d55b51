"""What a plan says is what going live does: on both databases, without a write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from aggregator.model import AuthorProfile, Channel, ChannelKind, Keywords, Newsroom, Section, Stories, Title
from aggregator.normalize import Rules, reread
from aggregator.reconfigure import reclassify
from aggregator.reconfigure.planning import Address, Effect, Tally, differences, effects
from aggregator.store import Store
from aggregator.syndicate.channels import Selector, Syndicate
from tests.making import NOW, newsroom, outlet, publish, sighting, source

HERALD, TIMES = source("herald"), source("times", of=outlet("times", country="AR", language="es"))
INSIDER = source("insider", private=True)
PERU = Section(slug="peru", title=Title("Peru"), countries=("PE",), parent="andes")
ANDES = Section(slug="andes", title=Title("Andes"))
METALS = Section(slug="metals", title=Title("Metals"), keywords=Keywords(by_language=(("*", ("litio",)),)))
ANA = AuthorProfile(slug="ana-ruiz", name="Ana Ruiz", aliases=("Carla Sol",))


def channel(slug: str, where: str, **changes: Any) -> Channel:
    return replace(Channel(kind=ChannelKind.CHANNEL, slug=slug, title=Title(slug), where=where), **changes)


RAIN = channel("rain", "lluvias")
DESK = channel("desk", "litio", tokens=("t",))
BEFORE: dict[str, Any] = {"sections": (PERU, ANDES), "authors": (ANA,), "channels": (RAIN, DESK)}


def changed(*sources: Any, **changes: Any) -> Newsroom:
    return newsroom(*(sources or (HERALD, TIMES, INSIDER)), **(BEFORE | changes))


async def go_live(store: Store, news: Newsroom) -> None:
    """All that taking up a configuration does, to the end."""
    applied = await store.apply(news, now=NOW)
    await Syndicate(store, lambda: news, lambda: NOW).refill(applied.changed_channels)
    selects, rules = Selector.of(news, lambda: NOW), Rules.of(news)
    await reclassify.begin(store, news, rules, now=NOW)
    while not (await reclassify.step(store, news, rules, selects, now=NOW)).finished:
        pass


async def tell(store: Store, news: Newsroom, of: str, *told: tuple[str, Sequence[str]]) -> None:
    where, rules = news.source_by_id[of], Rules.of(news)
    seen = [reread(sighting(title, by=by, of=where, language="es"), source=where, rules=rules) for title, by in told]
    await publish(store, where, *seen, selects=Selector.of(news, lambda: NOW), rules=rules.meaning)


@pytest.fixture
async def before(store: Store) -> Newsroom:
    news = changed()
    await go_live(store, news)
    await tell(store, news, "herald", ("Litio en Perú", ["Ana Ruiz"]), ("Lluvias en Perú", ["A. Ruiz"]), ("Nada", []))
    await tell(store, news, "times", ("Litio en Chile", ["Bruno Paz"]), ("Lluvias en Chile", ["Carla Sol"]))
    await tell(store, news, "insider", ("Litio en secreto", ["Ana Ruiz"]))
    return news


async def planned(
    store: Store, old: Newsroom | None, new: Newsroom, *, in_force: bool = True, most: int = 999
) -> Tally:
    steps = effects(store, new, old=old, in_force=in_force, most=most, now=lambda: NOW)
    return ([Tally()] + [tally async for tally in steps])[-1]


async def places(store: Store) -> Counter[tuple[Address, str]]:
    held = await store.stored(limit=999)
    return Counter((address, one.article.id) for one in held for address in one.places)


def read(tally: Tally) -> dict[str, str]:
    return {f"{one.kind.folder}/{one.slug}": f"{one.articles} +{one.added} -{one.removed}" for one in tally.effects()}


CHANGES = {
    "nothing": changed(),
    "a query": changed(channels=(channel("rain", "lluvias OR litio"), DESK)),
    "a query that loses": changed(channels=(channel("rain", "chile"), DESK)),
    "one article for each story": changed(channels=(channel("rain", "litio", stories=Stories(mode="first")), DESK)),
    "a channel more and one less": changed(channels=(RAIN, channel("all", "*"))),
    "a channel removed": changed(channels=(replace(RAIN, removed=True, where=""), DESK)),
    "a channel that opens": changed(channels=(RAIN, replace(DESK, tokens=()))),
    "another country": changed(sections=(replace(PERU, countries=("CL",)), ANDES)),
    "a section more": changed(sections=(PERU, ANDES, METALS)),
    "a section less": changed(sections=(ANDES, METALS)),
    "a section that a query asks for": changed(
        sections=(PERU, ANDES, METALS), channels=(channel("rain", "section:metals"), DESK)
    ),
    "an alias": changed(authors=(replace(ANA, aliases=("A. Ruiz", "Bruno Paz")),)),
    "an alias in one outlet": changed(authors=(replace(ANA, aliases=("Bruno Paz",), outlets=("times",)),)),
    "an alias given up": changed(authors=(replace(ANA, aliases=()),)),
    "an author less": changed(authors=()),
    "an author more": changed(authors=(ANA, AuthorProfile(slug="bruno", name="Bruno Paz"))),
    "an author that a query asks for": changed(
        authors=(replace(ANA, aliases=("Bruno Paz",)),), channels=(channel("rain", "author:ana-ruiz"), DESK)
    ),
    "a source that closes": changed(HERALD, replace(TIMES, private=True), INSIDER),
    "a source that opens": changed(HERALD, TIMES, replace(INSIDER, private=False)),
    "a source withdrawn": changed(replace(HERALD, withdrawn=True), TIMES, INSIDER),
    "a source that leaves": changed(HERALD, INSIDER),
    "a source more": changed(HERALD, TIMES, INSIDER, source("post")),
    "a source renamed": changed(HERALD, replace(TIMES, id="daily"), INSIDER),
    "sections of a source": changed(HERALD, replace(TIMES, sections=("andes",)), INSIDER),
    "an outlet's country": changed(HERALD, replace(TIMES, outlet=replace(TIMES.outlet, country="PE")), INSIDER),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_plan_says_what_going_live_does(store: Store, before: Newsroom, what: str) -> None:
    new, there = CHANGES[what], await places(store)
    digest = await store.configuration()
    tally = await planned(store, before, new)
    assert (await places(store), await store.configuration()) == (there, digest), "nothing was written"
    await go_live(store, new)
    here = await places(store)
    renamed = dict(differences(before, new)["sources"].renamed)
    there = Counter(
        ((kind, renamed.get(slug, slug) if kind is ChannelKind.SOURCE else slug), id) for (kind, slug), id in there
    )
    assert dict(tally.added) == dict(Counter(address for address, _id in here - there))
    assert dict(tally.removed) == dict(Counter(address for address, _id in there - here))
    assert bool(tally.effects()) == (there != here)


async def test_two_configurations_are_compared_without_regard_to_what_is_in_force(
    store: Store, before: Newsroom
) -> None:
    old, new = changed(sections=(PERU, METALS)), changed(sections=(replace(PERU, countries=("CL",)), METALS))
    tally = await planned(store, old, new, in_force=False)
    assert read(tally) == {"sections/andes": "2 +2 -2", "sections/peru": "2 +2 -2"}


async def test_a_plan_reads_no_more_than_it_is_told_the_newest_first(store: Store, before: Newsroom) -> None:
    tally = await planned(store, before, changed(channels=(channel("rain", "*"), DESK)), most=2)
    assert tally.read == 2
    assert sum(tally.added.values()) <= 2


async def test_without_a_configuration_in_force_everything_is_new(store: Store) -> None:
    tally = await planned(store, Newsroom(), changed())
    assert (tally.read, tally.effects()) == (0, ())


def test_an_effect_is_told_by_channel_then_section_then_author() -> None:
    addresses = [
        (ChannelKind.SOURCE, "a"),
        (ChannelKind.AUTHOR, "a"),
        (ChannelKind.CHANNEL, "b"),
        (ChannelKind.CHANNEL, "a"),
    ]
    tally = Tally(read=3, held=Counter(addresses), added=Counter(addresses))
    assert [(one.kind, one.slug) for one in tally.effects()] == [addresses[3], addresses[2], addresses[1], addresses[0]]
    assert tally.effects()[0] == Effect(kind=ChannelKind.CHANNEL, slug="a", articles=1, added=1, removed=0)


def test_differences_name_what_changed_and_never_its_value() -> None:
    old = changed(replace(HERALD, headers=(("Authorization", "one"),)), TIMES)
    new = changed(replace(HERALD, headers=(("Authorization", "two"),)), replace(TIMES, id="daily"), source("post"))
    found = differences(old, replace(new, site=replace(new.site, url="https://other.example")))
    assert found["site"].changed == {"site": ("url",)}
    assert (found["sources"].added, found["sources"].removed) == (("post",), ())
    assert found["sources"].renamed == (("times", "daily"),)
    assert found["sources"].changed == {"herald": ("headers",)}
    assert found["outlets"].added == ("post",)
    assert not found["sections"]
