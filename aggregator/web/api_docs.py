"""The routes of the API → openapi.json for programs and a page for people, without scripts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from aggregator import __version__
from aggregator.web.answers import answer, page, whole
from aggregator.web.cards import Look
from aggregator.web.desk import Desk
from aggregator.web.feed_routes import PUBLIC
from aggregator.web.links import root_of
from aggregator.web.templating import render

_ABOUT = (
    "Everything that the feeds say, as JSON. Lists are newest first; `next` of an answer, given as `before` (articles) or "
    "`after` (lists), goes on. Errors are application/problem+json. Private channels take their token as ?token= or as the "
    "password of HTTP Basic."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A name and what it means."""

    name: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route."""

    method: str
    path: str
    summary: str
    parameters: tuple[Said, ...]
    answers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What an answer is made of."""

    name: str
    about: str
    fields: tuple[Said, ...]


def add_docs(app: FastAPI, desk: Desk) -> None:
    """The description in both forms."""

    async def openapi(request: Request) -> Response:
        body = json.dumps(description(app, desk), ensure_ascii=False, indent=1).encode()
        made = whole(body, "application/json", headers=PUBLIC)
        return answer(request.headers, request.method, made, now=desk.now())

    async def docs(request: Request) -> Response:
        return answer(request.headers, request.method, page(_page(app, desk)), now=desk.now())

    app.router.add_route("/api/v1/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    app.router.add_route("/api/docs", docs, methods=["GET"], include_in_schema=False)


def description(app: FastAPI, desk: Desk) -> dict[str, Any]:
    """OpenAPI of the API alone; addresses are relative to the path of the site."""
    return get_openapi(
        title="aggregator",
        version=__version__,
        description=_ABOUT,
        routes=app.routes,
        servers=[{"url": root_of(desk.newsroom().site) or "/"}],
    )


def _page(app: FastAPI, desk: Desk) -> str:
    described = description(app, desk)
    schemas = described["components"]["schemas"]
    operations = [
        _operation(method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    ours = [_schema(name, schema) for name, schema in schemas.items() if "Validation" not in name]
    return render("api.html", Look.of(desk), title="API", about=_ABOUT, operations=operations, schemas=ours)


def _operation(method: str, path: str, operation: dict[str, Any]) -> Operation:
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation["summary"] + ".",
        parameters=tuple(
            Said(name=parameter["name"], says=parameter.get("description", _type(parameter["schema"])))
            for parameter in operation.get("parameters", [])
        ),
        answers=_type(content),
    )


def _schema(name: str, schema: dict[str, Any]) -> Schema:
    fields = schema.get("properties", {}).items()
    return Schema(
        name=name,
        about=schema.get("description", ""),
        fields=tuple(
            Said(name=field, says=": ".join(filter(None, (_type(of), of.get("description", "")))))
            for field, of in fields
        ),
    )


def _type(schema: dict[str, Any]) -> str:
    """A JSON Schema in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(schema.get("format") or schema.get("type", "anything"))
