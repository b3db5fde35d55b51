"""Reload over HTTP: for operators alone, and with the whole truth for an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aggregator.errors import ConfigError, Problem
from aggregator.store import Applied, Store
from tests.making import NOW, newsroom, source
from tests.newsstand import browser, desk_of

NEWS = newsroom(source("herald"))
OPERATOR = {"aggregator-operator": "reload"}
NEAR = {"client": "127.0.0.1"}


class Reloads:
    """What a reload comes to."""

    def __init__(self, *problems: Problem, applied: Applied | None = None) -> None:
        self.problems, self.applied, self.asked = problems, applied, list[bool]()

    async def __call__(self, *, confirm: bool = False) -> Applied | None:
        self.asked.append(confirm)
        if self.problems:
            raise ConfigError(*self.problems)
        return self.applied


async def posted(store: Store, reload: Reloads, path: str = "/api/v1/reload", **options: Any) -> tuple[int, Any]:
    await store.apply(NEWS, now=NOW)
    headers = options.pop("headers", OPERATOR)
    settings = options.pop("settings", {})
    async with browser(replace(desk_of(store, NEWS, **settings), reload=reload), **options) as client:
        answer = await client.post(path, headers=headers)
        return answer.status_code, answer.json()


async def test_it_says_what_changed(bare: Store) -> None:
    reload = Reloads(applied=Applied(new_sources=("b",), changed_sections=frozenset({"z", "a"})))
    status, said = await posted(bare, reload, **NEAR)
    assert (status, said["taken_up"], said["new_sources"], said["changed_sections"]) == (200, True, ["b"], ["a", "z"])
    assert reload.asked == [False]


async def test_nothing_new_is_no_error(bare: Store) -> None:
    assert (await posted(bare, Reloads(), **NEAR))[1]["taken_up"] is False


async def test_every_problem_is_told(bare: Store) -> None:
    problems = [Problem(file="a.yaml", line=n, column=1, key="url", expected="an address") for n in (1, 2)]
    status, said = await posted(bare, Reloads(*problems), **NEAR)
    assert (status, said["problems"]) == (422, ["a.yaml:1:1: url: an address", "a.yaml:2:1: url: an address"])


async def test_confirmation_is_passed_on(bare: Store) -> None:
    reload = Reloads()
    await posted(bare, reload, "/api/v1/reload?confirm=true", **NEAR)
    assert reload.asked == [True]


@pytest.mark.parametrize("settings", [{}, {"public_status": True}, {"admin_token": "secret-of-ours"}])
async def test_only_operators_may(bare: Store, settings: dict[str, Any]) -> None:
    reload = Reloads()
    assert (await posted(bare, reload, settings=settings))[0] == 403
    assert reload.asked == []


async def test_the_token_opens_it_from_anywhere(bare: Store) -> None:
    headers = OPERATOR | {"authorization": "Bearer secret-of-ours"}
    assert (await posted(bare, Reloads(), headers=headers, settings={"admin_token": "secret-of-ours"}))[0] == 200


async def test_a_page_of_another_site_cannot_have_it_sent(bare: Store) -> None:
    assert (await posted(bare, Reloads(), headers={}, **NEAR))[0] == 403


async def test_it_is_not_a_thing_to_get(bare: Store) -> None:
    async with browser(replace(desk_of(bare, NEWS), reload=Reloads()), **NEAR) as client:
        assert (await client.get("/api/v1/reload", headers=OPERATOR)).status_code == 405
