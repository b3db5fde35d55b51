"""Addresses of pages → answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import QueryError
from aggregator.model import ITEMS, MOST_ITEMS, PAGE_LANGUAGES, Channel, ChannelKind
from aggregator.publish import COLUMNS, TABLES
from aggregator.syndicate.channels import Part
from aggregator.web import pages
from aggregator.web.access import is_operator, refused_reader, token_of
from aggregator.web.answers import NO_CACHE, PRIVATE_CACHE, Representation, answer, page
from aggregator.web.channels import configured
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import search_feed
from aggregator.web.keeping import Kept
from aggregator.web.links import FEED_FORMATS, Links, root_of
from aggregator.web.outcomes import NOT_FOUND, Moved, Refused, not_understood
from aggregator.web.problems import moved, problem, refusal

Handler = Callable[[Request], Awaitable[Response]]

_MOST_ROWS = 1000
MAX_CURSOR = 2**63 - 1


def add_pages(app: FastAPI, desk: Desk) -> None:
    """Every page of the site."""
    kept = Kept(desk)

    def get(path: str, handler: Handler) -> None:
        app.router.add_route(path, handler, methods=["GET"], include_in_schema=False)

    def spoken(path: str, handler: Callable[[Desk], Handler]) -> None:
        """A page in the site's language, and in each other below an address of its own."""
        get(path, handler(desk))
        for language in PAGE_LANGUAGES:
            get(f"/{language}{path}".rstrip("/"), _in_language(desk, language, handler))

    spoken("/", partial(_front, kept=kept))
    for kind in ChannelKind:
        spoken(f"/{kind.folder}", partial(_list, kept=kept, kind=kind))
        spoken(f"/{kind.folder}/{{slug}}", partial(_channel, kept=kept, kind=kind))
    spoken("/articles/{id}", partial(_article, kept=kept))
    spoken("/stories/{id}", partial(_one, kept=kept, folder="stories", render=pages.story_page))
    spoken("/search", _search)
    for format in (*FEED_FORMATS, *TABLES):
        get(f"/search.{format}", _search_feed(desk, format))


def _in_language(desk: Desk, language: str, handler: Callable[[Desk], Handler]) -> Handler:
    """The page below `/es`. Which there are, the configuration says, and it changes; the site's own language forwards to where
    it has no prefix."""
    handle = handler(desk.speaking(language))

    async def page(request: Request) -> Response:
        site = desk.newsroom().site
        if language == site.language.partition("-")[0]:
            path = quote(root_of(site) + (request.scope["path"].removeprefix(f"/{language}") or "/"))
            return moved(path, request.url.query)
        if language not in site.further_languages:
            return refusal(desk, NOT_FOUND, request.scope["path"], request.headers.get("accept", ""))
        return await handle(request)

    return page


def send(desk: Desk, request: Request, made: Representation) -> Response:
    return answer(request.headers, request.method, made, now=desk.now())


def cursor(request: Request) -> int | Refused | None:
    """The value of `?before=`: the key of the last article seen."""
    text = request.query_params.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MAX_CURSOR):
        return Refused(status=400, detail="`before` is the cursor that the page before this one gave.")
    return int(text)


def _front(desk: Desk, kept: Kept) -> Handler:
    async def front(request: Request) -> Response:
        return _say(desk, request, await kept.page(_kept_at(desk, "/"), lambda: pages.front_page(desk)))

    return front


def _list(desk: Desk, kept: Kept, kind: ChannelKind) -> Handler:
    async def listed(request: Request) -> Response:
        after = request.query_params.get("after")
        address = f"/{kind.folder}?{after or ''}"
        return _say(
            desk, request, await kept.page(_kept_at(desk, address), lambda: pages.list_page(desk, kind, after=after))
        )

    return listed


def _channel(desk: Desk, kept: Kept, kind: ChannelKind) -> Handler:
    async def channel(request: Request) -> Response:
        slug, before = request.path_params["slug"], cursor(request)
        if isinstance(before, Refused):
            return refusal(desk, before, request.scope["path"], request.headers.get("accept", ""))
        operators = configured(desk, kind, slug)
        if operators is not None and operators.private:
            return _say(desk, request, await _private_page(desk, request, operators, before), kind.folder)
        address = f"/{kind.folder}/{slug}?{'' if before is None else before}"
        made = await kept.page(_kept_at(desk, address), lambda: pages.channel_page(desk, kind, slug, before=before))
        return _say(desk, request, made, kind.folder)

    return channel


