"""The store → /api/v1: articles, stories, channels of every kind and search, as documented JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from aggregator.model import EVERYTHING, Allowance, Article, ChannelKind, Visibility
from aggregator.store import Found
from aggregator.syndicate.channels import Syndicate
from aggregator.web.access import is_operator, refused_operator, refused_reader
from aggregator.web.answers import NO_CACHE, PAGE_CACHE, PRIVATE_CACHE, answer, whole
from aggregator.web.api_docs import add_docs
from aggregator.web.api_models import (
    ArticleOut,
    Articles,
    ChannelOut,
    Channels,
    SourceOut,
    Stories,
    StoryOut,
    channel_out,
)
from aggregator.web.channels import Found as FoundChannel
from aggregator.web.channels import configured, find, title_of
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import PUBLIC
from aggregator.web.links import Links
from aggregator.web.outcomes import GONE, NOT_FOUND, Moved, Refused
from aggregator.web.problems import moved, problem

Limit = Annotated[int, Query(ge=1, le=200, description="How many, at most 200.")]
Before = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="`next` of the answer before this one.")]
After = Annotated[str | None, Query(max_length=500, description="`next` of the answer before this one.")]
Slug = Annotated[str, Path(description="As in the address of its page.")]
Asked = Annotated[str, Query(max_length=2000, description="A query, as in the search box; `*` is everything.")]
Endpoint = Callable[..., Awaitable[Response]]
Register = Callable[[Endpoint], Endpoint]
_ROOT = "/api/v1"
_NOT_HERE: dict[int | str, dict[str, Any]] = {404: {"description": "There is nothing at this address (problem+json)."}}


def add_api(app: FastAPI, desk: Desk) -> None:
    """Every route of the API, and its description."""
    router = APIRouter(prefix=_ROOT)
    answers = Answers(desk)
    _add_articles(router, answers)
    for kind in ChannelKind:
        _add_channels(router, answers, kind)
    _add_sources(router, answers)
    app.include_router(router)
    add_docs(app, desk)


@dataclass(frozen=True, slots=True)
class Answers:
    """Values → answers, for everything here."""

    desk: Desk

    def send(self, request: Request, value: BaseModel, *, cache: str = PAGE_CACHE, public: bool = True) -> Response:
        body = value.model_dump_json().encode()
        headers: Mapping[str, str] = PUBLIC if public else {}
        made = whole(body, "application/json", cache=cache, headers=headers)
        return answer(request.headers, request.method, made, now=self.desk.now())

    def article(self, article: Article, within: Allowance = EVERYTHING) -> ArticleOut:
        newsroom = self.desk.newsroom()
        source = newsroom.source_by_id.get(article.source_id)
        closed = source is not None and source.private and article.visibility is Visibility.PUBLIC
        named = None if closed else article.source_id
        return ArticleOut.of(article, newsroom.site, within=within, source=named)

    def found(self, found: Found) -> Articles:
        onward = None if found.next is None else str(found.next)
        return Articles(articles=list(map(self.article, found.articles)), next=onward, cut=found.cut)


def _get(router: APIRouter, path: str, model: type[BaseModel], summary: str, **options: Any) -> Register:
    """Register a GET, described; and the same for HEAD, which needs no description."""

    def register(function: Endpoint) -> Endpoint:
        router.add_api_route(path, function, methods=["GET"], response_model=model, summary=summary, **options)
        router.add_api_route(path, function, methods=["HEAD"], include_in_schema=False)
        return function

    return register


def _add_articles(router: APIRouter, answers: Answers) -> None:
    desk = answers.desk

    async def found(request: Request, text: str, limit: int, before: int | None) -> Response:
        where = await Syndicate(desk.store, desk.newsroom, desk.now).checked(text)
        result = await desk.store.search(where, now=desk.now(), limit=limit, before=before)
        return answers.send(request, answers.found(result))

    @_get(router, "/articles", Articles, "The newest articles, or those that a query asks for")
    async def articles(request: Request, q: Asked = "*", limit: Limit = 50, before: Before = None) -> Response:
        return await found(request, q, limit, before)

    @_get(router, "/search", Articles, "The articles that a query asks for, newest first")
    async def search(request: Request, q: Asked, limit: Limit = 50, before: Before = None) -> Response:
        return await found(request, q, limit, before)

    @_get(router, "/articles/{id}", ArticleOut, "One article", responses=_NOT_HERE)
    async def article(request: Request, id: Annotated[str, Path(max_length=40)]) -> Response:
        held = await desk.store.article(id)
        if held is None or held.visibility is Visibility.WITHDRAWN:
            new = await desk.store.redirect("article", id)
            return moved(_address(desk, "articles", new)) if new and new != id else problem(GONE if held else NOT_FOUND)
        if held.visibility is not Visibility.PUBLIC:
            return problem(NOT_FOUND)
        return answers.send(request, answers.article(held))

    @_get(router, "/stories", Stories, "What several outlets tell, the last told first")
    async def stories(request: Request, limit: Limit = 50) -> Response:
        told = await desk.store.stories(limit=limit)
        lines = [StoryOut(id=id, articles=list(map(answers.article, tellings))) for id, tellings in told]
        return answers.send(request, Stories(stories=lines))

    @_get(router, "/stories/{id}", StoryOut, "One story, every outlet's telling", responses=_NOT_HERE)
    async def story(request: Request, id: Annotated[str, Path(max_length=40)]) -> Response:
        tellings = await desk.store.story(id)
        if not tellings:
            new = await desk.store.redirect("story", id)
            return moved(_address(desk, "stories", new)) if new and new != id else problem(NOT_FOUND)
        return answers.send(request, StoryOut(id=id, articles=list(map(answers.article, tellings))))


def _add_channels(router: APIRouter, answers: Answers, kind: ChannelKind) -> None:
    desk, many = answers.desk, kind.folder

    @_get(router, f"/{many}", Channels, f"The {many}")
    async def listed(request: Request, limit: Limit = 200, after: After = None) -> Response:
        lines = await desk.store.listing(kind, limit=limit + 1, after=after)
        rows = [
            channel_out(
                desk.newsroom().site,
                kind,
                line.slug,
                title=title_of(desk, kind, line.slug, line.name),
                articles=line.count,
                latest=line.latest,
                outlet=line.outlet_id,
            )
            for line in lines[:limit]
        ]
        onward = lines[limit - 1].slug if len(lines) > limit else None
        return answers.send(request, Channels(channels=rows, next=onward))

    @_get(router, f"/{many}/{{slug}}", ChannelOut, f"One of the {many}", responses=_NOT_HERE)
    async def one(request: Request, slug: Slug) -> Response:
        found = await _readable(desk, request, kind, slug)
        if isinstance(found, Response):
            return found
        state = found.state
        outlet = (found.author.outlet_id or None) if found.author else None
        made = channel_out(
            desk.newsroom().site,
            kind,
            slug,
            title=found.title,
            articles=state.size,
            latest=state.latest,
            outlet=outlet,
        )
        return _for_whom(answers, request, made, found)

    @_get(router, f"/{many}/{{slug}}/articles", Articles, f"The articles of one of the {many}", responses=_NOT_HERE)
    async def articles(request: Request, slug: Slug, limit: Limit = 50, before: Before = None) -> Response:
        found = await _readable(desk, request, kind, slug)
        if isinstance(found, Response):
            return found
        held = await desk.store.articles(kind, slug, limit=limit + 1, before=before)
        within = found.channel.within if found.channel else EVERYTHING
        shown = [answers.article(article, within) for article in held[:limit]]
        onward = str(held[limit - 1].key) if len(held) > limit else None
        return _for_whom(answers, request, Articles(articles=shown, next=onward, cut=False), found)


def _for_whom(answers: Answers, request: Request, value: BaseModel, found: FoundChannel) -> Response:
    private = bool(found.channel and found.channel.private)
    return answers.send(request, value, cache=PRIVATE_CACHE if private else PAGE_CACHE, public=not private)


async def _readable(desk: Desk, request: Request, kind: ChannelKind, slug: str) -> FoundChannel | Response:
    """The channel, if whoever asks may read it; else the answer that says why not."""
    channel = configured(desk, kind, slug)
    if channel and (refused := refused_reader(channel, request.headers, request.url.query)):
        return problem(refused)
    found = await find(desk, kind, slug)
    if isinstance(found, Moved):
        rest = request.scope["path"].removeprefix(f"{_ROOT}/{kind.folder}/{slug}")
        return moved(_address(desk, kind.folder, found.slug) + rest, request.url.query)
    return problem(found) if isinstance(found, Refused) else found


def _address(desk: Desk, *parts: str) -> str:
    return Links.of(desk.newsroom().site).file("api", "v1", *parts)


class Sources(BaseModel):
    """How every source is."""

    sources: list[SourceOut]


def _add_sources(router: APIRouter, answers: Answers) -> None:
    desk = answers.desk

    @_get(router, "/status", Sources, "How every source is: for operators, with the admin token as Bearer")
    async def status(request: Request) -> Response:
        client = request.client.host if request.client else None
        if refused := refused_operator(client, request.headers, desk.settings):
            return problem(refused)
        private = is_operator(client, request.headers, desk.settings)
        held = [row for row in await desk.store.source_statuses() if private or not row.private]
        rows = [SourceOut.of(row, desk.now()) for row in held]
        return answers.send(request, Sources(sources=rows), cache=NO_CACHE, public=False)
