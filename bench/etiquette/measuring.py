"""`bench etiquette`: runs the whole scripted exchange of the tests, and scores it rule by rule, as a publisher would."""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import tempfile
from collections import defaultdict
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from bench.etiquette.rules import ARGUED, PEERS, RULES
from bench.etiquette.week import seen_in_a_week
from bench.report import Figure

SUMMARY = (
    "the fifty rules of polling etiquette, each run against a scripted origin; what one publisher sees of us in a week"
)
_FOLDER = Path(__file__).parents[2] / "tests" / "integration" / "etiquette"
_RULE = re.compile(r"test_rule_(\d\d)_")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rule", type=int, action="append", help="only this rule; may be given again")


def measure(options: argparse.Namespace) -> list[Figure]:
    """One row a rule; then what the log of a publisher would show; then the sum."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = sorted(options.rule or RULES)
    checked = _run(wanted)
    figures = [_row(number, checked[number]) for number in wanted]
    kept = sum(checked[number].kept for number in wanted)
    with tempfile.TemporaryDirectory(prefix="aggregator-bench-") as name:
        seen = asyncio.run(seen_in_a_week(_database(Path(name))))
    figures.append(Figure(what="a publisher's log of a week, one feed", measures=seen))
    sums: dict[str, float | int | str] = {
        "rules kept": kept,
        "rules": len(wanted),
        "of them with an argued exception": len([number for number in wanted if number in ARGUED]),
        "checks": sum(checked[number].checks for number in wanted),
        "requests": sum(checked[number].requests for number in wanted),
    }
    for peer, broken in PEERS.items():
        sums[f"rules that {peer} is known to break"] = len(broken.keys() & set(wanted))
    figures.append(Figure(what="all", measures=sums))
    return figures


@dataclass(slots=True)
class _Checked:
    """What the tests of a rule came to."""

    checks: int = 0
    requests: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return self.checks > 0 and not self.broken


class _Recorder:
    """A plugin of pytest that sorts outcomes by rule."""

    def __init__(self) -> None:
        self.rules: dict[int, _Checked] = defaultdict(_Checked)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = _RULE.search(report.nodeid)
        if not found:
            return
        rule = self.rules[int(found[1])]
        rule.checks += report.when == "call"
        if report.failed or report.skipped:
            rule.broken.append(report.nodeid.partition("::")[2])
        if report.when == "teardown":
            rule.requests += sum(int(str(value)) for name, value in report.user_properties if name == "requests")


def _run(wanted: list[int]) -> dict[int, _Checked]:
    recorder = _Recorder()
    chosen = " or ".join(f"test_rule_{number:02d}_" for number in wanted)
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = pytest.main(["-q", "-p", "no:cacheprovider", "-k", chosen, str(_FOLDER)], plugins=[recorder])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise SystemExit(f"the tests could not be run:\n{told.getvalue()}")
    return recorder.rules


def _row(number: int, checked: _Checked) -> Figure:
    verdict = "broken" if not checked.kept else "kept, but for an argued exception" if number in ARGUED else "kept"
    measures: dict[str, float | int | str] = {
        "verdict": verdict,
        "checks": checked.checks,
        "requests": checked.requests,
    }
    if checked.broken:
        measures["broken by"] = ", ".join(checked.broken[:5])
    if number in ARGUED:
        measures["exception"] = ARGUED[number]
    for peer, broken in PEERS.items():
        if number in broken:
            measures[f"broken by {peer}"] = broken[number]
    return Figure(what=f"{number:02d} {RULES[number]}", measures=measures)


def _database(folder: Path) -> Path:
    from aggregator.store import Store

    async def migrated() -> None:
        store = Store.open(f"sqlite:///{folder / 'week.db'}")
        await store.migrate()
        await store.close()

    asyncio.run(migrated())
    return folder / "week.db"
