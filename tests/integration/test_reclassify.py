"""Changed rules and articles stored before: in the background, a step at a time, on both databases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Article, AuthorProfile, ChannelKind, Evidence, Keywords, Newsroom, Section, Title
from aggregator.normalize import Rules, reread
from aggregator.reconfigure import reclassify
from aggregator.store import Reapplied, Store
from tests.making import NOW, category, credit, newsroom, publish, sighting, source

HERALD, TIMES = source("herald"), source("times")
LATER = NOW + timedelta(hours=1)
PERU = Section(slug="peru", title=Title("Peru"), countries=("PE",), parent="andes")
ANDES = Section(slug="andes", title=Title("Andes"))
METALS = Section(slug="metals", title=Title("Metals"), keywords=Keywords(by_language=(("*", ("litio",)),)))


def in_metals(article: Article) -> Collection[str]:
    return ["picks"] if "metals" in article.sections else []


async def put_in_force(store: Store, news: Newsroom) -> bool:
    await store.apply(news, now=NOW)
    return await reclassify.begin(store, news, Rules.of(news), now=NOW)


async def finish(store: Store, news: Newsroom, *, steps: int = 99, limit: int = 100) -> Reapplied:
    did = await store.reapplying()
    for _ in range(steps):
        if did.finished:
            break
        did = await reclassify.step(store, news, Rules.of(news), in_metals, now=LATER, limit=limit)
    return did


async def tell(store: Store, news: Newsroom, *titles: str, of: str = "herald", **changes: object) -> None:
    """Publish articles as the service would: read by the rules in force."""
    where = news.source_by_id[of]
    seen = [sighting(title, of=where, **changes) for title in titles]  # type: ignore[arg-type]
    read = [reread(one, source=where, rules=Rules.of(news)) for one in seen]
    await publish(store, where, *read, selects=in_metals, rules=Rules.of(news).meaning)


async def carried(store: Store, slug: str, kind: ChannelKind = ChannelKind.SECTION) -> set[str]:
    return {article.content.title for article in await store.articles(kind, slug, limit=999)}


@pytest.fixture
async def before(store: Store) -> Newsroom:
    news = newsroom(HERALD, TIMES, sections=(PERU, ANDES))
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Litio en Perú", "Lluvias en Perú", "Litio en Chile", "Nada")
    return news


async def test_the_same_rules_give_nothing_to_do(store: Store, before: Newsroom) -> None:
    assert not await put_in_force(store, before)
    assert (await store.reapplying()).finished


async def test_a_new_section_gets_what_was_stored_before_it_and_an_old_one_loses_what_is_its_no_more(
    store: Store, before: Newsroom
) -> None:
    assert await carried(store, "peru") == {"Litio en Perú", "Lluvias en Perú"}
    after = newsroom(HERALD, TIMES, sections=(Section(slug="peru", title=Title("Peru"), countries=("CL",)), METALS))
    assert await put_in_force(store, after)
    await finish(store, after)
    assert await carried(store, "peru") == {"Litio en Chile"}
    assert await carried(store, "metals") == {"Litio en Perú", "Litio en Chile"}
    assert await carried(store, "picks", ChannelKind.CHANNEL) == {"Litio en Perú", "Litio en Chile"}
    for slug, size in (("peru", 1), ("metals", 2), ("andes", 0)):
        state = await store.channel(ChannelKind.SECTION, slug)
        assert state is not None
        assert state.size == size


async def test_channels_that_show_another_selection_have_another_version(store: Store, before: Newsroom) -> None:
    old = await store.channel(ChannelKind.SECTION, "peru")
    outlet = await store.channel(ChannelKind.OUTLET, "herald")
    after = newsroom(HERALD, TIMES, sections=(PERU, ANDES, METALS))
    await put_in_force(store, after)
    await finish(store, after)
    new = await store.channel(ChannelKind.SECTION, "peru")
    again = await store.channel(ChannelKind.OUTLET, "herald")
    # The article in both sections shows its new one; the outlet carries it too.
    versions = [state.version for state in (old, outlet, new, again) if state]
    assert versions[2] > versions[0]
    assert versions[3] > versions[1]


async def test_evidence_is_that_of_the_rules_in_force(store: Store, before: Newsroom) -> None:
    after = newsroom(HERALD, TIMES, sections=(METALS,))
    await put_in_force(store, after)
    await finish(store, after)
    (found,) = [
        one for one in await store.articles(ChannelKind.SECTION, "metals", limit=9) if "Perú" in one.content.title
    ]
    kinds = {(one.kind, one.value) for _source, one in await store.evidence(found.id) if one.kind != "story"}
    assert kinds == {("country", "PE"), ("section", "metals")}


async def test_who_is_stopped_goes_on_where_it_was(store: Store, before: Newsroom) -> None:
    after = newsroom(HERALD, TIMES, sections=(METALS,))
    await put_in_force(store, after)
    await finish(store, after, steps=2, limit=1)
    half = await store.reapplying()
    assert (half.done, half.total, half.finished) == (2, 4, False)
    # A restart puts the same configuration in force again.
    assert await put_in_force(store, after)
    assert (await store.reapplying()).done == 2
    await finish(store, after)
    assert await carried(store, "metals") == {"Litio en Perú", "Litio en Chile"}


async def test_a_poll_under_way_with_the_old_rules_is_read_again(store: Store, before: Newsroom) -> None:
    after = newsroom(HERALD, TIMES, sections=(METALS,))
    await put_in_force(store, after)
    await finish(store, after)
    await tell(store, before, "Más litio en Perú")
    assert not (await store.reapplying()).finished
    await finish(store, after)
    assert "Más litio en Perú" in await carried(store, "metals")


async def test_what_arrives_meanwhile_is_neither_lost_nor_doubled(store: Store, before: Newsroom) -> None:
    after = newsroom(HERALD, TIMES, sections=(METALS,))
    await put_in_force(store, after)
    for n in range(12):
        await reclassify.step(store, after, Rules.of(after), in_metals, now=LATER, limit=1)
        if n < 3:
            await tell(store, after, f"Litio {n}", of="times")
    assert await carried(store, "metals") == {"Litio en Perú", "Litio en Chile", "Litio 0", "Litio 1", "Litio 2"}
    assert (await store.reapplying()).finished


async def test_other_rules_of_authors_are_applied_too(store: Store) -> None:
    news = newsroom(HERALD)
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Uno", bylines=("Ana Roble and Luis Tejo",))
    profile = AuthorProfile(slug="the-pair", name="The Pair", aliases=("Ana Roble and Luis Tejo",), kind="desk")
    after = newsroom(HERALD, authors=(profile,))
    assert await put_in_force(store, after)
    await finish(store, after)
    (article,) = await store.articles(ChannelKind.OUTLET, "herald", limit=9)
    assert [credit.slug for credit in article.credits] == ["the-pair"]
    assert await carried(store, "ana-roble", ChannelKind.AUTHOR) == set()
    assert await carried(store, "the-pair", ChannelKind.AUTHOR) == {"Uno"}
    await put_in_force(store, news)
    await finish(store, news)
    assert await carried(store, "ana-roble", ChannelKind.AUTHOR) == {"Uno"}, "taken back"


async def test_a_source_that_is_said_to_be_of_a_section_brings_its_articles_there_and_keeps_them_when_it_leaves(
    store: Store,
) -> None:
    news = newsroom(HERALD, TIMES, sections=(METALS,))
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Nada", of="times")
    told = newsroom(HERALD, source("times", sections=("metals",)), sections=(METALS,))
    assert await put_in_force(store, told)
    await finish(store, told)
    assert await carried(store, "metals") == {"Nada"}
    left = newsroom(HERALD, sections=(METALS, ANDES))
    assert await put_in_force(store, left)
    await finish(store, left)
    assert await carried(store, "metals") == {"Nada"}


async def test_a_new_source_is_no_reason_to_read_everything_again(store: Store, before: Newsroom) -> None:
    more = newsroom(HERALD, TIMES, source("post"), sections=before.sections)
    assert not await put_in_force(store, more)


async def test_tags_are_read_again_as_they_were(store: Store) -> None:
    news = newsroom(HERALD)
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Uno", categories=(category("Minería"),))
    after = newsroom(HERALD, sections=(Section(slug="mines", title=Title("Mines"), categories=("mineria",)),))
    await put_in_force(store, after)
    await finish(store, after)
    assert await carried(store, "mines") == {"Uno"}


async def test_the_point_that_an_entry_named_outlives_its_document(store: Store) -> None:
    news = newsroom(HERALD, sections=(PERU, ANDES))
    await put_in_force(store, news)
    await finish(store, news)
    said = Evidence(kind="country", value="PE", rule="S2:point", raw="-12.05 -77.04", weight=0.9, version=1)
    read = reread(sighting("Nada"), source=HERALD, rules=Rules.of(news), said_before=(said,))
    await publish(store, HERALD, read, selects=in_metals, rules=Rules.of(news).meaning)
    await store.restart_reapplying(now=LATER)
    await finish(store, news)
    assert await carried(store, "peru") == {"Nada"}


async def joined_and_parted(store: Store, *, aliases: tuple[str, ...] = (), slug: str = "ana-roble") -> Newsroom:
    """Two people of two outlets whom a profile joins, and who are read again after it left."""
    news = newsroom(HERALD, TIMES)
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Uno", "Dos", bylines=("Ana Roble",))
    await tell(store, news, "Tres", of="times", bylines=(aliases[0] if aliases else "Ana Roble",))
    profile = AuthorProfile(slug=slug, name="Ana Roble", aliases=aliases, outlets=("herald", "times"))
    after = newsroom(HERALD, TIMES, authors=(profile,))
    await put_in_force(store, after)
    await finish(store, after)
    assert await carried(store, slug, ChannelKind.AUTHOR) == {"Uno", "Dos", "Tres"}
    await tell(store, after, "Cuatro", of="times", bylines=("Ana Roble",))
    assert await put_in_force(store, news)
    await finish(store, news)
    return news


async def test_a_profile_that_is_taken_back_leaves_nobody_joined(store: Store) -> None:
    news = await joined_and_parted(store)
    assert await carried(store, "ana-roble", ChannelKind.AUTHOR) == {"Uno", "Dos"}
    assert await carried(store, "ana-roble-times", ChannelKind.AUTHOR) == {"Tres", "Cuatro"}
    assert await store.redirect("author", "ana-roble-times") is None
    await tell(store, news, "Cinco", of="times", bylines=("Ana ROBLE",))
    assert "Cinco" in await carried(store, "ana-roble-times", ChannelKind.AUTHOR)
    authors = [await store.author(slug) for slug in ("ana-roble", "ana-roble-times")]
    assert [one and (one.outlet_id, one.count) for one in authors] == [("herald", 2), ("times", 3)]


async def test_aliases_and_slugs_that_are_taken_back_are_the_people_again_who_bore_them(store: Store) -> None:
    await joined_and_parted(store, aliases=("A. Roble",), slug="roble")
    assert await carried(store, "roble", ChannelKind.AUTHOR) == {"Cuatro"}
    assert await carried(store, "ana-roble", ChannelKind.AUTHOR) == {"Uno", "Dos"}
    assert await carried(store, "a-roble", ChannelKind.AUTHOR) == {"Tres"}


async def test_an_alias_that_is_given_up_takes_its_articles_along(store: Store) -> None:
    news = newsroom(HERALD)
    await put_in_force(store, news)
    await finish(store, news)
    await tell(store, news, "Uno", bylines=("Ana Roble",))
    await tell(store, news, "Dos", bylines=("La Pluma",))
    profile = AuthorProfile(slug="roble", name="Ana Roble", aliases=("La Pluma",))
    for aliases in (("La Pluma",), ()):
        after = newsroom(HERALD, authors=(replace(profile, aliases=aliases),))
        await put_in_force(store, after)
        await finish(store, after)
    assert await carried(store, "roble", ChannelKind.AUTHOR) == {"Uno"}
    assert await carried(store, "la-pluma", ChannelKind.AUTHOR) == {"Dos"}


async def test_whom_a_page_of_their_own_joins_stays_joined_without_a_profile(store: Store) -> None:
    news = newsroom(HERALD, TIMES)
    await put_in_force(store, news)
    for of in (HERALD, TIMES):
        signed = credit("Ana Roble", url="https://roble.example/ana-roble")
        await publish(store, of, sighting(f"In {of.id}", of=of, credits=(signed,)))
    profile = AuthorProfile(slug="ana-roble", name="Ana Roble")
    for authors in ((profile,), ()):
        await put_in_force(store, newsroom(HERALD, TIMES, authors=authors))
    assert len(await carried(store, "ana-roble", ChannelKind.AUTHOR)) == 2


async def test_bylines_that_name_nobody_by_new_rules_name_nobody_any_more(store: Store) -> None:
    news = newsroom(HERALD)
    await put_in_force(store, news)
    stale = sighting("Uno", bylines=("{{author.name}}",), credits=(credit("{{author.name}}"),))
    await publish(store, HERALD, stale)
    await store.restart_reapplying(now=LATER)
    await finish(store, news)
    (article,) = await store.articles(ChannelKind.OUTLET, "herald", limit=9)
    assert article.credits == ()
    assert await store.author("author-name") is None, "no page bears the name"
    assert await store.listing(ChannelKind.AUTHOR) == ()


async def test_a_name_that_was_none_forwards_to_whom_it_means(store: Store) -> None:
    news = newsroom(HERALD)
    await put_in_force(store, news)
    stale = credit("Ana Roble ana post.example")
    told = sighting("Uno", bylines=("Ana Roble ana [at] post.example",), credits=(stale,))
    await publish(store, HERALD, told)
    await store.restart_reapplying(now=LATER)
    await finish(store, news)
    assert await carried(store, "ana-roble", ChannelKind.AUTHOR) == {"Uno"}
    assert await store.redirect("author", "ana-roble-ana-post-example") == "ana-roble"
    (line,) = await store.listing(ChannelKind.AUTHOR)
    assert (line.name, line.count) == ("Ana Roble", 1)
