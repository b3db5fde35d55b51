"""Flags and environment → settings, logs, and the app that a command works with."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar, cast

import typer

if TYPE_CHECKING:
    from aggregator.app import App
    from aggregator.config import Settings

Result = TypeVar("Result")

# Flags that several commands have.
Host = Annotated[str | None, typer.Option(help="Address to listen on (AGGREGATOR_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (AGGREGATOR_PORT).")]
Concurrency = Annotated[int | None, typer.Option(help="Polls side by side (AGGREGATOR_CONCURRENCY).")]

EXIT_TERMINATED = 128 + signal.SIGTERM  # as a shell has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the flags before the command say; None leaves it to the environment."""

    config: str | None = None
    database_url: str | None = None
    log_level: str | None = None
    log_format: str | None = None


def settings_of(context: typer.Context, **flags: object) -> Settings:
    """The settings in force for a command: flags, then environment, then defaults. Also sets up the logs."""
    from aggregator.config import Settings

    before: Overrides = context.obj or Overrides()
    given = {name: getattr(before, name) for name in Overrides.__dataclass_fields__} | flags
    settings = Settings.read(**{name: value for name, value in given.items() if value is not None})
    set_up_logs(settings.log_level, settings.log_format)
    return settings


class _Stderr:
    """Standard error as it is at each line: a progress bar takes it over while it is on the screen."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _without_empty(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A field that says nothing, such as the error of what went well, is left out."""
    return {name: value for name, value in event.items() if value not in (None, "")}


def set_up_logs(level: str, style: str) -> None:
    """Structured logs on stderr: for people (`console`) or machines (`json`)."""
    import structlog

    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    json = structlog.processors.JSONRenderer(ensure_ascii=False)
    renderer = json if style == "json" else console
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _without_empty,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    # What libraries have to say comes in the same shape.
    handler = logging.StreamHandler(cast(TextIO, _Stderr()))
    plain = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=plain))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A tick that is skipped because the one before still runs is how it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*before, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,
    )


def with_app(
    settings: Settings,
    work: Callable[[App], Coroutine[Any, Any, int | None]],
    *,
    configure: bool = False,
    publish: bool = False,
) -> int:
    """Run `work` on an open app; its number is the exit code. `configure` puts the configuration in force first; both it
    and `publish` refuse a secret that is not set: a token channel must not open to its placeholder."""
    from aggregator.app import open_app

    async def body() -> int:
        async with open_app(settings, configure=configure, strict_secrets=configure or publish) as app:
            return await work(app) or 0

    return run_to_end(body())


def run_to_end(work: Coroutine[Any, Any, Result]) -> Result:
    """`work` on uvloop, which comes with uvicorn where it can: it answers half as many requests again as Python's own loop."""
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run  # type: ignore[assignment]
    try:
        return run(_stoppable(work))
    except asyncio.CancelledError:
        raise typer.Exit(EXIT_TERMINATED) from None


async def _stoppable(work: Coroutine[Any, Any, Result]) -> Result:
    """`work`, which SIGTERM cancels: it cleans up, and process 1 of a container would not even hear it otherwise. What was
    imported for it is no garbage, and is not looked through again."""
    gc.freeze()
    gc.enable()
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