async def _private_page(
    desk: Desk, request: Request, channel: Channel, before: int | None
) -> Representation | Moved | Refused:
    """The page of a channel with a token, for whoever has it. Kept nowhere."""
    if refused := refused_reader(channel, request.headers, request.url.query):
        return refused
    token = token_of(request.url.query) or ""
    html = await pages.channel_page(desk, channel.kind, channel.slug, before=before, token=token)
    return page(html, cache=PRIVATE_CACHE) if isinstance(html, str) else html


def _one(
    desk: Desk, kept: Kept, folder: str, render: Callable[[Desk, str], Awaitable[str | Moved | Refused]]
) -> Handler:
    async def one(request: Request) -> Response:
        id = request.path_params["id"]
        return _say(desk, request, await kept.page(_kept_at(desk, f"/{folder}/{id}"), lambda: render(desk, id)), folder)

    return one


def _article(desk: Desk, kept: Kept) -> Handler:
    """An article's page; for operators one that leads on to everything that is known of it. That one is kept nowhere."""
    public = _one(desk, kept, "articles", pages.article_page)

    async def article(request: Request) -> Response:
        if not is_operator(request.client.host if request.client else None, request.headers, desk.settings):
            return await public(request)
        made = await pages.article_page(desk, request.path_params["id"], operator=True)
        return _say(desk, request, page(made, cache=NO_CACHE) if isinstance(made, str) else made, "articles")

    return article


def _kept_at(desk: Desk, address: str) -> str:
    """Pages are kept for each language."""
    return f"{desk.language or ''}{address}"


def _say(desk: Desk, request: Request, made: Representation | Moved | Refused, folder: str = "") -> Response:
    if isinstance(made, Refused):
        return refusal(desk, made, request.scope["path"], request.headers.get("accept", ""))
    if isinstance(made, Moved):
        return moved(Links.of(desk.newsroom().site, language=desk.language).path(folder, made.slug), request.url.query)
    return send(desk, request, made)


def _search(desk: Desk) -> Handler:
    async def search(request: Request) -> Response:
        before = cursor(request)
        if isinstance(before, Refused):
            return refusal(desk, before, request.scope["path"], request.headers.get("accept", ""))
        text = _asked(request).strip()
        try:
            return send(desk, request, page(await pages.search_page(desk, text, before=before)))
        except QueryError as error:
            path, accept = request.scope["path"], request.headers.get("accept", "")
            wrong = partial(pages.wrong_search_page, text=text)
            return refusal(desk, not_understood(error), path, accept, page=wrong)

    return search


def _search_feed(desk: Desk, format: str) -> Handler:
    async def search(request: Request) -> Response:
        part = _part(request, most=_MOST_ROWS if format in TABLES else MOST_ITEMS)
        if isinstance(part, Refused):
            return problem(part)
        try:
            return await search_feed(desk, request.headers, request.method, _asked(request), format, part)
        except QueryError as error:
            return problem(not_understood(error))

    return search


def _part(request: Request, *, most: int) -> Part | Refused:
    """`?limit=&since=&fields=&before=`: how much of the answer is wanted, `most` articles or fewer."""
    before = cursor(request)
    if isinstance(before, Refused):
        return before
    limit = request.query_params.get("limit", str(ITEMS))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10 and 0 < int(limit) <= most):
        return Refused(status=400, detail=f"`limit` is a number from 1 to {most}.")
    fields = tuple(filter(None, request.query_params.get("fields", "").split(",")))
    if unknown := [name for name in fields if name not in COLUMNS]:
        return Refused(status=400, detail=f"`fields` has no {unknown[0][:40]!r}; it has {', '.join(COLUMNS)}.")
    since = request.query_params.get("since", "")[:40]
    return Part(limit=int(limit), since=since, fields=tuple(dict.fromkeys(fields)), before=before)


def _asked(request: Request) -> str:
    return request.query_params.get("q", "")
