"""What operators ask and decide about articles, over HTTP: explanations and decisions, in the API and as a page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from aggregator.decisions import decided
from aggregator.decisions import plain as decision_plain
from aggregator.errors import DecisionError
from aggregator.explain import Explanation, explain, plain
from aggregator.model import Action
from aggregator.syndicate.channels import Selector
from aggregator.web.access import is_admin, refused_stranger
from aggregator.web.answers import NO_CACHE
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.outcomes import NOT_FOUND, Refused
from aggregator.web.problems import problem, refusal
from aggregator.web.templating import render

_ID = Annotated[str, Path(max_length=40, description="An article's id.")]


class Explained(BaseModel):
    """Everything about one article: where it was seen, what it is known by, what each rule said, which channels carry it and
    why, the first condition that failed in each that does not, revisions and decisions."""

    model_config = {"extra": "allow"}
    id: str
    title: str
    url: str | None
    outlet: str
    visibility: str
    sightings: list[dict[str, Any]]
    keys: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    channels: list[dict[str, Any]]
    revisions: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


class DecisionOut(BaseModel):
    """What an operator decided; `keys` are [outlet, kind, scope, value, article]."""

    at: str
    action: str
    articles: list[str]
    reason: str
    operator: str
    keys: list[list[str]]


class Decisions(BaseModel):
    """Decisions, the latest first."""

    decisions: list[DecisionOut]


class DecisionIn(BaseModel):
    """What to decide. Of a merge the first article is the one that stays; `keys` name what a split takes out. To join and to
    part are said of the articles' stories."""

    action: Literal["withdraw", "restore", "merge", "split", "join", "part"]
    articles: list[str] = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=2000)
    keys: list[str] = []


def add_desk(app: FastAPI, desk: Desk) -> None:
    """The routes of operators who look after articles."""
    router = APIRouter(prefix="/api/v1")

    @router.head("/articles/{id}/explain", include_in_schema=False)
    @router.get(
        "/articles/{id}/explain", response_model=Explained, summary="Everything about one article: for operators"
    )
    async def explained(request: Request, id: _ID) -> Response:
        if refused := _refused(desk, request):
            return problem(refused)
        said = await explain(desk.store, desk.newsroom(), id, now=desk.now())
        return _json(Explained.model_validate(plain(said))) if said else problem(NOT_FOUND)

    @router.head("/decisions", include_in_schema=False)
    @router.get("/decisions", response_model=Decisions, summary="What operators decided about articles: for operators")
    async def listed(request: Request) -> Response:
        if refused := _refused(desk, request):
            return problem(refused)
        rows = [DecisionOut.model_validate(decision_plain(one)) for one in await desk.store.decisions()]
        return _json(Decisions(decisions=rows))

    @router.post(
        "/decisions", response_model=DecisionOut, summary="Decide about articles: with the admin token as Bearer"
    )
    async def decide(request: Request, wanted: DecisionIn) -> Response:
        # The token alone: a web page that the operator looks at could post from this machine, too.
        if not is_admin(request.headers, desk.settings):
            return problem(_NO_TOKEN)
        try:
            made = await decided(
                desk.store,
                Action(wanted.action),
                wanted.articles,
                reason=wanted.reason,
                keys=wanted.keys,
                selects=Selector.of(desk.newsroom(), desk.now),
                newsroom=desk.newsroom(),
                now=desk.now(),
            )
        except DecisionError as error:
            return problem(Refused(status=409, detail=str(error)))
        return _json(DecisionOut.model_validate(decision_plain(made)))

    app.include_router(router)
    app.router.add_route("/articles/{id}/explain", _page(desk), methods=["GET"], include_in_schema=False)


_NO_TOKEN = Refused(
    status=401,
    detail="Decisions take the admin token (AGGREGATOR_ADMIN_TOKEN) as Bearer.",
    headers={"www-authenticate": 'Bearer realm="operators"'},
)


def _refused(desk: Desk, request: Request) -> Refused | None:
    return refused_stranger(request.client.host if request.client else None, request.headers, desk.settings)


def _json(value: BaseModel) -> Response:
    return Response(value.model_dump_json(), media_type="application/json", headers={"cache-control": NO_CACHE})


def _page(desk: Desk) -> Any:
    async def page(request: Request) -> Response:
        address = request.scope["path"]
        if refused := _refused(desk, request):
            return refusal(desk, refused, address)
        said = await explain(desk.store, desk.newsroom(), request.path_params["id"], now=desk.now())
        if said is None:
            return refusal(desk, NOT_FOUND, address)
        return Response(explanation_page(desk, said), media_type="text/html", headers={"cache-control": NO_CACHE})

    return page


def explanation_page(desk: Desk, said: Explanation) -> str:
    """An explanation for an operator's eyes."""
    look = Look.of(desk)
    return render(
        "explain.html",
        look,
        title=f"Why: {said.article.content.title or said.article.id}",
        article=said.article,
        said=plain(said),
        moment_of=look.moment_of,
    )
