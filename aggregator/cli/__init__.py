"""The command line, one file a command. Importing this is cheap: what a command needs is imported when it runs."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from aggregator import __version__
from aggregator.cli import (
    articles,
    authors,
    channels,
    check,
    database,
    demo,
    discover,
    explain,
    export,
    health,
    init,
    opml_import,
    pages,
    plan,
    poll,
    reload,
    roles,
    run,
    search,
    sections,
    serve,
    settings,
    sources,
    stories,
)
from aggregator.cli.context import Overrides
from aggregator.errors import AggregatorError, ConfigError, QueryError, StoreError

EXIT_FAILED, EXIT_USAGE, EXIT_DATABASE, EXIT_INTERRUPTED = 1, 2, 3, 130

cli = typer.Typer(
    name="aggregator",
    help="News feeds in, clean feeds out: by section, by correspondent, or by any question you can write down.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for module in (
    run,
    poll,
    serve,
    roles,
    reload,
    check,
    plan,
    settings,
    init,
    sources,
    channels,
    authors,
    sections,
    articles,
    stories,
    explain,
    search,
    export,
    health,
    demo,
    discover,
    pages,
):
    module.register(cli)
opml_import.register(cli)
database.register(cli)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aggregator {__version__}")
        raise typer.Exit


@cli.callback()
def options(
    context: typer.Context,
    config: Annotated[str | None, typer.Option(help="Folder of YAML files (AGGREGATOR_CONFIG).")] = None,
    database_url: Annotated[str | None, typer.Option(help="Database (AGGREGATOR_DATABASE_URL).")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error (AGGREGATOR_LOG_LEVEL).")] = None,
    log_format: Annotated[str | None, typer.Option(help="console or json (AGGREGATOR_LOG_FORMAT).")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Settings of the machine; each stands in the environment too: see `aggregator settings`."""
    context.obj = Overrides(config=config, database_url=database_url, log_level=log_level, log_format=log_format)


def main() -> int:
    """Run the command that was asked for; errors are one line on stderr, and an exit code says of what kind they are."""
    # Imports make objects by the hundred thousand and hardly any garbage; to look for it took a fifth of the time until the
    # work begins (`run_to_end`), which has the collector again.
    gc.disable()
    try:
        result = cli(prog_name="aggregator", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except ConfigError as error:
        return _say(str(error), EXIT_USAGE)
    except QueryError as error:
        return _say(error.with_caret(), EXIT_USAGE)
    except StoreError as error:
        return _say(str(error), EXIT_DATABASE)
    except AggregatorError as error:
        return _say(str(error), EXIT_FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output had enough (`| head`): not an error of ours.
        sys.stderr.close()
        return 0
    except Exception as error:
        return _foreign(error)
    return result if isinstance(result, int) else 0


def _foreign(error: Exception) -> int:
    """What is not an error of ours by its class, but may be the user's: wrong usage, a file. Raises what is ours to mend."""
    if hasattr(error, "format_message"):  # typer's usage errors; it does not export their class
        return _say(_usage(error.format_message(), getattr(error, "ctx", None)), EXIT_USAGE)
    if isinstance(error, OSError) and error.filename is not None:
        return _say(f"{error.filename}: {error.strerror}", EXIT_FAILED)
    raise error


def _usage(message: str, context: typer.Context | None) -> str:
    """Where, what, and what to do, in a line; the help itself where a command was asked for nothing."""
    if context is not None and message == context.get_help():
        return message
    where, what = (
        context.command_path if context else "aggregator",
        " ".join(message.removeprefix("Invalid value: ").split()),
    )
    return f"{where}: {what[:1].lower()}{what[1:]}{'' if what.endswith(('.', '?')) else '.'} See `{where} --help`"


def _say(message: str, code: int) -> int:
    typer.echo(message, err=True)
    return code
