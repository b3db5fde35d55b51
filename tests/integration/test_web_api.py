"""The API and the operators' routes, from a real store."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model import ChannelKind, Newsroom
from aggregator.store import Store
from tests.newsstand import HEADLINE, TOKEN, browser, desk_of

ARTICLE_KEYS = {
    "id", "uri", "title", "url", "page", "summary", "text", "lang", "published", "updated", "listed", "outlet", "source",
    "authors", "sections", "countries", "categories", "picture", "enclosures", "rights", "license",
    "attribution", "story", "also_in",
}  # fmt: skip


async def test_the_api_lists_articles_newest_first_and_goes_on_by_its_cursor(stand: Store, news: Newsroom) -> None:
    seen: list[dict[str, Any]] = []
    before: str | None = ""
    async with browser(desk_of(stand, news)) as client:
        while before is not None:
            answer = await client.get("/api/v1/articles", params={"limit": 3} | ({"before": before} if before else {}))
            assert answer.status_code == 200
            seen += answer.json()["articles"]
            before = answer.json()["next"]
    assert len(seen) == len({article["id"] for article in seen}) == 8
    assert [a["listed"] for a in seen] == sorted((a["listed"] for a in seen), reverse=True)
    assert set(seen[0]) == ARTICLE_KEYS


async def test_the_api_tells_one_article_and_its_story(stand: Store, news: Newsroom) -> None:
    (lead,) = [
        a for a in await stand.articles(ChannelKind.OUTLET, "andes-post", limit=9) if a.content.title == HEADLINE
    ]
    async with browser(desk_of(stand, news)) as client:
        article = (await client.get(f"/api/v1/articles/{lead.id}")).json()
        story = (await client.get(f"/api/v1/stories/{lead.story}")).json()
        told = (await client.get("/api/v1/stories")).json()["stories"]
        missing = await client.get("/api/v1/articles/aaaaaaaaaaaaaaaa")
    assert [author["slug"] for author in article["authors"]] == ["ana-ruiz", "dionys-duroc"]
    assert article["uri"] == f"tag:wire.example,2026-01-01:article/{lead.id}"
    assert sorted(other["outlet"] for other in article["also_in"]) == ["folha-do-sul", "sociedad-media"]
    assert len(story["articles"]) == 3
    assert article in story["articles"], "the same is said of it wherever it stands"
    assert story in told
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_the_api_lists_each_kind_and_tells_one_of_it(stand: Store, news: Newsroom, kind: ChannelKind) -> None:
    async with browser(desk_of(stand, news)) as client:
        listed = (await client.get(f"/api/v1/{kind.folder}")).json()["channels"]
        assert listed
        one = listed[0]
        assert (await client.get(f"/api/v1/{kind.folder}/{one['slug']}")).json()["title"] == one["title"]
        articles = (await client.get(f"/api/v1/{kind.folder}/{one['slug']}/articles")).json()["articles"]
        assert len(articles) == one["articles"]
        assert (await client.get(one["feeds"]["atom"])).status_code == 200
    assert (
        {"desk", "insider"} & {line["slug"] for line in listed} <= {"insider"} if kind is ChannelKind.OUTLET else True
    )


async def test_a_private_channel_is_in_the_api_for_its_token(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        closed = await client.get("/api/v1/channels/desk/articles")
        opened = await client.get(f"/api/v1/channels/desk/articles?token={TOKEN}")
    assert closed.status_code == 401
    assert len(opened.json()["articles"]) == 9
    assert opened.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/search?q=sectio:x", "did you mean section"),
        ("/api/v1/search", "q"),
        ("/api/v1/articles?limit=0", "limit"),
        ("/api/v1/articles?before=x", "before"),
    ],
)
async def test_a_wrong_request_is_a_400_that_says_what_is_wrong(
    stand: Store, news: Newsroom, path: str, says: str
) -> None:
    async with browser(desk_of(stand, news)) as client:
        answer = await client.get(path)
    assert answer.status_code == 400
    assert says in answer.json()["detail"]


FOR_OPERATORS = ("/api/v1/status", "/api/v1/decisions")


async def test_openapi_describes_every_route_and_every_route_it_describes_answers(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news)) as client:
        described = (await client.get("/api/v1/openapi.json")).json()
        page = (await client.get("/api/docs")).text
        assert "`" not in page
        for path in described["paths"]:
            assert f"<code>{path}</code>" in page
            if "{" not in path and path not in ("/api/v1/search", *FOR_OPERATORS):
                assert (await client.get(path)).status_code == 200, path
                assert (await client.head(path)).status_code == 200, path
    assert len(described["paths"]) == 23


async def test_status_and_metrics_are_for_operators(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, news, admin_token="word")
    bearer = {"authorization": "Bearer word"}
    async with browser(desk) as far, browser(desk, client="127.0.0.1") as near:
        for path in ("/status", "/metrics", "/api/v1/status"):
            assert (await far.get(path)).status_code == 401
            assert (await far.get(path, headers=bearer)).status_code == 200
            assert (await near.get(path)).status_code == 200
        status, metrics = (await near.get("/status")).text, (await far.get("/metrics", headers=bearer)).text
    assert "Insider letters" in status
    assert 'aggregator_sources{health="new"} 4.0' in metrics
    assert 'aggregator_http_answers_total{route="status",status="401"} 1.0' in metrics


async def test_a_public_status_names_no_private_source(stand: Store, news: Newsroom) -> None:
    async with browser(desk_of(stand, news, public_status=True)) as client:
        for path in ("/status", "/api/v1/status"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "nsider" not in answer.text
