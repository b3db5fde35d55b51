"""`python -m bench [NAME]` → that benchmark's figures; without a name, the list of what there is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import cadence, identity, ingest, mirror, pages, publish, push, query, sense, serve, stories
from bench import eval as evaluations
from bench.etiquette import measuring as etiquette
from bench.etiquette import politeness
from bench.fuzz import measuring as fuzz
from bench.hostile import measuring as hostile
from bench.report import Figure, show


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`options` adds its flags to a parser; `measure` does the work with them."""

    summary: str
    options: Callable[[argparse.ArgumentParser], None]
    measure: Callable[[argparse.Namespace], list[Figure]]


BENCHMARKS = {
    "ingest": Benchmark(ingest.SUMMARY, ingest.options, ingest.measure),
    "serve": Benchmark(serve.SUMMARY, serve.options, serve.measure),
    "cadence": Benchmark(cadence.SUMMARY, cadence.options, cadence.measure),
    "etiquette": Benchmark(etiquette.SUMMARY, etiquette.options, etiquette.measure),
    "politeness": Benchmark(politeness.SUMMARY, politeness.options, politeness.measure),
    "publish": Benchmark(publish.SUMMARY, publish.options, publish.measure),
    "push": Benchmark(push.SUMMARY, push.options, push.measure),
    "mirror": Benchmark(mirror.SUMMARY, mirror.options, mirror.measure),
    "identity": Benchmark(identity.SUMMARY, identity.options, identity.measure),
    "query": Benchmark(query.SUMMARY, query.options, query.measure),
    "sense": Benchmark(sense.SUMMARY, sense.options, sense.measure),
    "stories": Benchmark(stories.SUMMARY, stories.options, stories.measure),
    "pages": Benchmark(pages.SUMMARY, pages.options, pages.measure),
    "hostile": Benchmark(hostile.SUMMARY, hostile.options, hostile.measure),
    "fuzz": Benchmark(fuzz.SUMMARY, fuzz.options, fuzz.measure),
}


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` name; the exit code."""
    if arguments and arguments[0] == "eval":
        return evaluations.main(arguments[1:])
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.name is None:
        parser.print_help()
        return 0
    for name in BENCHMARKS if chosen.name == "all" else [chosen.name]:
        # The options of each where all were asked for are its defaults.
        options = parser.parse_args([name]) if chosen.name == "all" else chosen
        show(name, BENCHMARKS[name].measure(options), as_json=chosen.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the service on this machine.")
    commands = parser.add_subparsers(dest="name", metavar="NAME")
    for name, benchmark in BENCHMARKS.items():
        benchmark.options(commands.add_parser(name, help=benchmark.summary, description=benchmark.summary))
    commands.add_parser("eval", help=evaluations.SUMMARY)
    commands.add_parser("all", help="all of them, with their defaults")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="one JSON array instead of a table")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
