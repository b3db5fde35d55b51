"""What an operator decides, on both databases: it holds, it can be undone, and another database decides alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.decisions import retelling
from aggregator.errors import DecisionError
from aggregator.model import Action, Article, ChannelKind, Decision, Sighting, Visibility, article_id
from aggregator.query import parse
from aggregator.store import Retelling, Store
from aggregator.store.engine import Database
from tests.making import NOW, newsroom, poll, sighting, source

HERALD = source()
TEXT = "Rain closed the coastal road near Rocha on Monday and left two villages without power until the evening."
RAIN = sighting("Rain closes the coastal road", summary=TEXT, guid="1", by=["Ana Ruiz"])
WIND = sighting("Wind breaks a window in Minas", summary="The window was of the town hall.", guid="2")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def held(store: Store) -> Store:
    await store.apply(newsroom(HERALD), now=NOW)
    await poll(store, HERALD, RAIN, WIND)
    return store


async def decided(
    store: Store, action: Action, *ids: str, retelling: Retelling | None = None, **options: Any
) -> Decision:
    decision = Decision(action=action, articles=ids, at=NOW, reason="they said so", **options)
    return await store.decide(decision, retelling=retelling, now=NOW)


async def shown(store: Store) -> dict[str, str]:
    """Title → id of what the outlet's channel carries."""
    articles: tuple[Article, ...] = await store.articles(ChannelKind.OUTLET, "herald", limit=50)
    return {article.content.title: article.id for article in articles}


async def article(store: Store, id: str) -> Article:
    held = await store.article(id)
    assert held is not None
    return held


async def rows(url: str, table: str) -> list[dict[str, Any]]:
    database = Database.of(url)
    found = await database.read(
        lambda c: [dict(row) for row in c.execute(sa.text(f"SELECT * FROM {table}")).mappings()]
    )
    await database.close()
    return found


async def test_what_is_withdrawn_leaves_every_output_and_nothing_that_it_said_is_left(
    held: Store, database_url: str
) -> None:
    await poll(held, HERALD, replace(RAIN, content=replace(RAIN.content, title="Rain closes two roads"), raw_hash="b"))
    rain = (await shown(held))["Rain closes two roads"]
    await decided(held, Action.WITHDRAW, rain)
    assert set(await shown(held)) == {"Wind breaks a window in Minas"}
    assert not (await held.search(parse("rain"), now=NOW, limit=5)).articles
    assert not (await held.search(parse('author:"Ana Ruiz"'), now=NOW, limit=5)).articles
    for table in ("article", "revision", "sighting", "evidence", "credit", "rendered"):
        assert not [row for row in await rows(database_url, table) if "oad" in str(row) or "Ana" in str(row)]


async def test_what_is_withdrawn_is_gone_from_the_disk(bare: Store, tmp_path: Path) -> None:
    """Its words are in no page, no index and no log: who reads the file with other tools finds nothing, either."""
    await bare.apply(newsroom(HERALD), now=NOW)
    long = " ".join(f"word{number}zzqx" for number in range(4_000))
    said = sighting(
        "Unspeakablezzqx", summary=f"<p>Aboutzzqx {long}</p>", guid="9", url="https://herald.example/9", by=["Ana Ruiz"]
    )
    others = [sighting(f"Number {n} of many", summary=f"{'Many words. ' * 50}", guid=f"n{n}") for n in range(60)]
    await poll(bare, HERALD, said, *others)
    await poll(
        bare, HERALD, replace(said, content=replace(said.content, title="Twicezzqx"), raw_hash="b"), *others, now=LATER
    )
    id = (await shown(bare))["Twicezzqx"]
    await bare.articles(ChannelKind.OUTLET, "herald", limit=5)

    def traces() -> int:
        return sum(path.read_bytes().lower().count(b"zzqx") for path in tmp_path.glob("bare.db*"))

    assert traces() > 4_000
    await decided(bare, Action.WITHDRAW, id)
    assert traces() == 0


async def test_what_is_withdrawn_never_returns_and_keeps_its_id(held: Store) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    await decided(held, Action.WITHDRAW, rain)
    edited = replace(RAIN, content=replace(RAIN.content, title="Rain closes two roads"), raw_hash="b")
    written = await poll(held, HERALD, edited, WIND, now=LATER)
    assert written.verdicts[0].id == rain
    assert set(await shown(held)) == {"Wind breaks a window in Minas"}
    await held.prune(now=NOW + timedelta(days=400))
    written = await poll(held, HERALD, edited, now=NOW + timedelta(days=400))
    assert not written.new


