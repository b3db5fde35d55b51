"""What is said of one article, by the use case, the API and the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.explain import Explanation, explain, find, plain
from aggregator.model import Channel, ChannelKind, Newsroom, Title
from aggregator.store import Store
from tests.making import NOW, newsroom, poll, sighting, source
from tests.newsstand import CHANNELS, HEADLINE, browser, desk_of, newsroom_at

GLACIERS = "Glaciers of the Cordillera Blanca lose a tenth in five years"


def channel(slug: str, where: str) -> Channel:
    return Channel(kind=ChannelKind.CHANNEL, slug=slug, title=Title(slug), where=where)


@pytest.fixture
def news() -> Newsroom:
    more = (
        channel("ice", "section:peru AND (glacier* OR nieve) AND -outlet:rt"),
        channel("sport", "section:peru AND (football OR chess)"),
        channel("old", "section:peru AND published:<2026-01-01"),
        channel("quiet", "-glaciers"),
    )
    return newsroom_at(channels=(*CHANNELS, *more))


async def explained(store: Store, news: Newsroom, title: str) -> Explanation:
    (id,) = await find(store, title, now=NOW)
    said = await explain(store, news, id, now=NOW)
    assert said is not None
    return said


async def test_an_article_is_found_by_id_address_and_title(stand: Store, news: Newsroom) -> None:
    (id,) = await find(stand, "glaciers of the cordillera", now=NOW)
    article = await stand.article(id)
    assert article is not None
    for asked in (
        id,
        f"https://wire.example/articles/{id}",
        f"tag:wire.example,2026-01-01:article/{id}",
        f"http://www.{str(article.content.url).removeprefix('https://')}?utm_source=x",
    ):
        assert await find(stand, asked, now=NOW) == (id,)
    assert len(await find(stand, HEADLINE, now=NOW)) == 3
    assert await find(stand, 'nothing "at all', now=NOW) == ()
    assert await explain(stand, news, "aaaaaaaaaaaaaaaa", now=NOW) is None


async def test_it_says_where_it_was_seen_and_what_it_is_known_by(stand: Store, news: Newsroom) -> None:
    said = await explained(stand, news, GLACIERS)
    assert [seen.source_id for seen in said.sightings] == ["andes-post"]
    assert [known.key.partition(" ")[0] for known in said.keys] == ["guid", "link"]


async def test_it_says_why_channels_carry_it_and_which_condition_failed_in_the_others(
    stand: Store, news: Newsroom
) -> None:
    said = await explained(stand, news, GLACIERS)
    standings = {(one.kind, one.slug): one for one in said.standings}
    assert standings["section", "peru"].carried
    assert standings["author", "ana-ruiz"].why == "credits Ana Ruiz"
    assert standings["outlet", "andes-post"].carried
    assert standings["channel", "desk"].why == "matches *"
    failed = {slug: one.condition for (kind, slug), one in standings.items() if kind == "channel" and not one.carried}
    assert failed == {
        "lithium": "lithium OR litio",
        "sport": "football OR chess",
        "old": "published:<2026-01-01",
        "quiet": "-glaciers",
        "ice": None,
    }
    assert standings["channel", "sport"].column == 19
    assert standings["channel", "ice"].why == "matches, and is not placed there yet"


async def test_sections_name_the_rule_and_what_it_saw(stand: Store, news: Newsroom) -> None:
    (lead, *_others) = [
        said for id in await find(stand, HEADLINE, now=NOW) if (said := await explain(stand, news, id, now=NOW))
        and said.article.outlet.id == "andes-post"
    ]  # fmt: skip
    why = {one.slug: one.why for one in lead.standings if one.kind == "section"}
    assert why["peru"] == "country: Lima"
    assert len(lead.story) == 3
    assert {reason.evidence.kind for reason in lead.reasons} >= {"section"}


async def test_an_article_of_a_private_source_is_explained_to_operators(stand: Store, news: Newsroom) -> None:
    said = await explained(stand, news, "A letter for subscribers")
    standings = {(one.kind, one.slug): one for one in said.standings}
    assert standings["source", "insider"].why == "seen there; not shown: it is private"


async def test_a_merge_is_told_with_its_scores(store: Store) -> None:
    of = source()
    news = newsroom(of)
    await store.apply(news, now=NOW)
    first = sighting("Rain closes the coastal road near Rocha", of=of, summary="Two villages are without power.")
    again = sighting("Rain closes the coastal road near Rocha", of=of, summary="Two villages are without power.",
                     guid="9", url="https://herald.example/9")  # fmt: skip
    await poll(store, of, first)
    await poll(store, of, again, now=NOW + timedelta(hours=1))
    said = await explained(store, news, "Rain closes the coastal road")
    (identity,) = [reason.evidence for reason in said.reasons if reason.evidence.kind == "identity"]
    assert identity.rule == "same title and day"
    assert identity.raw == "title 1, text 1, hours apart 0"
    assert {known.rule for known in said.keys} == {"new", "same title and day"}


async def test_the_api_explains_to_operators_alone(stand: Store, news: Newsroom) -> None:
    (id,) = await find(stand, GLACIERS, now=NOW)
    desk = desk_of(stand, news, admin_token="s3cret", public_status=True)
    async with browser(desk) as client:
        for path in (f"/api/v1/articles/{id}/explain", f"/articles/{id}/explain", "/api/v1/decisions"):
            assert (await client.get(path)).status_code == 401
            said = await client.get(path, headers={"authorization": "Bearer s3cret"})
            assert (said.status_code, said.headers["cache-control"]) == (200, "no-store")
        told: dict[str, Any] = (
            await client.get(f"/api/v1/articles/{id}/explain", headers={"authorization": "Bearer s3cret"})
        ).json()
        page = await client.get(f"/articles/{id}/explain", headers={"authorization": "Bearer s3cret"})
        gone = await client.get("/api/v1/articles/aaaaaaaaaaaaaaaa/explain", headers={"authorization": "Bearer s3cret"})
        page_of_all = await client.get(f"/articles/{id}")
        page_of_ours = await client.get(f"/articles/{id}", headers={"authorization": "Bearer s3cret"})
    assert f"/articles/{id}/explain" in page_of_ours.text
    assert f"/articles/{id}/explain" not in page_of_all.text
    assert page_of_ours.headers["cache-control"] == "no-store"
    said_plainly = await explain(stand, news, id, now=NOW)
    assert said_plainly is not None
    assert set(told) == set(plain(said_plainly))
    assert "<code>football OR chess</code> failed (column 19)" in page.text
    assert gone.status_code == 404


async def test_the_api_decides_with_the_admin_token_alone(stand: Store, news: Newsroom) -> None:
    (id,) = await find(stand, GLACIERS, now=NOW)
    wanted = {"action": "withdraw", "articles": [id], "reason": "a takedown"}
    desk = desk_of(stand, news, admin_token="s3cret")
    async with browser(desk, client="127.0.0.1") as client:
        assert (await client.post("/api/v1/decisions", json=wanted)).status_code == 401
        headers = {"authorization": "Bearer s3cret"}
        made = await client.post("/api/v1/decisions", json=wanted, headers=headers)
        assert (made.status_code, made.json()["articles"]) == (200, [id])
        assert (await client.get(f"/articles/{id}")).status_code == 410
        assert (await client.get(f"/api/v1/articles/{id}")).status_code == 410
        (kept,) = (await client.get("/api/v1/decisions", headers=headers)).json()["decisions"]
        assert (kept["reason"], kept["at"]) == ("a takedown", "2026-03-01T12:00:00Z")
        wrong = await client.post("/api/v1/decisions", json=wanted | {"action": "merge"}, headers=headers)
        assert (wrong.status_code, wrong.headers["content-type"]) == (409, "application/problem+json")
        missing = await client.post("/api/v1/decisions", json={"action": "withdraw"}, headers=headers)
        assert missing.status_code == 400


async def test_the_address_of_a_merged_article_forwards(stand: Store, news: Newsroom) -> None:
    (kept,) = await find(stand, GLACIERS, now=NOW)
    (other,) = await find(stand, "A derby without away fans", now=NOW)
    desk = desk_of(stand, news, admin_token="s3cret")
    async with browser(desk) as client:
        wanted = {"action": "merge", "articles": [kept, other], "reason": "told twice"}
        made = await client.post("/api/v1/decisions", json=wanted, headers={"authorization": "Bearer s3cret"})
        assert made.status_code == 200
        for path in ("/articles/{}", "/api/v1/articles/{}"):
            moved = await client.get(path.format(other))
            assert (moved.status_code, moved.headers["location"]) == (301, path.format(kept))
    assert await find(stand, other, now=NOW) == (kept,)
