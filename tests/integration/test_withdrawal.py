"""What is withdrawn, an article or a source, is in no output of ours any more, and does not return: on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select

from aggregator.model import Action, Channel, ChannelKind, Decision, Newsroom, Section, Title
from aggregator.publish import FORMATS
from aggregator.store import Store
from aggregator.store import tables as t
from aggregator.store.engine import Database
from aggregator.syndicate.channels import Selector, Syndicate
from aggregator.web import Desk
from aggregator.web.mirroring import Mirror
from tests.making import NOW, newsroom, outlet, poll, section_evidence, sighting, source
from tests.newsstand import browser, desk_of

HERALD, TIMES = source("herald"), source("times")
WORD = "quetzalcoatl"
TOKEN = "open-sesame"
ALL = Channel(kind=ChannelKind.CHANNEL, slug="all", title=Title("All"), where="*")
PARTS = {
    "sections": (Section(slug="peru", title=Title("Peru")),),
    "channels": (ALL, replace(ALL, slug="desk", tokens=(TOKEN,)), replace(ALL, slug="few", limit=1)),
}
NEWS = newsroom(HERALD, TIMES, **PARTS)
LATER = NOW + timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wire:
    """A service whose newsroom can be exchanged, with an article that has the word, in two revisions, and one that has not."""

    store: Store
    desks: list[Newsroom]
    id: str
    mirror: Mirror
    folder: Path

    def desk(self) -> Desk:
        return replace(desk_of(self.store, self.desks[-1], now=lambda: LATER), newsroom=lambda: self.desks[-1])

    async def apply(self, news: Newsroom) -> None:
        self.desks.append(news)
        applied = await self.store.apply(news, now=LATER)
        await Syndicate(self.store, lambda: news, lambda: LATER).refill(applied.changed_channels)

    async def show(self, title: str) -> None:
        """What a poll of the source shows."""
        where: dict[str, Any] = {"sections": ("peru",), "evidence": (section_evidence("peru"),), "by": ("Ana Ruiz",)}
        selects = Selector.of(self.desks[-1], lambda: NOW)
        told = sighting(title, of=HERALD, summary=f"Said {WORD}.", text=f"<p>{WORD}</p>", guid="one", **where)
        await poll(self.store, HERALD, told, sighting("Quiet", of=HERALD, guid="two", **where), selects=selects)

    async def outputs(self) -> dict[str, str]:
        """Every output that may show the article, but those that are asked for it by its id."""
        folders = [
            "sections/peru",
            "authors/ana-ruiz",
            "outlets/herald",
            "sources/herald",
            "channels/all",
            "channels/few",
        ]
        paths = ["/", "/opml", "/sitemap.xml", f"/search?q={WORD}", f"/api/v1/search?q={WORD}", "/api/v1/articles"]
        paths += [f"/search.{form}?q={WORD}" for form in (*FORMATS, "csv", "ndjson")]
        paths += [f"/{folder}" for folder in folders]
        paths += [f"/{folder}.{form}" for folder in folders for form in FORMATS]
        paths += [f"/{folder}/archive/2026-03.{form}" for folder in folders for form in FORMATS]
        paths += [f"/channels/desk.{form}?token={TOKEN}" for form in FORMATS]
        paths += [f"/channels/desk?token={TOKEN}", f"/channels/desk/archive/2026-03.atom?token={TOKEN}"]
        async with browser(self.desk()) as client:
            return {path: (await client.get(path)).text.replace(f"q={WORD}", "") for path in paths}

    async def by_id(self) -> list[httpx.Response]:
        async with browser(self.desk()) as client:
            return [await client.get(path) for path in (f"/articles/{self.id}", f"/api/v1/articles/{self.id}")]

    def files(self) -> list[str]:
        """The files of the mirror that have the word, in whatever coding."""
        return [path.name for path in self.folder.rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]


@pytest.fixture
async def wire(store: Store, tmp_path: Path) -> Wire:
    desks = [NEWS]
    await store.apply(NEWS, now=NOW)
    made = Wire(store, desks, "", None, tmp_path)  # type: ignore[arg-type]
    await made.show(f"The {WORD} stone")
    await made.show(f"The {WORD} stone, found again")
    (article,) = [one for one in await store.articles(ChannelKind.CHANNEL, "all", limit=9) if WORD in one.content.title]
    folder = tmp_path / "mirror"
    return replace(made, id=article.id, mirror=Mirror(made.desk(), folder), folder=folder)


def shows(said: dict[str, str]) -> set[str]:
    return {path for path, body in said.items() if f"{WORD} stone" in body or f"Said {WORD}" in body}


async def withdraw_article(wire: Wire) -> None:
    decision = Decision(action=Action.WITHDRAW, articles=(wire.id,), at=LATER, reason="asked to")
    await wire.store.decide(decision, now=LATER)


async def withdraw_source(wire: Wire) -> None:
    await wire.apply(newsroom(replace(HERALD, withdrawn=True), TIMES, **PARTS))


WAYS: list[Callable[[Wire], Awaitable[None]]] = [withdraw_article, withdraw_source]


@pytest.mark.parametrize("withdraw", WAYS, ids=lambda way: way.__name__)
async def test_what_is_withdrawn_is_in_no_output(wire: Wire, withdraw: Callable[[Wire], Awaitable[None]]) -> None:
    before = await wire.outputs()
    await wire.mirror.refresh()
    assert shows(before) >= {"/", "/channels/all.atom", "/sections/peru.rss", f"/channels/desk.json?token={TOKEN}"}
    assert len(shows(before)) > 30
    assert wire.files()
    await withdraw(wire)
    assert shows(await wire.outputs()) == set()
    assert [answer.status_code for answer in await wire.by_id()] == [410, 410]
    assert not any(WORD in answer.text for answer in await wire.by_id())
    await Mirror(wire.desk(), wire.folder).refresh()
    assert wire.files() == []


async def test_a_channel_whose_articles_all_left_has_no_latest(wire: Wire) -> None:
    await wire.apply(newsroom(replace(HERALD, withdrawn=True), TIMES, **PARTS))
    async with browser(wire.desk()) as client:
        for path in ("/channels/all", "/channels", "/sections/peru", "/sections"):
            page = (await client.get(path)).text
            assert "0 articles" in page
            assert "latest" not in page.partition("<main")[2], path
            found = (await client.get(f"/api/v1{path}")).json()
            assert [one["latest"] for one in found.get("channels", [found]) if not one["articles"]] != []
            assert not [one for one in found.get("channels", [found]) if one["latest"] and not one["articles"]], path


@pytest.mark.parametrize("withdraw", WAYS, ids=lambda way: way.__name__)
async def test_no_bytes_of_it_are_kept_for_a_rendering_that_fails(
    wire: Wire, withdraw: Callable[[Wire], Awaitable[None]], database_url: str
) -> None:
    await wire.outputs()
    await withdraw(wire)

    def rendered(connection: Connection) -> set[tuple[str, str]]:
        c = t.channel.c
        query = select(c.kind, c.slug).join(t.rendered_body, t.rendered_body.c.channel_id == c.id)
        return {(kind, slug) for kind, slug in connection.execute(query)}

    database = Database.of(database_url)
    kept = await database.read(rendered)
    await database.close()
    assert not kept & {("section", "peru"), ("outlet", "herald"), ("channel", "all"), ("channel", "desk")}


async def test_it_does_not_return_when_its_source_shows_it_again_or_another_does(wire: Wire) -> None:
    await withdraw_article(wire)
    await wire.show(f"The {WORD} stone, found a third time")
    other = source("herald-two", of=outlet("herald"))
    await wire.apply(newsroom(HERALD, TIMES, other, **PARTS))
    told = sighting(f"The {WORD} stone", of=other, url="https://herald.example/the-quetzalcoatl-stone", guid="other")
    await poll(wire.store, other, told, selects=Selector.of(wire.desks[-1], lambda: NOW))
    assert shows(await wire.outputs()) == set()


async def test_a_source_s_articles_do_not_return_through_somebody_who_passes_them_on(wire: Wire) -> None:
    await withdraw_source(wire)
    selects = Selector.of(wire.desks[-1], lambda: NOW)
    old = sighting(f"The {WORD} stone", of=TIMES, outlet_id="herald", origin="herald", stated_id=wire.id, guid="t1")
    new = sighting(f"Another {WORD} stone", of=TIMES, outlet_id="herald", origin="herald", guid="t2")
    await poll(wire.store, TIMES, old, new, selects=selects)
    assert shows(await wire.outputs()) == set()


@pytest.mark.parametrize("closed", ["withdrawn", "private"])
async def test_what_leaves_with_its_source_is_announced_until_it_is_back(wire: Wire, closed: str) -> None:
    async def announced(slug: str) -> list[str]:
        return [id for id, _at in await wire.store.deleted(ChannelKind.CHANNEL, slug, now=LATER)]

    change: dict[str, Any] = {closed: True}
    await wire.apply(newsroom(replace(HERALD, **change), TIMES, **PARTS))
    assert wire.id in await announced("all")
    assert (wire.id in await announced("desk")) == (closed == "withdrawn"), "with a token a private one is still read"
    await wire.apply(NEWS)
    assert wire.id not in await announced("all")


async def test_lifting_the_withdrawal_of_a_source_brings_its_articles_back(wire: Wire) -> None:
    before = shows(await wire.outputs())
    await withdraw_source(wire)
    await wire.apply(NEWS)
    assert shows(await wire.outputs()) == before


async def test_operators_still_see_what_they_decided(wire: Wire) -> None:
    await withdraw_article(wire)
    decided = await wire.store.decisions()
    assert [(one.action, one.articles, one.reason) for one in decided] == [(Action.WITHDRAW, (wire.id,), "asked to")]
