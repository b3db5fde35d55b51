"""An operator's POST → the configuration on disk in force, and what that changed; or why not."""

from __future__ import annotations

import json
from dataclasses import asdict

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import ConfigError
from aggregator.store import Applied
from aggregator.web.access import is_operator
from aggregator.web.answers import NO_CACHE
from aggregator.web.desk import Desk
from aggregator.web.outcomes import Refused
from aggregator.web.problems import problem

PATH = "/api/v1/reload"
# No page of another site can send it without asking first (CORS), so none can reload us through an operator's browser.
HEADER = "aggregator-operator"


def add_reload(app: FastAPI, desk: Desk) -> None:
    """`POST /api/v1/reload?confirm=true`."""

    async def reload(request: Request) -> Response:
        client = request.client.host if request.client else None
        if HEADER not in request.headers or not is_operator(client, request.headers, desk.settings):
            return problem(Refused(status=403, detail="Only operators may do this: on the machine, or with the token."))
        if desk.reload is None:
            return problem(Refused(status=404, detail="This process has no configuration to take up."))
        try:
            applied = await desk.reload(confirm=request.query_params.get("confirm") == "true")
        except ConfigError as error:
            return _answer(422, {"taken_up": False, "problems": str(error).splitlines()})
        return _answer(200, {"taken_up": applied is not None} | _changes(applied or Applied()))

    app.router.add_route(PATH, reload, methods=["POST"], include_in_schema=False)


def _changes(applied: Applied) -> dict[str, object]:
    changes = asdict(applied)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in changes.items()}


def _answer(status: int, said: dict[str, object]) -> Response:
    body = json.dumps(said, ensure_ascii=False).encode()
    return Response(body, status_code=status, media_type="application/json", headers={"cache-control": NO_CACHE})
