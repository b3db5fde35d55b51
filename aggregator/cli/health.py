"""`aggregator health`: whether a running service is well: the container's health check."""

from __future__ import annotations

import typer

from aggregator.cli.context import settings_of


def register(cli: typer.Typer) -> None:
    @cli.command()
    def health(context: typer.Context) -> None:
        """Exit 0 when the service that runs on this machine is ready.

        Example: aggregator health
        """
        import http.client

        settings = settings_of(context)
        try:
            connection = http.client.HTTPConnection(settings.own_host, settings.port, timeout=5)
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            said = answer.read(500).decode(errors="replace").strip()
        except OSError as error:
            why = error.strerror or error
            typer.echo(f"no service answers on {settings.own_host}:{settings.port}: {why}", err=True)
            raise typer.Exit(1) from None
        typer.echo(said)
        raise typer.Exit(0 if answer.status == 200 else 1)
