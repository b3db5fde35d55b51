"""`aggregator demo`: the whole service against a small local origin with made-up news that keeps publishing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import run_to_end, settings_of

Port = Annotated[int | None, typer.Option(help="Port to listen on (AGGREGATOR_PORT).")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def demo(context: typer.Context, port: Port = None) -> None:
        """Run the service on made-up news: to look at, on a machine without a network.

        Example: aggregator demo
        """
        with tempfile.TemporaryDirectory(prefix="aggregator-demo-") as folder:
            run_to_end(_demo(context, Path(folder), port))


async def _demo(context: typer.Context, folder: Path, port: int | None) -> None:
    from aggregator.cli.demo_origin import demo_configuration, demo_origin
    from aggregator.cli.duties import service
    from aggregator.cli.run import everything

    async with demo_origin() as origin_port:
        settings = settings_of(
            context,
            config=str(folder / "config"),
            database_url=f"sqlite:///{folder}/demo.db",
            allow_networks=("127.0.0.0/8",),
            port=port,
        )
        demo_configuration(folder / "config", origin_port=origin_port, site_url=f"http://localhost:{settings.port}")
        typer.echo(f"made-up news at http://localhost:{settings.port}/ (stop with Ctrl-C)", err=True)
        await service(settings, everything)
