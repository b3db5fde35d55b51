"""`bench eval NAME FILE.jsonl`: labelled lines → how often the service's own functions agree with the labels.

Each module here has `KEYS`, what it reads of a line and what stands for a key that is absent, `measure(lines)`, which returns the
figures as one JSON object, and `errors(lines)`, which names each disagreement in a line of text; `lines` are the parsed objects
of the file. To add one: a module, and a line of `EVALUATIONS`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from bench.eval.labelled import LabelledLineError, labelled

SUMMARY = "agreement with labelled lines: python -m bench eval NAME FILE.jsonl"
# Name → module; imported when asked for.
EVALUATIONS = {
    "bylines": "bench.eval.bylines",
    "identity": "bench.eval.identity",
    "languages": "bench.eval.languages",
    "people": "bench.eval.people",
    "sections": "bench.eval.sections",
    "stories": "bench.eval.stories",
}


class Evaluation(Protocol):
    """What a module of this package offers."""

    @property
    def KEYS(self) -> Mapping[str, Any]: ...  # noqa: N802

    def measure(self, lines: Sequence[dict[str, Any]]) -> dict[str, Any]: ...

    def errors(self, lines: Sequence[dict[str, Any]]) -> Iterable[str]: ...


def main(arguments: Sequence[str]) -> int:
    """Run one evaluation; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench eval", description=SUMMARY)
    parser.add_argument("name", choices=sorted(EVALUATIONS))
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl", nargs="+", help="labelled lines; several are read as one"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--show-errors", action="store_true", help="each disagreement in a line, on stderr")
    options = parser.parse_args(arguments)
    evaluation = cast(Evaluation, import_module(EVALUATIONS[options.name]))
    try:
        lines = list(labelled(options.file, evaluation.KEYS))
    except LabelledLineError as error:
        parser.error(str(error))
    figures = evaluation.measure(lines)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        print(f"\neval {options.name}: {len(lines)} lines")
        print("\n".join(_rows(figures, "  ")))
    if options.show_errors:
        for disagreement in evaluation.errors(lines):
            print(disagreement, file=sys.stderr)
    return 0


def _rows(figures: dict[str, Any], indent: str) -> Iterable[str]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _rows(value, indent + "  ")
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else value
            yield f"{indent}{shown!s:>8}  {name}"
