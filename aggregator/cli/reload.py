"""`aggregator reload`: a running service takes up its configuration and says what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from aggregator.cli.context import settings_of

Confirm = Annotated[
    bool, typer.Option("--confirm", help="Even if it loses every file or more than a fifth of sources.")
]
# A large configuration is read, checked and applied before the answer comes.
_PATIENCE_SECONDS = 120
_USAGE = 2


def register(cli: typer.Typer) -> None:
    @cli.command()
    def reload(context: typer.Context, confirm: Confirm = False) -> None:
        """Have the service on this machine take up its configuration; prints what changed, or what is wrong with it.

        Example: aggregator reload --confirm
        """
        import http.client

        from aggregator.web.reload import HEADER, PATH

        settings = settings_of(context)
        headers = {HEADER: "reload"}
        if settings.admin_token:
            headers["Authorization"] = f"Bearer {settings.admin_token}"
        try:
            connection = http.client.HTTPConnection(settings.own_host, settings.port, timeout=_PATIENCE_SECONDS)
            connection.request("POST", f"{PATH}?confirm={str(confirm).lower()}", headers=headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            why = getattr(error, "strerror", None) or error
            typer.echo(f"no service answers on {settings.own_host}:{settings.port}: {why}", err=True)
            raise typer.Exit(1) from None
        if answer.status != http.client.OK:
            for line in said.get("problems", [said.get("detail", f"HTTP {answer.status}")]):
                typer.echo(line, err=True)
            raise typer.Exit(_USAGE if "problems" in said else 1)
        typer.echo("\n".join(sentences(said)))


def sentences(said: Mapping[str, Any]) -> Iterator[str]:
    """What a reload changed."""
    yield "configuration taken up" if said["taken_up"] else "nothing changed"
    for name, words in (
        ("new_sources", "new sources"),
        ("lost_sources", "no longer polled"),
        ("changed_channels", "channels selected anew"),
        ("changed_sections", "sections with other rules"),
    ):
        if said[name]:
            yield f"{words}: {', '.join(said[name])}"
    for old, new in said["renamed"]:
        yield f"renamed: {old} is now {new}"