async def test_what_is_restored_comes_back_under_its_id_when_its_source_shows_it(held: Store) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    await decided(held, Action.WITHDRAW, rain)
    await decided(held, Action.RESTORE, rain)
    assert rain not in (await shown(held)).values()
    schedule = (await held.schedules())["herald"]
    assert schedule.validators.etag is None
    assert schedule.next_poll == NOW
    assert schedule.body_hash is None
    await poll(held, HERALD, RAIN, WIND, now=LATER)
    assert (await shown(held))["Rain closes the coastal road"] == rain
    assert await held.revisions(rain) == ()
    assert [credit.name for credit in (await article(held, rain)).credits] == ["Ana Ruiz"]


async def test_a_merge_leaves_a_forwarding_address_and_lasts(held: Store) -> None:
    ids = await shown(held)
    rain, wind = ids["Rain closes the coastal road"], ids["Wind breaks a window in Minas"]
    await decided(held, Action.MERGE, rain, wind)
    assert list((await shown(held)).values()) == [rain]
    assert await held.redirect("article", wind) == rain
    written = await poll(held, HERALD, RAIN, WIND, now=LATER)
    assert {verdict.id for verdict in written.verdicts} == {rain}
    assert not written.new


@pytest.mark.parametrize("first", [RAIN.content.title, WIND.content.title])
async def test_what_was_merged_says_what_the_first_said_while_its_entry_is_there(held: Store, first: str) -> None:
    ids = await shown(held)
    (other,) = ids.keys() - {first}
    await decided(held, Action.MERGE, ids[first], ids[other])
    told = {RAIN.content.title: RAIN, WIND.content.title: WIND}
    assert not (await poll(held, HERALD, RAIN, WIND, now=LATER)).revised
    edited = replace(
        told[first], content=replace(told[first].content, summary=f"{TEXT} It was reopened."), raw_hash="e"
    )
    (revised,) = (await poll(held, HERALD, edited, told[other], now=LATER + timedelta(hours=1))).revised
    assert (revised.id, revised.content) == (ids[first], edited.content)
    (revised,) = (await poll(held, HERALD, told[other], now=LATER + timedelta(hours=2))).revised
    assert revised.content.title == other


async def test_a_merge_is_undone(held: Store) -> None:
    before = await shown(held)
    rain, wind = before["Rain closes the coastal road"], before["Wind breaks a window in Minas"]
    await decided(held, Action.MERGE, rain, wind)
    await decided(held, Action.RESTORE, wind)
    assert await held.redirect("article", wind) is None
    written = await poll(held, HERALD, RAIN, WIND, now=LATER)
    assert [verdict.id for verdict in written.verdicts] == [rain, wind]
    assert await shown(held) == before


async def test_what_was_merged_by_weak_evidence_is_split_and_stays_so(held: Store) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    twin = elsewhere(RAIN)
    assert (await poll(held, HERALD, twin, WIND, now=LATER)).verdicts[0].id == rain
    (told,) = [why for _, why in await held.evidence(rain) if why.kind == "identity"]
    assert (told.rule, told.value) == ("same title and day", "guid 9")
    decision = await decided(held, Action.SPLIT, rain)
    for hours in (2, 3):
        await poll(held, HERALD, twin, RAIN, WIND, now=NOW + timedelta(hours=hours))
        tellings = await held.articles(ChannelKind.OUTLET, "herald", limit=50)
        assert len(tellings) == 3
    assert {article.id for article in tellings} > {rain, decision.articles[1]}
    await decided(held, Action.MERGE, *decision.articles)
    await poll(held, HERALD, twin, RAIN, WIND, now=NOW + timedelta(hours=5))
    assert len(await shown(held)) == 2


def elsewhere(seen: Sighting) -> Sighting:
    return replace(seen, guid="9", content=replace(seen.content, url="https://herald.example/other"), raw_hash="c")


SNOW = "Six centimetres fell on Mount Catedral by noon, the park said, and the ski lifts open on Saturday."
REWORDED = replace(
    elsewhere(RAIN),
    content=replace(
        RAIN.content,
        title="Rain closes the coastal road again",
        summary=f"{TEXT} It is the second storm of the month.",
        url="https://herald.example/again",
    ),
    bylines=("Eva Sosa",),
)


