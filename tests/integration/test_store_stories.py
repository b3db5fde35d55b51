"""Stories in the database: how they grow, merge, split and forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.errors import DecisionError
from aggregator.model import Action, Article, ChannelKind, Credit, Decision, Source
from aggregator.query import parse
from aggregator.store import Store
from tests.making import NOW, credit, newsroom, outlet, publish, sighting, source

HERALD, TIMES, POST = source("herald"), source("times"), source("post")
SOURCES = (HERALD, TIMES, POST)
SECRET = source("secret", private=True)
FERRY = ("Ferry sinks near Isla Margarita, 30 missing", "A ferry with 60 aboard sank off Isla Margarita on Sunday")
VOTE = ("Senate votes on lithium", "Senators in Valparaíso vote")
AGAIN = ("Isla Margarita ferry sinks: 30 missing", "Sixty were aboard the ferry that sank off Isla Margarita")


async def report(
    store: Store, of: Source, told: tuple[str, str], *, hours: float = 0, published: datetime | None = None
) -> Article:
    """One more article, `hours` after the start."""
    now = NOW + timedelta(hours=hours)
    url = f"https://{of.id}.example/{hours}"
    seen = sighting(told[0], summary=told[1], guid=url, url=url, of=of, published=published or now)
    (article,) = (await publish(store, of, seen, now=now)).new
    return article


async def test_an_event_told_in_other_words_is_one_story_and_says_why(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    first = await report(store, HERALD, FERRY)
    second = await report(store, TIMES, AGAIN, hours=5)
    assert second.story == first.id
    ((source_id, reason),) = await store.evidence(second.id)
    assert (source_id, reason.kind, reason.rule, reason.raw) == ("times", "story", "same_story", FERRY[0])
    ((id, told),) = await store.stories(limit=9)
    assert (id, [one.id for one in told]) == (first.id, [first.id, second.id])


async def test_a_restart_changes_no_answer(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    first = await report(store, HERALD, FERRY)
    again = Store(store._database)
    second = await report(again, TIMES, AGAIN, hours=1)
    third = await report(store, POST, FERRY, hours=2)
    assert {first.story, second.story, third.story} == {first.id}


async def test_what_was_told_days_ago_and_what_is_private_begin_no_story(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST, SECRET), now=NOW)
    await report(store, SECRET, FERRY)
    first = await report(store, HERALD, FERRY, hours=1)
    old = await report(store, TIMES, FERRY, hours=2, published=NOW - timedelta(days=5))
    late = await report(store, POST, FERRY, hours=90)
    assert [one.story == one.id for one in (first, old, late)] == [True, True, True]


async def test_a_reprint_points_to_the_agencys_own_article_also_where_that_came_later(store: Store) -> None:
    agency = source("agency", of=outlet("agency", title="Agencia EFE"))
    await store.apply(newsroom(HERALD, TIMES, agency), now=NOW)
    text = " ".join(f"word{number}" for number in range(40))

    async def report_copy(of: Source, title: str, hours: int, *by: Credit) -> Article:
        now = NOW + timedelta(hours=hours)
        url = f"https://{of.id}.example/{hours}"
        seen = sighting(title, summary=text, guid=url, url=url, of=of, credits=by, published=now)
        return (await publish(store, of, seen, now=now)).new[0]

    async def said(article: Article) -> tuple[str, str]:
        ((_source, reason),) = [one for one in await store.evidence(article.id) if one[1].kind == "story"]
        return reason.rule, reason.raw

    efe = credit("EFE", kind="organisation")
    reprint = await report_copy(HERALD, "Reprinted under a headline", 0, efe)
    original = await report_copy(agency, "The agency tells it first hand", 1, credit("Ana Ruiz"))
    second = await report_copy(TIMES, "Printed once more elsewhere", 2, efe)
    assert reprint.id == original.story == second.story
    assert await said(reprint) == ("copy_of", "The agency tells it first hand")
    assert await said(original) == ("copied_by", "Reprinted under a headline")
    assert (await said(second))[0] == "copy_of"


async def test_an_article_parts_what_stood_together_before_it_came(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    titles = ("Miners lithium vote protest", "Protest lithium senate bill", "Bill senate captain margarita")
    told = [
        await report(store, of, (t, ""), hours=n / 8) for n, (of, t) in enumerate(zip(SOURCES, titles, strict=True))
    ]
    assert {one.story for one in told} == {told[0].id}
    late = await report(store, HERALD, ("Bill sinks margarita search", ""), hours=3 / 8)
    assert late.story == told[2].id
    assert [one.id for one in await store.story(told[2].id)] == [told[2].id, late.id]
    assert [one.id for one in await store.story(told[0].id)] == [told[0].id, told[1].id]
    assert not [reason for _source, reason in await store.evidence(told[2].id) if reason.kind == "story"]


async def test_what_an_operator_joined_no_article_parts(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    titles = ("Miners lithium vote protest", "Protest lithium senate bill", "Bill senate captain margarita")
    told = [
        await report(store, of, (t, ""), hours=n / 8) for n, (of, t) in enumerate(zip(SOURCES, titles, strict=True))
    ]
    await store.join_stories([one.id for one in told], now=NOW)
    await report(store, HERALD, ("Bill sinks margarita search", ""), hours=3 / 8)
    assert {one.id for one in await store.story(told[0].id)} >= {one.id for one in told}


async def test_a_story_that_an_operator_joined_forwards_and_is_found_by_its_old_id(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    first = await report(store, HERALD, FERRY)
    second = await report(store, TIMES, ("Senate votes on lithium", "Senators in Valparaíso vote"), hours=1)
    assert await store.join_stories([first.id, second.id], now=NOW) == first.id
    assert await store.redirect("story", second.id) == first.id
    assert [one.id for one in await store.story(first.id)] == [first.id, second.id]
    moved = parse(f"story:{second.id}").forwarded(stories={second.id: first.id})
    found = await store.search(moved, now=NOW + timedelta(hours=2), limit=9)
    assert {one.id for one in found.articles} == {first.id, second.id}


async def test_a_story_that_an_operator_parted_stays_parted(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    first = await report(store, HERALD, FERRY)
    second = await report(store, TIMES, AGAIN, hours=1)
    assert await store.part_story([second.id], now=NOW) == (second.id,)
    assert await store.part_story([second.id], now=NOW) == ()
    third = await report(store, POST, FERRY, hours=2)
    assert third.story in {first.id, second.id}
    stories = {one.story for id in (first.id, second.id) if (one := await store.article(id))}
    assert stories == {first.id, second.id}


async def test_the_first_article_may_leave_a_story_that_goes_on_under_its_id(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    first = await report(store, HERALD, FERRY)
    second = await report(store, TIMES, AGAIN, hours=1)
    (alone,) = await store.part_story([first.id], now=NOW)
    assert alone not in {first.id, second.id}
    assert [one.id for one in await store.story(first.id)] == [second.id]
    assert [one.id for one in await store.story(alone)] == [first.id]


async def test_what_is_withdrawn_leaves_nothing_of_its_words_behind(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    await report(store, HERALD, FERRY)
    second = await report(store, TIMES, AGAIN, hours=1)
    await store.apply(newsroom(source("herald", withdrawn=True), TIMES), now=NOW + timedelta(hours=2))
    ((_, reason),) = await store.evidence(second.id)
    assert FERRY[0] not in reason.raw
    (shown,) = await store.articles(ChannelKind.OUTLET, "times", limit=9)
    assert shown.also_in == ()


async def test_only_public_articles_have_stories_that_operators_change(store: Store) -> None:
    await store.apply(newsroom(SECRET), now=NOW)
    hidden = await report(store, SECRET, FERRY)
    with pytest.raises(DecisionError, match="is not public"):
        await store.join_stories([hidden.id], now=NOW)
    with pytest.raises(DecisionError, match="there is no article nothing"):
        await store.part_story(["nothing"], now=NOW)


async def test_decisions_on_stories_are_kept_undone_and_decided_alike_in_another_database(
    store: Store, bare: Store
) -> None:
    def decision(action: Action, *articles: Article) -> Decision:
        return Decision(action=action, articles=tuple(one.id for one in articles), at=NOW, reason="they said so")

    for one in (store, bare):
        await one.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    first = await report(store, HERALD, FERRY)
    second = await report(store, TIMES, AGAIN, hours=1)
    third = await report(store, POST, VOTE, hours=2)
    await store.decide(decision(Action.PART, second), now=NOW)
    with pytest.raises(DecisionError, match="nothing to part"):
        await store.decide(decision(Action.PART, second), now=NOW)
    await store.decide(decision(Action.JOIN, second, third), now=NOW)
    with pytest.raises(DecisionError, match="two or more"):
        await store.decide(decision(Action.JOIN, third), now=NOW)
    with pytest.raises(DecisionError, match="no article nothing"):
        await store.decide(replace(decision(Action.JOIN, third), articles=("nothing", third.id)), now=NOW)
    assert [one.id for one in await store.story(second.id)] == [second.id, third.id]
    kept = await store.decisions()
    assert [one.action for one in kept] == [Action.JOIN, Action.PART]

    for of, told, hours in ((HERALD, FERRY, 0), (TIMES, AGAIN, 1), (POST, VOTE, 2)):
        await report(bare, of, told, hours=hours)
    assert [one.id for one in await bare.story(first.id)] == [first.id, second.id]
    assert await bare.apply_decisions(kept, now=NOW) == 2
    assert await bare.apply_decisions(kept, now=NOW) == 0
    assert [one.id for one in await bare.story(first.id)] == [first.id]
    assert [one.id for one in await bare.story(second.id)] == [second.id, third.id]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_stories_are_decided_before_their_articles_come(
    store: Store, bare: Store, order: tuple[int, ...]
) -> None:
    for one in (store, bare):
        await one.apply(newsroom(HERALD, TIMES, POST), now=NOW)
    reports = ((HERALD, FERRY, 0), (TIMES, AGAIN, 1), (POST, VOTE, 2))
    first, second, third = [await report(store, of, told, hours=hours) for of, told, hours in reports]
    parted = Decision(action=Action.PART, articles=(second.id,), at=NOW, reason="another ferry")
    await store.decide(parted, now=NOW)
    await store.decide(replace(parted, action=Action.JOIN, articles=(first.id, third.id)), now=NOW)

    assert await bare.apply_decisions(await store.decisions(), now=NOW) == 2
    for place in order:
        of, told, hours = reports[place]
        await report(bare, of, told, hours=hours)
    stories = [held.story for one in (first, second, third) if (held := await bare.article(one.id))]
    assert stories[0] == stories[2] != stories[1]
    assert {one.id for one in await bare.story(stories[0])} == {first.id, third.id}