@pytest.mark.parametrize("first", ["decided here", "decided elsewhere"])
async def test_what_was_split_is_told_at_once_though_its_source_shows_neither_any_more(held: Store, first: str) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    assert (await poll(held, HERALD, REWORDED, WIND, now=LATER)).revised[0].id == rain
    await poll(held, HERALD, WIND, sighting("Snow on Mount Catedral", summary=SNOW), now=LATER + timedelta(hours=1))
    means = retelling(newsroom(HERALD))
    if first == "decided here":
        decision = await decided(held, Action.SPLIT, rain, retelling=means)
    else:
        keys = [owned for owned, _rule, at in await held.owned_keys(rain) if at == LATER]
        again = article_id("herald", "9")
        moved = tuple(replace(one, article_id=again) for one in keys)
        decision = Decision(action=Action.SPLIT, articles=(rain, again), at=NOW, keys=moved)
        await held.apply_decisions([decision], retelling=means, now=LATER)
    _, split = decision.articles
    one, other = await article(held, rain), await article(held, split)
    assert (one.content, [credit.name for credit in one.credits]) == (RAIN.content, ["Ana Ruiz"])
    assert (other.content, [credit.name for credit in other.credits]) == (REWORDED.content, ["Eva Sosa"])
    assert {RAIN.content.title: rain, REWORDED.content.title: split}.items() <= (await shown(held)).items()
    written = await poll(held, HERALD, REWORDED, RAIN, WIND, now=NOW + timedelta(hours=3))
    assert [verdict.id for verdict in written.verdicts[:2]] == [split, rain]
    assert not written.new
    assert not written.revised


@pytest.mark.parametrize("end", ["withdrawn", "pruned"])
async def test_what_joined_an_article_is_forgotten_with_it(held: Store, database_url: str, end: str) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    await poll(held, HERALD, REWORDED, WIND, now=LATER)
    assert await rows(database_url, "joined")
    if end == "withdrawn":
        await decided(held, Action.WITHDRAW, rain)
    else:
        await held.prune(now=NOW + timedelta(days=400))
    assert not await rows(database_url, "joined")


async def test_another_database_decides_alike_before_the_articles_come(held: Store, tmp_path: Path) -> None:
    ids = await shown(held)
    rain, wind = ids["Rain closes the coastal road"], ids["Wind breaks a window in Minas"]
    snow = sighting("Snow in the Andes", summary="It fell.", guid="3")
    await poll(held, HERALD, snow)
    await decided(held, Action.WITHDRAW, (await shown(held))["Snow in the Andes"])
    await decided(held, Action.MERGE, rain, wind)
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    await other.migrate()
    await other.apply(newsroom(HERALD), now=NOW)
    taken = await held.decisions()
    assert await other.apply_decisions(taken, now=NOW) == 2
    assert await other.apply_decisions(taken, now=NOW) == 0
    assert await other.decisions() == taken
    for hours in (1, 2):
        await poll(other, HERALD, WIND, RAIN, snow, now=NOW + timedelta(hours=hours))
        assert list((await shown(other)).values()) == [rain]
    await other.close()


async def test_what_was_split_in_one_database_is_two_in_another(held: Store, tmp_path: Path) -> None:
    twin = elsewhere(RAIN)
    await poll(held, HERALD, twin, now=LATER)
    rain = (await shown(held))["Rain closes the coastal road"]
    decision = await decided(held, Action.SPLIT, rain)
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    await other.migrate()
    await other.apply(newsroom(HERALD), now=NOW)
    await other.apply_decisions([decision], now=NOW)
    await poll(other, HERALD, RAIN, now=NOW)
    written = await poll(other, HERALD, twin, now=LATER)
    assert [article.id for article in written.new] == [decision.articles[1]]
    await other.close()


@pytest.mark.parametrize(
    ("action", "ids", "why"),
    [
        (Action.WITHDRAW, ("nobody",), "there is no article nobody"),
        (Action.MERGE, ("rain",), "takes two or more"),
        (Action.MERGE, ("rain", "rain"), "takes two or more"),
        (Action.SPLIT, ("rain",), "nothing joined article"),
        (Action.SPLIT, ("rain", "wind"), "one article is split at a time"),
    ],
)
async def test_what_cannot_be_decided_says_why_and_changes_nothing(
    held: Store, action: Action, ids: tuple[str, ...], why: str
) -> None:
    before = await shown(held)
    named = {"rain": before["Rain closes the coastal road"], "wind": before["Wind breaks a window in Minas"]}
    with pytest.raises(DecisionError, match=why):
        await decided(held, action, *(named.get(id, id) for id in ids))
    assert await held.decisions() == ()
    assert await shown(held) == before


async def test_a_decision_is_kept_with_its_reason(held: Store) -> None:
    rain = (await shown(held))["Rain closes the coastal road"]
    await decided(held, Action.WITHDRAW, rain, operator="ops")
    (decision,) = await held.decisions()
    assert (decision.action, decision.articles, decision.reason) == (Action.WITHDRAW, (rain,), "they said so")
    assert decision.operator == "ops"
    assert {key.article_id for key in decision.keys} == {rain}
    assert (await article(held, rain)).visibility is Visibility.WITHDRAWN
